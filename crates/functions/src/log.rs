//! What an invocation prints: bounded on its way to whoever keeps lines, and its end for the caller.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use base::id::RequestId;
use bytes::Bytes;
use snapshot::Version;
use tokio::net::unix::pipe;

use crate::failure::Failed;
use crate::settings::{Line, LineSink};

/// The end of the log that a caller gets, in bytes (AWS: 4 KB).
const TAIL_BYTES_MAX: usize = 4 * 1024;
/// The longest line that is passed on whole, in bytes; a longer one becomes several.
const LINE_BYTES_MAX: usize = 16 * 1024;
/// Lines of one invocation that are passed on.
const LINES_MAX: usize = 10_000;
/// What one invocation prints as fast as it likes, in bytes. Beyond, it waits for its own output.
const HASTE_BYTES: usize = 1024 * 1024;
/// What is read at once, in bytes.
const PIECE_BYTES: usize = 64 * 1024;
/// The pause after a piece beyond that: 32 MB/s cost the node next to nothing.
const PAUSE: Duration = Duration::from_millis(2);

/// Who printed, for the lines.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    /// What runs.
    pub(crate) version: &'a Arc<Version>,
    /// Its log stream.
    pub(crate) stream: &'a str,
    /// Who keeps lines.
    pub(crate) sink: Option<&'a dyn LineSink>,
}

/// The log of one invocation, or of a start.
#[derive(Debug)]
pub(crate) struct Log<'a> {
    source: Source<'a>,
    request_id: Option<RequestId>,
    tail: VecDeque<u8>,
    /// The beginning of a line whose end was not printed yet.
    begun: Vec<u8>,
    lines: usize,
    printed: usize,
}

impl<'a> Log<'a> {
    pub(crate) fn new(source: Source<'a>) -> Self {
        Self { source, request_id: None, tail: VecDeque::new(), begun: Vec::new(), lines: 0, printed: 0 }
    }

    /// Begins an invocation: what was printed before is no part of it.
    pub(crate) fn start(&mut self, id: &RequestId) {
        self.end_line();
        self.tail.clear();
        (self.lines, self.printed) = (0, 0);
        self.request_id = Some(*id);
        let version = Arc::clone(&self.source.version.number);
        self.say(&format!("START RequestId: {id} Version: {version}\n"));
    }

    /// Ends it. The tail is what the caller gets.
    pub(crate) fn report(mut self, report: &Report<'_>) -> Bytes {
        self.end_line();
        if self.lines > LINES_MAX {
            let more = self.lines - LINES_MAX;
            self.lines = 0;
            self.say(&format!("{more} more lines were not kept\n"));
        }
        self.lines = 0;
        for text in report.lines() {
            self.say(&text);
        }
        Bytes::from(Vec::from(self.tail))
    }

    /// Lambda's own words.
    pub(crate) fn say(&mut self, text: &str) {
        self.keep(text.as_bytes());
    }

    /// What the function printed.
    fn print(&mut self, bytes: &[u8]) {
        self.printed = self.printed.saturating_add(bytes.len());
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let last = bytes.get(bytes.len().saturating_sub(TAIL_BYTES_MAX)..).unwrap_or(bytes);
        let surplus = (self.tail.len() + last.len()).saturating_sub(TAIL_BYTES_MAX);
        self.tail.drain(..surplus.min(self.tail.len()));
        self.tail.extend(last);
        if self.source.sink.is_none() {
            return;
        }
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.begin_line(piece);
        }
    }

    fn begin_line(&mut self, mut piece: &[u8]) {
        let ended = piece.last() == Some(&b'\n');
        if ended {
            piece = piece.get(..piece.len() - 1).unwrap_or_default();
        }
        while self.begun.len() + piece.len() > LINE_BYTES_MAX {
            let (fits, rest) = piece.split_at(LINE_BYTES_MAX - self.begun.len());
            self.begun.extend_from_slice(fits);
            piece = rest;
            self.end_line();
        }
        self.begun.extend_from_slice(piece);
        if ended && self.begun.is_empty() {
            self.pass_on();
        } else if ended {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        if !self.begun.is_empty() {
            self.pass_on();
        }
    }

    fn pass_on(&mut self) {
        self.lines += 1;
        if let (Some(sink), true) = (self.source.sink, self.lines <= LINES_MAX) {
            sink.take(Line {
                version: self.source.version,
                stream: self.source.stream,
                request_id: self.request_id.as_ref(),
                text: &self.begun,
            });
        }
        self.begun.clear();
    }

    /// Reads what is printed until it is closed, and then waits for ever: it ends when it is dropped.
    pub(crate) async fn follow(&mut self, output: &pipe::Receiver, clock: &dyn Clock) {
        let mut buffer = Vec::new();
        while output.readable().await.is_ok() {
            buffer.resize(PIECE_BYTES, 0);
            match output.try_read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => self.print(buffer.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
                Err(_) => break,
            }
            if self.printed > HASTE_BYTES {
                clock.sleep(PAUSE).await;
            }
        }
        std::future::pending::<()>().await;
    }

    /// Reads what has been printed already. A flood is left where it is.
    pub(crate) fn catch_up(&mut self, output: &pipe::Receiver) {
        let mut buffer = Vec::new();
        for _ in 0..HASTE_BYTES / PIECE_BYTES {
            if buffer.is_empty() {
                // Most functions print nothing, and most of the rest little.
                buffer.resize(4 * 1024, 0);
            }
            match output.try_read(&mut buffer) {
                Ok(0) | Err(_) => return,
                Ok(read) => self.print(buffer.get(..read).unwrap_or_default()),
            }
            buffer.resize(PIECE_BYTES, 0);
        }
    }
}

/// The figures of an invocation.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// The invocation.
    pub(crate) request_id: &'a RequestId,
    /// How long it ran.
    pub(crate) took: Duration,
    /// How long its instance took to start, for its first invocation.
    pub(crate) init: Option<Duration>,
    /// What the instance may hold, in MiB.
    pub(crate) memory_mb: u32,
    /// The most it held, where that is known.
    pub(crate) peak_mb: Option<u64>,
    /// How it failed.
    pub(crate) failed: Option<&'a Failed>,
    /// When it ended.
    pub(crate) now: jiff::Timestamp,
}

impl Report<'_> {
    fn lines(&self) -> impl Iterator<Item = String> {
        let id = self.request_id;
        let ms = |duration: Duration| duration.as_secs_f64() * 1_000.0;
        let billed = ms(self.took + self.init.unwrap_or_default()).ceil();
        let mut report = format!(
            "REPORT RequestId: {id}\tDuration: {:.2} ms\tBilled Duration: {billed:.0} ms\tMemory Size: {} MB\t",
            ms(self.took),
            self.memory_mb
        );
        if let Some(peak) = self.peak_mb {
            report.extend(["Max Memory Used: ", &peak.to_string(), " MB\t"]);
        }
        if let Some(init) = self.init {
            report.extend(["Init Duration: ", &format!("{:.2}", ms(init)), " ms\t"]);
        }
        report += &self.failed.map(Failed::status).unwrap_or_default();
        report.push('\n');
        let failed = self.failed.and_then(|failed| failed.line(id, self.now)).map(|line| line + "\n");
        failed.into_iter().chain([format!("END RequestId: {id}\n"), report])
    }
}
