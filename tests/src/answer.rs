//! An HTTP/1.1 answer, read byte by byte so that what follows it stays visible.

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

/// Status, headers and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header lines in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, out of its chunks.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads the next answer; `None` when the connection ends before or within one.
    pub async fn read(reader: &mut (impl AsyncBufRead + Unpin)) -> Option<Answer> {
        let status = line(reader).await.filter(|line| !line.is_empty())?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line");
        let mut answer = Answer { status, headers: Vec::new(), body: Vec::new() };
        while let Some(line) = line(reader).await.filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':')?;
            answer.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        if answer.header("transfer-encoding").is_some() {
            while chunk(reader, &mut answer.body).await? {}
        } else if let Some(length) = answer.header("content-length") {
            answer.body = vec![0; length.parse().expect("a length")];
            reader.read_exact(&mut answer.body).await.ok()?;
        } else {
            reader.read_to_end(&mut answer.body).await.ok()?;
        }
        Some(answer)
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

async fn line(reader: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut line = String::new();
    // A reset connection is an end like any other here.
    let read = reader.read_line(&mut line).await.unwrap_or_default();
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn chunk(reader: &mut (impl AsyncBufRead + Unpin), body: &mut Vec<u8>) -> Option<bool> {
    let size = line(reader).await?;
    let size = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16).ok()?;
    let start = body.len();
    body.resize(start + size, 0);
    reader.read_exact(&mut body[start..]).await.ok()?;
    line(reader).await?;
    Some(size > 0)
}
