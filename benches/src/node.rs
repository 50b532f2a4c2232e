//! Portcullis itself, started the way a user starts it.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Process;

/// A running node with one API in front of the upstream.
#[derive(Debug)]
pub struct Node {
    /// Its process.
    pub process: Process,
    /// The port of APIs over HTTPS.
    pub tls: u16,
    /// The port of APIs over plain HTTP.
    pub plain: u16,
    /// The API's host.
    pub host: String,
    /// The API's id.
    pub api: String,
    /// Its data directory.
    pub data: PathBuf,
}

/// The API under load: one proxied route.
const DOCUMENT: &str = r#"{"openapi": "3.0.1", "info": {"title": "bench"}, "paths": {"/item/{id}": {"get": {
    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {},
    "x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET", "uri": "http://${stageVariables.upstream}/item/{id}",
        "requestParameters": {"integration.request.path.id": "method.request.path.id"}}}}}}"#;

/// The binary `cargo xtask bench` built.
pub fn binary() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/portcullis");
    std::env::var_os("PORTCULLIS_BIN").map_or_else(|| default.into(), PathBuf::from)
}

impl Node {
    /// Starts `portcullis run` on one core.
    pub fn start(folder: &Path, core: usize, upstream: u16, workers: &str) -> io::Result<Self> {
        Self::serving(DOCUMENT, folder, core, upstream, workers)
    }

    /// The same with another binary.
    pub fn of_binary(binary: &Path, folder: &Path, core: usize, upstream: u16, workers: &str) -> io::Result<Self> {
        Self::launch(binary, DOCUMENT, folder, core, upstream, workers)
    }

    /// The same with an API of its own.
    pub fn serving(api: &str, folder: &Path, core: usize, upstream: u16, workers: &str) -> io::Result<Self> {
        Self::launch(&binary(), api, folder, core, upstream, workers)
    }

    fn launch(binary: &Path, api: &str, folder: &Path, core: usize, upstream: u16, workers: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let document = folder.join("bench.json");
        fs::write(&document, api)?;
        let mut command = Command::new(binary);
        command.arg("run").arg(&document).arg("--data-dir").arg(folder.join("data"));
        command.args(["--admin", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--plain-http", "127.0.0.1:0"]);
        // AWS's limit of an account would throttle the load.
        command.args(["--account-rate", "100000000", "--account-burst", "100000000"]);
        command.args(["--workers", workers, "--variable", &format!("upstream=127.0.0.1:{upstream}")]);
        command.env("PORTCULLIS_LOG", "error");
        let mut process = Process::pinned(core, &command)?;
        let output = process.child().stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        let mut lines = BufReader::new(output).lines();
        let mut api = None;
        for line in lines.by_ref() {
            let line = line?;
            api = api.or_else(|| {
                line.split_once("(API ").and_then(|(_, rest)| rest.split_once(',')).map(|(id, _)| id.to_owned())
            });
            if line.starts_with("watching") {
                break;
            }
        }
        // Whatever it prints later must not block it.
        std::thread::spawn(move || lines.for_each(drop));
        let api = api.ok_or_else(|| io::Error::other("portcullis run printed no API; is the binary built?"))?;
        let endpoints = fs::read_to_string(folder.join("data/endpoints.json"))?;
        let port = |name: &str| {
            let behind = endpoints.split_once(&format!("\"{name}\""))?.1;
            let url = behind.split('"').nth(1)?;
            url.rsplit(':').next()?.parse().ok()
        };
        let (Some(tls), Some(plain)) = (port("gateway"), port("plain")) else {
            return Err(io::Error::other("endpoints.json names no ports"));
        };
        let host = format!("{api}.execute-api.us-east-1.localhost");
        Ok(Self { process, tls, plain, host, api, data: folder.join("data") })
    }
}
