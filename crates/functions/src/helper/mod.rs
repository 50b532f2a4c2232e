//! Puts cells up: two small processes of our own executable, between the node and a function.
//!
//! The **keeper** stays outside: it makes the namespaces, starts the **first** process inside them and ends it when the node
//! goes away. The first process builds the root, hands the runtime's listener out, gives up every right and starts the
//! function. Both have one thread, so nothing here runs between a fork and an exec (`docs/decisions/0016-cells.md`).

mod keeper;
mod first;
mod mounts;
mod loopback;
mod rights;
mod system_calls;

use std::io::{self, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};

use crate::cell::{Failure, Told};
use crate::isolation::Mechanism;

pub(crate) use rights::{GROUP_INSIDE, USER_INSIDE};

/// The argument that makes an executable of ours a keeper.
pub(crate) const KEEPER: &str = "functions-cell-keeper";
/// The argument that makes it the first process of a cell.
pub(crate) const FIRST: &str = "functions-cell-first";

/// Becomes a process of a cell if it was started as one. An executable of ours calls it before anything else.
///
/// `None`: it was started by somebody else, and goes on. `Some`: `main` returns the code.
pub fn helper_main() -> Option<ExitCode> {
    let role = std::env::args_os().nth(1)?;
    if role == KEEPER {
        Some(keeper::main())
    } else if role == FIRST {
        Some(first::main())
    } else {
        None
    }
}

/// The socket that a process of a cell finds as its standard input, kept from whatever it starts.
fn inherited_socket() -> io::Result<UnixStream> {
    let socket = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    let nothing = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    Ok(UnixStream::from(socket))
}

/// Tells the node something. A node that is gone needs to hear nothing.
fn tell(mut control: &UnixStream, told: &Told) {
    if let Ok(mut line) = serde_json::to_vec(told) {
        line.push(b'\n');
        let _ = control.write_all(&line);
    }
}

/// Sends bytes together with a descriptor.
pub(crate) fn send_with(socket: &UnixStream, bytes: &[u8], descriptor: impl AsFd) -> io::Result<()> {
    let descriptors = [descriptor.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fits = ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    debug_assert!(fits, "the space is made for one descriptor");
    let sent = rustix::net::sendmsg(socket, &[io::IoSlice::new(bytes)], &mut ancillary, SendFlags::NOSIGNAL)?;
    if sent == bytes.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// Receives some bytes and perhaps a descriptor.
pub(crate) fn receive_with(socket: &UnixStream, bytes: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [io::IoSliceMut::new(bytes)];
    let received = rustix::io::retry_on_intr(|| {
        rustix::net::recvmsg(socket, &mut slices, &mut ancillary, RecvFlags::CMSG_CLOEXEC)
    })?;
    let descriptor = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    Ok((received.bytes, descriptor))
}

/// Names the wall that an error keeps from standing.
fn wall<E: std::fmt::Display>(mechanism: Mechanism, tried: impl std::fmt::Display) -> impl FnOnce(E) -> Failure {
    move |error| Failure { wall: Some(mechanism), why: format!("{tried}: {error}") }
}

/// Names what an error kept from happening, where it is no wall.
fn fault<E: std::fmt::Display>(tried: impl std::fmt::Display) -> impl FnOnce(E) -> Failure {
    move |error| Failure { wall: None, why: format!("{tried}: {error}") }
}
