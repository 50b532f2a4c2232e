//! A line to a server that can be cut and mended.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A running relay; it ends with this value.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    line: watch::Sender<Wire>,
    _server: JoinSet<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Whole,
    Cut,
}

impl Relay {
    /// Relays a free port to `server`.
    pub async fn start(server: SocketAddr) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (line, state) = watch::channel(Wire::Whole);
        let mut relay = JoinSet::new();
        relay.spawn(accept(listener, server, state));
        Relay { address, line, _server: relay }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends every connection; new ones are closed at once.
    pub fn cut(&self) {
        self.line.send_replace(Wire::Cut);
    }

    /// Lets new connections pass again.
    pub fn mend(&self) {
        self.line.send_replace(Wire::Whole);
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, state: watch::Receiver<Wire>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        if *state.borrow() == Wire::Whole {
            connections.spawn(relay(client, server, state.clone()));
        }
    }
}

async fn relay(mut client: TcpStream, server: SocketAddr, mut state: watch::Receiver<Wire>) {
    let Ok(mut upstream) = TcpStream::connect(server).await else { return };
    tokio::select! {
        // How a relayed connection ends is its two ends' affair.
        _ = copy_bidirectional(&mut client, &mut upstream) => {}
        _ = state.wait_for(|wire| *wire == Wire::Cut) => {
            // A reset rather than a polite end, as a failing machine would leave it.
            let _ = client.set_zero_linger();
        }
    }
}
