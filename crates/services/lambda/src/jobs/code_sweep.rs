//! Takes away code that no function, version or layer names any more.

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use base::Scope;
use model::lambda::{Code, Function, FunctionVersion, LayerVersion};
use operation::{Failure, Job, JobCall};
use store_records::{BlobKey, Swept};

/// The job.
#[derive(Debug, Clone, Copy)]
pub struct CodeSweep {
    /// How long code stays after it was named for the last time: longer than any call takes that puts code before its
    /// document, and than a node that lost its store goes on to serve what it has.
    pub keep: Duration,
}

impl Default for CodeSweep {
    fn default() -> Self {
        Self { keep: Duration::from_hours(24) }
    }
}

/// Blobs that are marked at a time.
const STEP: usize = 500;

#[async_trait]
impl Job for CodeSweep {
    fn name(&self) -> &'static str {
        "function-code-sweep"
    }

    fn every(&self) -> Duration {
        Duration::from_hours(1)
    }

    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure> {
        let named: Vec<BlobKey> = named(call).await?.into_iter().collect();
        for some in named.chunks(STEP) {
            call.ports.blobs.keep(some, call.now).await?;
        }
        let before =
            call.now.checked_sub(self.keep).map_err(|_| Failure::Broken { what: "the clock is wrong".to_owned() })?;
        let swept = call.ports.blobs.sweep(before).await?;
        if swept != Swept::default() {
            tracing::info!(blobs = swept.blobs, bytes = swept.bytes, "function code that nobody names went");
        }
        Ok(())
    }
}

/// All code that documents name, of every account.
async fn named(call: &mut JobCall<'_>) -> Result<HashSet<BlobKey>, Failure> {
    let mut named = HashSet::new();
    let mut add = |scope: &Scope, code: &Code| {
        // What names no digest names nothing; the compiler has closed it.
        named.extend(code.digest().map(|digest| BlobKey { scope: scope.clone(), digest }));
    };
    for function in call.tx.everywhere::<Function>().await? {
        add(&function.scope, &function.latest.code);
        function.latest.layers.iter().for_each(|layer| add(&function.scope, &layer.code));
    }
    for version in call.tx.everywhere::<FunctionVersion>().await? {
        add(&version.scope, &version.configuration.code);
        version.configuration.layers.iter().for_each(|layer| add(&version.scope, &layer.code));
    }
    for layer in call.tx.everywhere::<LayerVersion>().await? {
        add(&layer.scope, &layer.code);
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use operation::{Kind, Transaction};
    use serde_json::json;

    use super::*;
    use crate::testing::{archive, create, layer, world, zipped};

    #[tokio::test]
    async fn code_stays_for_as_long_as_something_names_it_and_a_day_longer() {
        let mut world = world().await;
        create(&world, "f", json!({})).await;
        layer(&world, "deps", "deep = 1").await;
        let arn = format!("arn:aws:lambda:eu-west-1:{}:layer:deps:1", operation::testing::ACCOUNT);
        create(&world, "user", json!({"Layers": [arn]})).await;
        world.ok("PublishVersion", json!({"FunctionName": "f"})).await;
        crate::testing::call(&world, "UpdateFunctionCode", zipped("f", "x = 2")).await.unwrap();
        world.ok("DeleteLayerVersion", json!({"LayerName": "deps", "VersionNumber": 1})).await;
        let all = [archive("x = 1"), archive("x = 2"), archive("deep = 1")];
        let expect = |hour: i64, there: [bool; 3]| (hour, there);
        for (hour, there) in [expect(30, [true; 3]), expect(31, [true; 3])] {
            run(&mut world, hour).await;
            assert_eq!(left(&world, &all).await, there, "after {hour} hours");
        }
        for name in ["f", "user"] {
            world.ok("DeleteFunction", json!({"FunctionName": name})).await;
        }
        for (hour, there) in [expect(32, [true; 3]), expect(54, [true; 3]), expect(57, [false; 3])] {
            run(&mut world, hour).await;
            assert_eq!(left(&world, &all).await, there, "after {hour} hours");
        }
    }

    async fn run(world: &mut operation::testing::World, hour: i64) {
        let start: base::Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let now = base::Timestamp::from_second(start.as_second() + hour * 3600).unwrap();
        let job = CodeSweep::default();
        let resources = std::sync::Arc::clone(&world.ports.resources);
        let lease = resources.acquire_lease(job.name(), "me", now, Duration::from_secs(1)).await.unwrap().unwrap();
        let tx = Transaction::begin(resources.as_ref(), Kind::Write).await.unwrap();
        let mut call = JobCall { now, tx, lease: &lease, ports: &world.ports };
        job.run(&mut call).await.unwrap();
        assert!(call.tx.is_empty());
    }

    async fn left(world: &operation::testing::World, all: &[Vec<u8>; 3]) -> [bool; 3] {
        let scope = crate::testing::scope();
        let mut left = [false; 3];
        for (at, bytes) in all.iter().enumerate() {
            let key = BlobKey { scope: scope.clone(), digest: store_records::blobs::sha256(bytes) };
            left[at] = world.ports.blobs.exists(&key).await.unwrap();
        }
        left
    }
}
