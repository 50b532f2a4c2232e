//! nginx with ModSecurity and the OWASP Core Rule Set from Debian's packages, asked the same requests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::wire::{Sample, Wire};
use crate::nginx;
use crate::process::Process;

const MODULE: &str = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so";
const SETUP: &str = "/etc/modsecurity/crs/crs-setup.conf";
const RULES: &str = "/usr/share/modsecurity-crs/rules/*.conf";
/// The core under test, and the core of everything else.
const TESTED: usize = 0;
const OTHERS: usize = 1;
/// Requests of each kind whose CPU time is counted.
const REQUESTS: usize = 1500;

/// What a row is called that counts all requests of a set, and one that counts those with the attack in a usual place.
const EVERYTHING: &str = "all of them";
const INPUTS: &str = "arguments, bodies and cookies";

/// Whether the packages are there.
pub fn is_installed() -> bool {
    let nginx = Command::new("nginx").arg("-v").output().is_ok_and(|output| output.status.success());
    nginx && Path::new(MODULE).exists() && Path::new(SETUP).exists()
}

/// What it costs, for two requests, beside what nginx costs without it.
pub fn costs(folder: &Path, requests: &[(&str, Wire)], ours_us: &[f64]) -> io::Result<String> {
    let upstream = nginx::upstream(folder, OTHERS)?;
    let bare = start(folder, "bare", upstream.plain, false)?;
    let guarded = start(folder, "guarded", upstream.plain, true)?;
    let mut text =
        "| request | nginx | nginx with ModSecurity and the Core Rule Set | added by it | added here | times |\n\
                    |---|---|---|---|---|---|\n"
            .to_owned();
    for ((name, wire), ours) in requests.iter().zip(ours_us) {
        let (bare, guarded) = (cost_us(&bare, wire)?, cost_us(&guarded, wire)?);
        let added = guarded - bare;
        let _ = writeln!(
            text,
            "| {name} | {bare:.0} µs | {guarded:.0} µs | {added:.0} µs | {ours:.1} µs | {:.0} |",
            added / ours
        );
    }
    Ok(text)
}

/// What a table of [`rates`] says of one of its sets: percent of arguments, bodies and cookies, and of everything.
pub fn published(report: &str, set: &str) -> Option<(f64, f64)> {
    let share = |class: &str| {
        let begin = format!("| {set} | {class} | ");
        let row = report.lines().find_map(|line| line.strip_prefix(&begin))?;
        row.split('|').nth(1)?.trim().strip_suffix(" %")?.parse().ok()
    };
    Some((share(INPUTS)?, share(EVERYTHING)?))
}

/// How much of the samples it blocks.
pub fn rates(folder: &Path, sets: &[(&str, Vec<&Sample>)]) -> io::Result<String> {
    let upstream = nginx::upstream(folder, OTHERS)?;
    let guarded = start(folder, "judging", upstream.plain, true)?;
    let mut text = "| requests | class | asked | blocked |\n|---|---|---|---|\n".to_owned();
    for (name, samples) in sets {
        let mut classes = BTreeMap::<&str, (usize, usize)>::new();
        let mut connection = None;
        for sample in samples {
            let status = status(&mut connection, guarded.port, &sample.wire)?;
            let mut count = |class| {
                let counts = classes.entry(class).or_default();
                counts.0 += 1;
                counts.1 += usize::from(status == 403);
            };
            count(sample.class);
            count(EVERYTHING);
            if sample.place.is_input() {
                count(INPUTS);
            }
        }
        for (class, (asked, blocked)) in classes {
            let percent = 100.0 * blocked as f64 / asked as f64;
            let _ = writeln!(text, "| {name} | {class} | {asked} | {percent:.2} % |");
        }
    }
    Ok(text)
}

struct Server {
    process: Process,
    port: u16,
}

