//! Opens the sockets we listen on, and says in one line why one cannot be opened.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

/// Connections the kernel holds for us until we accept them.
const BACKLOG: i32 = 4096;

/// An open socket that is not served yet.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: std::net::TcpListener,
    local: SocketAddr,
}

impl Listener {
    /// The address it listens on, with the port that was picked for port 0.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

/// Why a socket could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {}", self.reason())]
pub struct BindError {
    /// The address that was asked for.
    pub address: SocketAddr,
    /// The option that chooses it, such as `--gateway`.
    pub option: &'static str,
    /// What the operating system said.
    pub source: io::Error,
}

impl BindError {
    fn reason(&self) -> String {
        let option = self.option;
        match self.source.kind() {
            io::ErrorKind::AddrInUse => {
                format!("the address is in use; stop the other program or choose {option} ADDR:PORT")
            }
            io::ErrorKind::PermissionDenied => {
                format!("ports below 1024 need a privilege; choose {option} ADDR:PORT with a higher port")
            }
            io::ErrorKind::AddrNotAvailable => {
                format!("this machine does not have the address; choose {option} ADDR:PORT with one of its own")
            }
            _ => self.source.to_string(),
        }
    }
}

/// Opens a listening socket on `address`, which the user chose with `option`.
pub fn bind(address: SocketAddr, option: &'static str) -> Result<Listener, BindError> {
    open(address).map_err(|source| BindError { address, option, source })
}

fn open(address: SocketAddr) -> io::Result<Listener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restart must not wait for the old connections' TIME_WAIT; a second listener is still refused.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let socket = std::net::TcpListener::from(socket);
    let local = socket.local_addr()?;
    Ok(Listener { socket, local })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_use_is_told_in_one_line() {
        let first = bind("127.0.0.1:0".parse().expect("an address"), "--gateway").expect("a free port");
        let address = first.local_addr();
        let error = bind(address, "--gateway").expect_err("taken");
        let line = format!(
            "cannot listen on {address}: the address is in use; stop the other program or choose --gateway ADDR:PORT"
        );
        assert_eq!(error.to_string(), line);
    }

    #[test]
    fn an_address_of_another_machine_is_told_in_one_line() {
        let error = bind("192.0.2.1:0".parse().expect("an address"), "--admin").expect_err("not ours");
        assert!(error.to_string().contains("this machine does not have the address; choose --admin"), "{error}");
    }
}
