//! The pets example's upstream: a small HTTP/1.1 server that needs nothing but the standard library.

mod exchange;
mod pets;

use std::io::BufReader;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::{Failure, Outcome, console, process};
use exchange::Request;
use pets::Pets;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Serve the pets example's upstream alone: GET and POST /pets, GET /pets/{id}, and an echo of the request for any
other path. It listens on the loopback only.

Usage: cargo xtask upstream [--port PORT]

Examples:
  cargo xtask upstream                # on a free port, which it prints
  cargo xtask upstream --port 9000";

/// Connections served at once; one more is closed at once.
const CONNECTIONS_MAX: usize = 256;
/// How long a connection may stay silent.
const IDLE: Duration = Duration::from_mins(1);

/// Runs the task.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let port = match arguments {
        [] => 0,
        [option, port] if option == "--port" => {
            port.parse().map_err(|_| Failure::new(format!("`{port}` is no port number")))?
        }
        _ => return Err(Failure::new("unknown arguments; see `cargo xtask upstream --help`")),
    };
    let address = start(port)?;
    console::say(&format!("upstream: http://{address}"));
    while !process::interrupted() {
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Starts the server in the background; it ends with this process.
pub(crate) fn start(port: u16) -> Outcome<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .map_err(|fault| Failure::new(format!("cannot listen on 127.0.0.1:{port}: {fault}")))?;
    let address = listener.local_addr().map_err(|fault| Failure::new(fault.to_string()))?;
    thread::spawn(move || accept(&listener));
    Ok(address)
}

fn accept(listener: &TcpListener) {
    let pets = Arc::new(Pets::new());
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming().flatten() {
        if open.load(Ordering::Relaxed) >= CONNECTIONS_MAX {
            continue;
        }
        let (pets, open) = (Arc::clone(&pets), Arc::clone(&open));
        open.fetch_add(1, Ordering::Relaxed);
        thread::spawn(move || {
            // A connection that breaks concerns nobody else.
            let _ = serve(&stream, &pets);
            open.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

fn serve(stream: &TcpStream, pets: &Pets) -> std::io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader)? {
        let answer = pets.answer(&request);
        answer.write(&mut &*stream, &request)?;
        if request.closes() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn ask(request: &str) -> String {
        let address = start(0).unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn two_requests_share_a_connection() {
        let one = "GET /pets/1 HTTP/1.1\r\nHost: a\r\n\r\n";
        let two = "GET /pets/99 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let answers = ask(&format!("{one}{two}"));
        assert!(answers.starts_with("HTTP/1.1 200 OK\r\n"), "{answers}");
        assert!(answers.contains("HTTP/1.1 404 Not Found\r\n"), "{answers}");
    }

    #[test]
    fn a_pet_can_be_added_in_chunks() {
        let answer = ask(concat!(
            "POST /pets HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
            "7\r\n{\"name\"\r\n7\r\n:\"Ada\"}\r\n0\r\n\r\n"
        ));
        assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
        assert!(answer.contains("\"name\":\"Ada\""), "{answer}");
    }

    #[test]
    fn any_other_path_echoes_the_request() {
        let answer = ask("PUT /else?a=1 HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nConnection: close\r\n\r\n");
        assert!(answer.contains("\"target\":\"/else?a=1\"") && answer.contains("[\"X-One\",\"1\"]"), "{answer}");
    }
}