fn start(folder: &Path, name: &str, upstream: u16, guarded: bool) -> io::Result<Server> {
    let home = folder.join(name);
    fs::create_dir_all(&home)?;
    let port = nginx::free_port()?;
    let rules = home.join("rules.conf");
    let engine = "SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess Off\nSecRequestBodyLimit 13107200\n\
                  SecRequestBodyNoFilesLimit 131072\nSecAuditEngine Off\nSecArgumentSeparator &\nSecCookieFormat 0\n\
                  SecTmpDir /tmp/\nSecDataDir /tmp/\n\
                  SecRule REQUEST_HEADERS:Content-Type \"^application/json\" \
                  \"id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON\"\n\
                  SecRule REQUEST_HEADERS:Content-Type \"(?:application/|text/)xml\" \
                  \"id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML\"\n";
    fs::write(&rules, format!("{engine}Include {SETUP}\nInclude {RULES}\n"))?;
    let (load, guard) = if guarded {
        (format!("load_module {MODULE};"), format!("modsecurity on; modsecurity_rules_file {};", rules.display()))
    } else {
        (String::new(), String::new())
    };
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {}; ", home.join(kind).display()))
        .concat();
    let text = format!(
        "{load} daemon off; worker_processes 1; pid {pid}; error_log /dev/null crit; events {{ worker_connections 256; }} \
         http {{ {temporary} access_log off; keepalive_requests 1000000000; large_client_header_buffers 8 64k; \
         client_body_buffer_size 128k; \
         upstream backend {{ server 127.0.0.1:{upstream}; keepalive 16; keepalive_requests 1000000000; }} \
         server {{ listen 127.0.0.1:{port}; {guard} location / {{ proxy_pass http://backend; proxy_http_version 1.1; \
         proxy_set_header Connection \"\"; }} }} }}",
        pid = home.join("pid").display(),
    );
    let path = home.join("nginx.conf");
    fs::write(&path, text)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(&home).arg("-c").arg(&path).arg("-e").arg(home.join("error.log"));
    let process = Process::pinned(TESTED, &command)?;
    nginx::wait_for(port)?;
    Ok(Server { process, port })
}

/// Microseconds of CPU time a request.
fn cost_us(server: &Server, wire: &Wire) -> io::Result<f64> {
    let mut connection = None;
    for _ in 0..REQUESTS / 10 {
        let status = status(&mut connection, server.port, wire)?;
        if status != 200 {
            return Err(io::Error::other(format!("a request that is timed was answered {status}")));
        }
    }
    let before = server.process.cpu();
    for _ in 0..REQUESTS {
        status(&mut connection, server.port, wire)?;
    }
    Ok(server.process.cpu().saturating_sub(before).as_secs_f64() * 1e6 / REQUESTS as f64)
}

/// Asks over a connection that is kept while both sides like it; a request that breaks it is answered 400.
fn status(connection: &mut Option<TcpStream>, port: u16, wire: &Wire) -> io::Result<u16> {
    let mut stream = match connection.take() {
        Some(stream) => stream,
        None => connect(port)?,
    };
    if let Ok((status, keeps)) = exchange(&mut stream, wire) {
        if keeps {
            *connection = Some(stream);
        }
        return Ok(status);
    }
    let mut again = connect(port)?;
    Ok(exchange(&mut again, wire).map_or(400, |(status, _)| status))
}

fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    Ok(stream)
}

fn exchange(stream: &mut TcpStream, wire: &Wire) -> io::Result<(u16, bool)> {
    let mut wire = wire.clone();
    wire.headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("content-length") && !name.eq_ignore_ascii_case("connection"));
    wire.headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("transfer-encoding") && !name.eq_ignore_ascii_case("expect"));
    if !wire.body.is_empty() {
        wire.header("Content-Length", &wire.body.len().to_string());
    }
    stream.write_all(&wire.bytes())?;
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&buffer[..count]);
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    let length =
        head.split("content-length:").nth(1).and_then(|rest| rest.trim_start().split("\r\n").next()?.parse().ok());
    let mut missing = (end + length.unwrap_or(0)).saturating_sub(read.len());
    while missing > 0 {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        missing = missing.saturating_sub(count);
    }
    Ok((status, length.is_some() && !head.contains("connection: close")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_table_says_what_is_blocked_of_a_set() {
        let row = |set, class, percent| format!("| {set} | {class} | 10 | {percent} % |\n");
        let report =
            [row("ours", EVERYTHING, "72.30"), row("ours", INPUTS, "82.66"), row("theirs", INPUTS, "1.00")].concat();
        assert_eq!(published(&report, "ours"), Some((82.66, 72.3)));
        assert_eq!(published(&report, "theirs"), None);
    }
}
