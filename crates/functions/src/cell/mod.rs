//! A cell: the processes of one instance behind their walls, as the node holds it.

mod plan;
mod layout;

use std::io::{self, Write as _};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::helper::{KEEPER, receive_with};
use crate::isolation::cgroup::Group;
use crate::isolation::freezer::Freezer;

pub(crate) use layout::{Layout, Seen, view};
pub(crate) use plan::{Ending, Failure, Limits, Plan, Program, Told, View};

/// The first of the users that instances become outside, where the node is root: above what systems hand out.
pub(crate) const UID_FIRST: u32 = 0x7000_0000;
/// How long putting up a cell may take before it counts as failed.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest message of a cell.
const MESSAGE_BYTES_MAX: usize = 4 * 1024;

/// A cell that stands, and what leads out of it.
#[derive(Debug)]
pub(crate) struct Stands {
    /// The cell itself.
    pub(crate) cell: Cell,
    /// Where the runtime inside asks for its invocations; not blocking.
    pub(crate) listener: TcpListener,
    /// What is printed inside.
    pub(crate) output: OwnedFd,
    /// Which of Landlock's versions holds, if one does.
    pub(crate) landlock: Option<String>,
}

/// The processes of a cell. Dropping it ends every one, and waits for that.
#[derive(Debug)]
pub(crate) struct Cell {
    control: UnixStream,
    keeper: Child,
}

/// Puts a cell up and waits until it stands. It blocks.
pub(crate) fn start(helper: &Path, plan: &Plan) -> Result<Stands, Failure> {
    let failed = |tried: &str, error: io::Error| Failure { wall: None, why: format!("{tried}: {error}") };
    let (control, theirs) = UnixStream::pair().map_err(|error| failed("make a socket", error))?;
    let (output, printed) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)
        .map_err(|error| failed("make a pipe", error.into()))?;
    let errors = printed.try_clone().map_err(|error| failed("make a pipe", error))?;
    let keeper = Command::new(helper)
        .arg(KEEPER)
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::from(printed))
        .stderr(Stdio::from(errors))
        .spawn()
        .map_err(|error| failed("start the keeper", error))?;
    let cell = Cell { control, keeper };
    match introduce(&cell.control, plan) {
        Ok((Told::Ready { landlock }, Some(listener))) => {
            let listener = TcpListener::from(listener);
            let quiet = listener.set_nonblocking(true).and_then(|()| cell.control.set_nonblocking(true));
            quiet.map_err(|error| failed("prepare its sockets", error))?;
            Ok(Stands { cell, listener, output, landlock })
        }
        Ok((Told::Failed(failure), _)) => Err(failure),
        Ok((Told::Ready { .. } | Told::NotStarted { .. } | Told::Ended(_), _)) => {
            Err(Failure { wall: None, why: "the cell did not say what it should".to_owned() })
        }
        Err(error) => Err(failed("put up a cell", error)),
    }
}

/// Hands the plan over and hears whether the cell stands.
fn introduce(mut control: &UnixStream, plan: &Plan) -> io::Result<(Told, Option<OwnedFd>)> {
    control.set_read_timeout(Some(START_TIMEOUT))?;
    control.set_write_timeout(Some(START_TIMEOUT))?;
    let text = serde_json::to_vec(plan)?;
    let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    control.write_all(&length.to_le_bytes())?;
    control.write_all(&text)?;
    drop(text);
    let (mut line, mut descriptor) = (Vec::new(), None);
    loop {
        // Byte by byte, so that nothing of the next message is taken.
        let mut byte = [0];
        let (read, received) = receive_with(control, &mut byte)?;
        descriptor = descriptor.or(received);
        match byte {
            _ if read == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            [b'\n'] => return Ok((serde_json::from_slice(&line)?, descriptor)),
            _ if line.len() == MESSAGE_BYTES_MAX => return Err(io::ErrorKind::InvalidData.into()),
            [byte] => line.push(byte),
        }
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        // The keeper ends the cell when this side closes; it is waited for where that may block.
        let _ = self.control.shutdown(std::net::Shutdown::Both);
        let _ = self.keeper.wait();
    }
}

/// Why a cell has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Its program ended.
    Program(Ending),
    /// Its program could not be started.
    NotStarted(String),
    /// The kernel ended it for want of memory.
    OutOfMemory,
    /// The node ended it, or it broke.
    Cell,
}

/// Watches a cell until its end in a task of its own, and takes it away then, `held` last.
///
/// Cancelling `stop` ends the cell. The receiver holds the end once everything of the cell is gone.
pub(crate) fn watch(
    cell: Cell,
    group: Group,
    held: impl Send + 'static,
    stop: CancellationToken,
) -> watch::Receiver<Option<End>> {
    let (sender, receiver) = watch::channel(None);
    tokio::spawn(async move {
        let mut end = match cell.control.try_clone().and_then(tokio::net::UnixStream::from_std) {
            Ok(control) => {
                tokio::select! {
                    end = last_words(control) => end,
                    () = stop.cancelled() => End::Cell,
                }
            }
            Err(_) => End::Cell,
        };
        // The runtime's tasks end as well.
        stop.cancel();
        let killed = tokio::task::spawn_blocking(move || {
            // Whatever is stopped does not end.
            group.freezer().map(Freezer::resume);
            drop(cell);
            let killed = group.meter().map_or(0, |meter| meter.killed());
            drop((group, held));
            killed
        });
        if killed.await.is_ok_and(|killed| killed > 0)
            && matches!(end, End::Cell | End::Program(Ending::Signalled(libc::SIGKILL)))
        {
            end = End::OutOfMemory;
        }
        let _ = sender.send(Some(end));
    });
    receiver
}

async fn last_words(control: tokio::net::UnixStream) -> End {
    let mut lines = BufReader::with_capacity(MESSAGE_BYTES_MAX, control);
    let mut line = Vec::new();
    match lines.read_until(b'\n', &mut line).await {
        Ok(_) => match serde_json::from_slice(&line) {
            Ok(Told::Ended(ending)) => End::Program(ending),
            Ok(Told::NotStarted { why }) => End::NotStarted(why),
            Ok(Told::Ready { .. } | Told::Failed(_)) | Err(_) => End::Cell,
        },
        Err(_) => End::Cell,
    }
}
