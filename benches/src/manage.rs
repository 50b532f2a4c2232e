//! A management call to a node under test, signed with its root key.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use base::{Secret, Timestamp};
use sigv4::{PathRule, Received, Signer};

use crate::node;

/// A node's root key, and where its control plane listens.
#[derive(Debug)]
pub struct Root {
    /// The key's id.
    pub id: String,
    /// Its secret.
    pub secret: Secret<String>,
    /// Address and port.
    pub host: String,
}

impl Root {
    /// Asks the binary for that of a data directory.
    pub fn of(data: &Path) -> io::Result<Self> {
        let printed =
            Command::new(node::binary()).args(["credentials", "--format", "json", "--data-dir"]).arg(data).output()?;
        let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
        let field = |name: &str| {
            let behind = printed.split_once(&format!("\"{name}\": \""))?.1;
            behind.split('"').next().map(str::to_owned)
        };
        let read = || {
            let (id, secret) = (field("access_key_id")?, Secret::new(field("secret_access_key")?));
            Some(Self { id, secret, host: field("endpoint")?.strip_prefix("http://")?.to_owned() })
        };
        read().ok_or_else(|| io::Error::other("the node's credentials cannot be read"))
    }

    /// The headers of a call that the key signs now.
    pub fn sign(&self, service: &str, received: &Received<'_>, body: &[u8]) -> Vec<(String, String)> {
        let signer = Signer {
            access_key_id: &self.id,
            secret: &self.secret,
            session_token: None,
            region: "us-east-1",
            service,
            path: PathRule::Normalized,
        };
        let added = signer.sign(received, body, Timestamp::now()).into_iter();
        added.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Sends one call; anything but a success is an error with the answer's text.
pub fn call(data: &Path, method: &str, path: &str, body: &str) -> io::Result<()> {
    let root = Root::of(data)?;
    let host = &root.host;
    let headers: [(&str, &[u8]); 2] = [("host", host.as_bytes()), ("content-type", b"application/json")];
    let received = Received { method, path, query: "", headers: &headers };
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
    for (name, value) in root.sign("apigateway", &received, body.as_bytes()) {
        request = format!("{request}{name}: {value}\r\n");
    }
    request = format!("{request}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(host)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 2") { Ok(()) } else { Err(io::Error::other(answer)) }
}
