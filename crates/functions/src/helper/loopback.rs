//! Brings the loopback interface of a new network namespace up: one message to the kernel.

use std::io;

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};

/// `RTM_NEWLINK`, with an answer asked for (`linux/rtnetlink.h`, `linux/netlink.h`).
const NEW_LINK: u16 = 16;
const REQUEST_AND_ACKNOWLEDGE: u16 = 0x1 | 0x4;
/// `NLMSG_ERROR`, which is also the acknowledgement when its error is 0.
const ANSWER: u16 = 2;
/// Loopback is the first interface of every namespace.
const LOOPBACK: i32 = 1;
/// `IFF_UP`.
const UP: u32 = 1;

/// A header of 16 bytes and an `ifinfomsg` of 16.
const MESSAGE_BYTES: usize = 32;

pub(super) fn bring_up() -> io::Result<()> {
    // The protocol of routes and links is number 0, which is what none is.
    let kernel = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    send(&kernel, &message(), SendFlags::empty())?;
    let mut answer = [0; 128];
    let (read, _) = recv(&kernel, &mut answer, RecvFlags::empty())?;
    judge(answer.get(..read).unwrap_or_default())
}

fn message() -> [u8; MESSAGE_BYTES] {
    let mut message = [0; MESSAGE_BYTES];
    let mut put = |at: usize, bytes: &[u8]| message[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &(MESSAGE_BYTES as u32).to_ne_bytes());
    put(4, &NEW_LINK.to_ne_bytes());
    put(6, &REQUEST_AND_ACKNOWLEDGE.to_ne_bytes());
    put(8, &1u32.to_ne_bytes());
    put(20, &LOOPBACK.to_ne_bytes());
    put(24, &UP.to_ne_bytes());
    put(28, &UP.to_ne_bytes());
    message
}

fn judge(answer: &[u8]) -> io::Result<()> {
    let kind = answer.get(4..6).and_then(|bytes| bytes.try_into().ok()).map(u16::from_ne_bytes);
    let error = answer.get(16..20).and_then(|bytes| bytes.try_into().ok()).map(i32::from_ne_bytes);
    match (kind, error) {
        (Some(ANSWER), Some(0)) => Ok(()),
        (Some(ANSWER), Some(error)) => Err(io::Error::from_raw_os_error(error.saturating_neg())),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: u16, error: i32) -> Result<(), Option<i32>> {
        let mut answer = [0; 36];
        answer[4..6].copy_from_slice(&kind.to_ne_bytes());
        answer[16..20].copy_from_slice(&error.to_ne_bytes());
        judge(&answer).map_err(|error| error.raw_os_error())
    }

    #[test]
    fn only_an_acknowledgement_without_error_is_one() {
        assert_eq!(check(ANSWER, 0), Ok(()));
        assert_eq!(check(ANSWER, -1), Err(Some(1)));
        assert_eq!(check(3, 0), Err(None));
        assert!(judge(&[]).is_err());
    }
}
