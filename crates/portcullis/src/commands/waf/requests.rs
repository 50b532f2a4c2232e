//! Raw HTTP requests in a file: one after the other, or with lines of `###` between them, as editors write `.http` files.

/// The host of a request that names none.
const HOST: &str = "api.example.com";

/// The requests, each with line ends as HTTP has them.
pub(super) fn split(input: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    if !lines(input).any(|(_, line)| line.starts_with(b"###")) {
        return one_after_the_other(input);
    }
    let mut requests = Vec::new();
    let mut start = 0;
    for (at, line) in lines(input).filter(|(_, line)| line.starts_with(b"###")) {
        requests.extend(between_marks(&input[start..at], requests.len())?);
        start = at + line.len();
    }
    requests.extend(between_marks(&input[start..], requests.len())?);
    Ok(requests)
}

fn one_after_the_other(mut input: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut requests = Vec::new();
    loop {
        input = begin(input);
        if input.is_empty() {
            return Ok(requests);
        }
        let Head { mut text, length, end } = head(input, requests.len())?;
        let rest = &input[end..];
        let length = length.unwrap_or(0);
        let short = || format!("request {} has fewer bytes than its Content-Length says", requests.len() + 1);
        text.extend_from_slice(rest.get(..length).ok_or_else(short)?);
        requests.push(text);
        input = &rest[length..];
    }
}

/// The one request between two marks, if any; its body reaches to the mark.
fn between_marks(part: &[u8], before: usize) -> Result<Option<Vec<u8>>, String> {
    let part = begin(part);
    if part.is_empty() {
        return Ok(None);
    }
    let Head { mut text, length, end } = head(part, before)?;
    let rest = &part[end..];
    let body = match length {
        Some(length) if length <= rest.len() => &rest[..length],
        // The line end before the mark belongs to the mark.
        Some(_) | None => rest.trim_ascii_end(),
    };
    text.extend_from_slice(body);
    Ok(Some(text))
}

/// Without empty lines and remarks before a request.
fn begin(mut input: &[u8]) -> &[u8] {
    loop {
        let Some((_, line)) = lines(input).next() else { return input };
        let text = line.trim_ascii();
        if !text.is_empty() && !text.starts_with(b"#") && !text.starts_with(b"//") {
            return input;
        }
        input = &input[line.len()..];
    }
}

/// A head, ready to be sent.
struct Head {
    text: Vec<u8>,
    /// What `Content-Length` says.
    length: Option<usize>,
    /// Where the body begins.
    end: usize,
}

fn head(input: &[u8], before: usize) -> Result<Head, String> {
    let (mut text, mut length, mut has_host, mut end) = (Vec::new(), None, false, input.len());
    let mut host = HOST.to_owned();
    for (at, line) in lines(input) {
        let content = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        if content.is_empty() {
            end = at + line.len();
            break;
        }
        if at == 0 {
            let (first, authority) = request_line(content);
            host = authority.unwrap_or(host);
            text.extend(first);
        } else {
            let colon = content.iter().position(|byte| *byte == b':').unwrap_or(content.len());
            let (name, value) = (&content[..colon], content.get(colon + 1..).unwrap_or_default());
            has_host |= name.eq_ignore_ascii_case(b"host");
            if name.eq_ignore_ascii_case(b"content-length") {
                length = std::str::from_utf8(value).ok().and_then(|value| value.trim().parse().ok());
            }
            if name.eq_ignore_ascii_case(b"transfer-encoding") {
                return Err(format!("request {} has a Transfer-Encoding; write its body as it is", before + 1));
            }
            text.extend_from_slice(content);
        }
        text.extend_from_slice(b"\r\n");
    }
    if !has_host {
        text.extend_from_slice(format!("Host: {host}\r\n").as_bytes());
    }
    text.extend_from_slice(b"\r\n");
    Ok(Head { text, length, end })
}

/// `GET`, `/` and `HTTP/1.1` may be left out; the host of a URL is told apart.
fn request_line(line: &[u8]) -> (Vec<u8>, Option<String>) {
    let mut words: Vec<&[u8]> = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).collect();
    let version = words.pop_if(|word| word.starts_with(b"HTTP/")).unwrap_or(b"HTTP/1.1");
    let is_url = |word: &[u8]| word.starts_with(b"http://") || word.starts_with(b"https://") || word.starts_with(b"/");
    let method =
        if words.first().is_some_and(|word| is_url(word)) { b"GET" } else { words.first().copied().unwrap_or(b"GET") };
    let targets = if words.first() == Some(&method) { &words[1..] } else { &words[..] };
    // What stands between is one target, spaces included: the socket judges whether that may be.
    let target = targets.join(&b' ');
    let (target, authority) = match target.windows(3).position(|at| at == b"://") {
        Some(at) if is_url(&target) && !target.starts_with(b"/") => {
            let rest = &target[at + 3..];
            let slash = rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
            let authority = String::from_utf8_lossy(&rest[..slash]).into_owned();
            let path =
                if rest[slash..].starts_with(b"/") { rest[slash..].to_vec() } else { [b"/", &rest[slash..]].concat() };
            (path, Some(authority))
        }
        Some(_) | None => (target, None),
    };
    ([method, b" ", &target, b" ", version].concat(), authority)
}

/// Lines with their ends, and where they begin.
fn lines(input: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    input.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, wanted: &[&str]) {
        let found = split(input.as_bytes()).expect("requests");
        let found: Vec<String> = found.into_iter().map(|raw| String::from_utf8(raw).expect("text")).collect();
        assert_eq!(found, wanted, "{input:?}");
    }

    #[test]
    fn requests_stand_one_after_the_other() {
        let (get, post) =
            ("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\na\n\nb");
        check(&format!("{get}{post}{get}"), &[get, post, get]);
        check(&format!("\r\n\r\n{post}\n\n{get}\n"), &[post, get]);
        check("", &[]);
        check("\n\n", &[]);
    }

    #[test]
    fn requests_stand_between_marks() {
        let file = "# a remark\n@host = x\n###\nGET https://a.example/b?c\nX: 1\n\n### the second\n\nPOST /b\n\n{\"a\":\n1}\n\n###\n";
        let wanted = [
            "GET /b?c HTTP/1.1\r\nX: 1\r\nHost: a.example\r\n\r\n",
            "POST /b HTTP/1.1\r\nHost: api.example.com\r\n\r\n{\"a\":\n1}",
        ];
        let file = file.replace("@host = x\n", "");
        check(&file, &wanted);
        check(
            "GET /a\n###\n###\n/b\n",
            &["GET /a HTTP/1.1\r\nHost: api.example.com\r\n\r\n", "GET /b HTTP/1.1\r\nHost: api.example.com\r\n\r\n"],
        );
    }

    #[test]
    fn what_is_attacked_with_stays_as_it_is() {
        check(
            "GET /?q=<script> alert(1) HTTP/1.1\n\n",
            &["GET /?q=<script> alert(1) HTTP/1.1\r\nHost: api.example.com\r\n\r\n"],
        );
        check(
            "GET /?u=http://169.254.169.254/ HTTP/1.1\nHost: x\n\n",
            &["GET /?u=http://169.254.169.254/ HTTP/1.1\r\nHost: x\r\n\r\n"],
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_its_number() {
        for (input, part) in [
            ("GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nshort", "request 2"),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "request 1"),
        ] {
            let refused = split(input.as_bytes()).expect_err(input);
            assert!(refused.contains(part), "{refused}");
        }
    }
}
