//! SIGTERM under load: every request that was taken is answered, and the node ends by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tests::{Api, Installation, Line, Store, Upstream, eventually};
use tokio::task::JoinSet;

const CLIENTS: usize = 16;

#[tokio::test]
async fn requests_in_flight_are_answered_before_the_node_ends() {
    for store in Store::all() {
        let upstream = Upstream::start().await;
        let mut installation = Installation::start(store).await;
        let api = Api::deploy(&installation, &upstream).await;
        upstream.hold();
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            let mut line = api.connect(&installation).await;
            let request = api.request("/prod/pets");
            clients.spawn(async move { line.ask(request).await.map(|answer| answer.status) });
        }
        eventually("all requests upstream", async || (upstream.targets().len() == CLIENTS).then_some(())).await;
        installation.terminate();
        let host = api.host.clone();
        eventually("the listener's end", async || Line::secure(&installation, &host).await.is_err().then_some(()))
            .await;
        upstream.release();
        assert_eq!(clients.join_all().await, [Some(200); CLIENTS]);
        assert!(installation.ended().await.success(), "{}", installation.log());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_drains_under_load_without_a_failed_request() {
    let upstream = Upstream::start().await;
    let mut installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let ended = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    let (address, ca) = (installation.gateway(), installation.ca());
    for _ in 0..CLIENTS {
        let client = Client { address, ca: ca.clone(), api: api.clone(), answered: Arc::clone(&answered) };
        clients.spawn(client.load(Arc::clone(&ended)));
    }
    eventually("some load", async || (answered.load(Ordering::Relaxed) > 500).then_some(())).await;
    installation.terminate();
    assert!(installation.ended().await.success(), "{}", installation.log());
    ended.store(true, Ordering::Relaxed);
    assert_eq!(clients.join_all().await.concat(), [""; 0]);
}

/// A client as they all are: it keeps its connection, and opens another when the server has closed it.
struct Client {
    address: std::net::SocketAddr,
    ca: rustls_pki_types::CertificateDer<'static>,
    api: Api,
    answered: Arc<AtomicUsize>,
}

impl Client {
    /// Asks until no connection can be opened; answers what went wrong.
    async fn load(self, ended: Arc<AtomicBool>) -> Vec<String> {
        let mut wrong = Vec::new();
        while !ended.load(Ordering::Relaxed) {
            // A connection that is not accepted carried no request, so none was lost.
            let Ok(mut line) = Line::secure_at(self.address, self.ca.clone(), &self.api.host).await else { break };
            let mut asked = 0_u32;
            loop {
                let answer = line.ask(self.api.request("/prod/pets")).await;
                let Some(answer) = answer else {
                    // Both sides may close an idle connection at any time: RFC 9112, section 9.3.1. A fresh one is not idle.
                    if asked == 0 && !ended.load(Ordering::Relaxed) {
                        wrong.push("an accepted connection was closed before its first answer".to_owned());
                    }
                    break;
                };
                asked += 1;
                self.answered.fetch_add(1, Ordering::Relaxed);
                if answer.status != 200 {
                    wrong.push(format!("{} {}", answer.status, answer.text()));
                }
                if answer.header("connection") == Some("close") {
                    break;
                }
            }
        }
        wrong
    }
}
