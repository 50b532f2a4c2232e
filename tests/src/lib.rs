//! Black-box tests: the real binary in a directory of its own, an upstream that remembers, and clients that misbehave.
//!
//! It must not know: any crate of ours. What it tests is what a stranger can see.
//! Begin with [`Installation`]; the tests themselves are in `blackbox/`.

pub mod installation;
pub mod store;
pub mod relay;
pub mod management;
pub mod api;
pub mod upstream;
pub mod line;
pub mod answer;
pub mod shell;

pub use answer::Answer;
pub use api::Api;
pub use installation::Installation;
pub use line::Line;
pub use relay::Relay;
pub use store::Store;
pub use upstream::Upstream;

use std::time::Duration;

/// The longest that anything here may take; a test that reaches it fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `look` finds something; fails the test when it never does.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    let search = async {
        loop {
            tick.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("{what} did not happen within {PATIENCE:?}"))
}
