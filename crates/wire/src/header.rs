//! Members in headers: single values, comma-separated lists, and maps of all headers with one prefix.
//! <https://smithy.io/2.0/spec/http-bindings.html#httpheader-trait>

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Invalid, Member, Schema, TimestampFormat, Value, text};

/// Reads a member from its header.
pub(crate) fn read(headers: &HeaderMap, member: &Member) -> Result<Option<Value>, Invalid> {
    let Some(whole) = joined(headers, member.wire_name()).map_err(|fault| fault.within(member.name))? else {
        return Ok(None);
    };
    let parse = |schema, text: &str| text::parse(schema, text, TimestampFormat::Rfc822);
    let value = match member.schema.resolve() {
        Schema::List(list) => split(&whole, holds_commas(list.item))
            .and_then(|texts| texts.iter().map(|text| parse(list.item, text)).collect::<Result<_, _>>())
            .map(Value::List),
        schema => parse(schema, &whole),
    };
    value.map(Some).map_err(|fault| fault.within(member.name))
}

/// Reads a map from all headers that begin with its prefix; keys are in lower case, as HTTP/2 carries them.
pub(crate) fn read_prefixed(headers: &HeaderMap, member: &Member) -> Result<Option<Value>, Invalid> {
    let prefix = member.wire_name.unwrap_or_default().to_ascii_lowercase();
    let mut entries = Vec::new();
    for name in headers.keys() {
        let Some(key) = name.as_str().strip_prefix(&prefix) else { continue };
        let text = joined(headers, name.as_str()).map_err(|fault| fault.within(key).within(member.name))?;
        entries.extend(text.map(|text| (key.to_owned(), Value::Text(text))));
    }
    entries.sort_by(|one, two| one.0.cmp(&two.0));
    Ok((!entries.is_empty()).then_some(Value::Map(entries)))
}

/// Writes a value into a header; a name that HTTP does not know is left out.
pub(crate) fn write(headers: &mut HeaderMap, name: &str, schema: &'static Schema, value: &Value) {
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { return };
    let print = |schema, value: &Value| text::print(schema, value, TimestampFormat::Rfc822).unwrap_or_default();
    let text = match (schema.resolve(), value) {
        (Schema::List(list), Value::List(items)) => {
            let quoted = |item: &Value| match item {
                Value::Text(text) => quote(text),
                other => print(list.item, other),
            };
            items.iter().map(quoted).collect::<Vec<_>>().join(", ")
        }
        (schema, value) => print(schema, value),
    };
    headers.insert(name, safe(&text));
}

/// Writes a map into one header for each entry.
pub(crate) fn write_prefixed(headers: &mut HeaderMap, member: &Member, value: &Value) {
    let Value::Map(entries) = value else { return };
    for (key, value) in entries {
        write(headers, &format!("{}{key}", member.wire_name.unwrap_or_default()), &Schema::String, value);
    }
}

/// All values of a header as one text, as HTTP joins them.
fn joined(headers: &HeaderMap, name: &str) -> Result<Option<String>, Invalid> {
    let texts = headers.get_all(name).iter().map(|value| std::str::from_utf8(value.as_bytes()));
    let texts: Vec<_> = texts.collect::<Result<_, _>>().map_err(|_| Invalid::expected("UTF-8 header"))?;
    Ok((!texts.is_empty()).then(|| texts.join(", ")))
}

/// Whether the items' own text holds a comma: HTTP dates do.
fn holds_commas(item: &'static Schema) -> bool {
    match item.resolve() {
        Schema::Timestamp(format) => format.or(TimestampFormat::Rfc822) == TimestampFormat::Rfc822,
        _ => false,
    }
}

/// Splits at commas outside quotes; at every second one where each item holds one.
fn split(whole: &str, commas_inside: bool) -> Result<Vec<String>, Invalid> {
    if whole.trim().is_empty() {
        return Ok(Vec::new());
    }
    if commas_inside {
        let parts: Vec<&str> = whole.split(',').map(str::trim).collect();
        return Ok(parts.chunks(2).map(|pair| pair.join(", ")).collect());
    }
    let mut items = Vec::new();
    let mut rest = whole;
    loop {
        rest = rest.trim_start();
        let (item, after) = if let Some(quoted) = rest.strip_prefix('"') {
            unquote(quoted)?
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            (rest[..end].trim_end().to_owned(), &rest[end..])
        };
        items.push(item);
        match after.trim_start().strip_prefix(',') {
            Some(next) => rest = next,
            None if after.trim().is_empty() => return Ok(items),
            None => return Err(Invalid::expected("comma-separated list")),
        }
    }
}

