//! What a person types: curl, openssl, and the commands that ask a running node.

use std::process::{Command, Output, Stdio};

use crate::installation::binary;
use crate::{Api, Installation};

/// What a program said.
#[derive(Debug)]
pub struct Said {
    /// Whether it succeeded.
    pub ok: bool,
    /// Standard output and standard error.
    pub text: String,
}

/// Asks an API with curl, which resolves the host to the gateway and trusts the local authority only.
pub async fn curl(installation: &Installation, api: &Api, target: &str, options: &[&str]) -> Said {
    let gateway = installation.gateway();
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--include", "--max-time", "30", "--noproxy", "*", "--path-as-is"]);
    command.arg("--cacert").arg(installation.ca_file());
    command.arg("--resolve").arg(format!("{}:{}:{}", api.host, gateway.port(), gateway.ip()));
    command.args(options).arg(format!("https://{}:{}{target}", api.host, gateway.port()));
    run(command).await
}

/// Makes a TLS handshake with `openssl s_client`.
pub async fn s_client(installation: &Installation, host: &str, options: &[&str]) -> Said {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &installation.gateway().to_string(), "-servername", host]);
    command.arg("-CAfile").arg(installation.ca_file());
    command.args(["-verify_hostname", host, "-verify_return_error"]).args(options);
    run(command).await
}

/// Asks a running node with one of the binary's own commands.
pub async fn portcullis(installation: &Installation, words: &[&str]) -> Said {
    let mut command = Command::new(binary());
    command.args(words).arg("--data-dir").arg(installation.home());
    run(command).await
}

async fn run(mut command: Command) -> Said {
    command.stdin(Stdio::null()).env_remove("CURL_CA_BUNDLE").env_remove("SSL_CERT_FILE");
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("the task ends");
    let Output { status, stdout, stderr } = output.expect("the client is installed; `cargo xtask setup` does it");
    let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    Said { ok: status.success(), text }
}
