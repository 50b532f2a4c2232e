//! nginx from the system packages: the upstream of everybody, and the peer.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::Process;

/// Bytes of the upstream's answer.
const ANSWER_BYTES: usize = 1024;

/// A running nginx.
#[derive(Debug)]
pub struct Nginx {
    /// Its master and worker.
    pub process: Process,
    /// Where it listens over plain HTTP.
    pub plain: u16,
    /// Where it listens over HTTPS; 0 for the upstream.
    pub tls: u16,
}

/// The upstream: 1 KiB for every request.
pub fn upstream(folder: &Path, core: usize) -> io::Result<Nginx> {
    let plain = free_port()?;
    let answer = "x".repeat(ANSWER_BYTES);
    let server = format!(
        "server {{ listen 127.0.0.1:{plain} backlog=4096; location / {{ default_type text/plain; return 200 '{answer}'; }} }}"
    );
    start(folder, "upstream", core, &format!("access_log off; keepalive_requests 1000000000; {server}"), plain, 0)
}

/// The peer: `proxy_pass` to the upstream with kept connections and an access log, over HTTP and HTTPS.
pub fn peer(folder: &Path, core: usize, upstream: u16) -> io::Result<Nginx> {
    let (plain, tls) = (free_port()?, free_port()?);
    let (key, certificate) = certificate(folder)?;
    let common = format!(
        "access_log {log} combined; keepalive_requests 1000000000; \
         upstream backend {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000000; }}",
        log = folder.join("peer.access.log").display()
    );
    let proxy = "location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection \"\"; \
                 proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }";
    let servers = format!(
        "server {{ listen 127.0.0.1:{plain} backlog=4096; {proxy} }} \
         server {{ listen 127.0.0.1:{tls} ssl http2 backlog=4096; ssl_certificate {}; ssl_certificate_key {}; \
         ssl_protocols TLSv1.2 TLSv1.3; {proxy} }}",
        certificate.display(),
        key.display()
    );
    start(folder, "peer", core, &format!("{common} {servers}"), plain, tls)
}

fn start(folder: &Path, name: &str, core: usize, http: &str, plain: u16, tls: u16) -> io::Result<Nginx> {
    let home = folder.join(name);
    fs::create_dir_all(&home)?;
    let folder_of = |kind: &str| format!("{kind}_temp_path {}; ", home.join(kind).display());
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(folder_of).concat();
    let text = format!(
        "daemon off; worker_processes 1; pid {pid}; error_log {errors} warn; events {{ worker_connections 16384; }} \
         http {{ {temporary} {http} }}",
        pid = home.join("pid").display(),
        errors = home.join("error.log").display()
    );
    let path = home.join("nginx.conf");
    fs::write(&path, text)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(&home).arg("-c").arg(&path).arg("-e").arg(home.join("error.log"));
    let process = Process::pinned(core, &command)?;
    wait_for(plain)?;
    Ok(Nginx { process, plain, tls })
}

/// A certificate of the kind the local authority makes.
fn certificate(folder: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let (key, certificate) = (folder.join("peer.key"), folder.join("peer.pem"));
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]);
    command.args(["-subj", "/CN=peer", "-keyout"]).arg(&key).arg("-out").arg(&certificate);
    let output = command.output()?;
    if output.status.success() { Ok((key, certificate)) } else { Err(io::Error::other("openssl made no certificate")) }
}

/// A port nobody listens on now.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Waits until something listens.
pub fn wait_for(port: u16) -> io::Result<()> {
    let start = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        if start.elapsed() > Duration::from_secs(10) {
            return Err(io::Error::other(format!("nothing listens on port {port}")));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}