/// Reads up to the closing quote; answers what follows it too.
fn unquote(text: &str) -> Result<(String, &str), Invalid> {
    let mut item = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((item, &text[at + 1..])),
            '\\' => item.extend(letters.next().map(|(_, escaped)| escaped)),
            _ => item.push(letter),
        }
    }
    Err(Invalid::expected("comma-separated list"))
}

fn quote(text: &str) -> String {
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text.to_owned()
    }
}

/// A header's value; what may not stand in one becomes a space.
fn safe(text: &str) -> HeaderValue {
    // SECURITY: a line end in a member must not begin another header.
    let safe: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    HeaderValue::from_bytes(safe.as_bytes()).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Location, Shape};
    use proptest::prelude::*;

    const LIST: Member = Member {
        name: "names",
        wire_name: Some("X-Names"),
        schema: <Vec<String>>::SCHEMA,
        location: Location::Header,
        required: false,
        secret: false,
        xml_attribute: false,
    };

    fn texts(items: &[&str]) -> Value {
        Value::List(items.iter().map(|item| Value::Text((*item).to_owned())).collect())
    }

    #[test]
    fn lists_are_split_at_commas_outside_quotes() {
        for (header, items) in [
            ("a, b,c", Some(vec!["a", "b", "c"])),
            (r#""b,c", "\"def\"", a"#, Some(vec!["b,c", "\"def\"", "a"])),
            ("", Some(vec![])),
            ("a,,b", Some(vec!["a", "", "b"])),
            (r#""open"#, None),
            (r#""a" b"#, None),
        ] {
            let headers =
                HeaderMap::from_iter([(HeaderName::from_static("x-names"), header.parse().expect("a value"))]);
            assert_eq!(read(&headers, &LIST).ok().flatten(), items.map(|items| texts(&items)), "{header}");
        }
    }

    #[test]
    fn repeated_headers_are_one_list_and_dates_keep_their_comma() {
        let mut headers = HeaderMap::new();
        headers.append("x-names", HeaderValue::from_static("a"));
        headers.append("x-names", HeaderValue::from_static("b"));
        assert_eq!(read(&headers, &LIST), Ok(Some(texts(&["a", "b"]))));
        let dates = "Mon, 16 Dec 2019 23:48:18 GMT, Mon, 16 Dec 2019 23:48:18 GMT";
        assert!(holds_commas(<base::Timestamp>::SCHEMA) && !holds_commas(String::SCHEMA));
        assert_eq!(split(dates, true).map(|items| items.len()), Ok(2));
    }

    #[test]
    fn a_line_end_cannot_begin_another_header() {
        let mut headers = HeaderMap::new();
        write(&mut headers, "X-A", &Schema::String, &Value::Text("a\r\nX-Evil: 1\0".to_owned()));
        write(&mut headers, "X-B\r\nX-Evil", &Schema::String, &Value::Text("b".to_owned()));
        assert_eq!(headers.get("x-a").map(HeaderValue::as_bytes), Some(b"a  X-Evil: 1 ".as_slice()));
        assert_eq!(headers.len(), 1);
    }

    proptest! {
        #[test]
        fn any_header_is_answered(text in "[ -~]{0,100}") {
            let headers = HeaderMap::from_iter([(HeaderName::from_static("x-names"), text.parse().expect("a value"))]);
            let _ = read(&headers, &LIST);
        }

        #[test]
        fn any_list_survives(items in proptest::collection::vec("[!-~]([ -~]{0,8}[!-~])?", 1..5)) {
            let mut headers = HeaderMap::new();
            let value = Value::List(items.into_iter().map(Value::Text).collect());
            write(&mut headers, "x-names", LIST.schema, &value);
            prop_assert_eq!(read(&headers, &LIST), Ok(Some(value)));
        }
    }
}
