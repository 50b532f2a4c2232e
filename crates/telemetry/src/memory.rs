//! A store in memory that fails when a test says so.

use std::sync::Mutex;

use async_trait::async_trait;
use base::Timestamp;
use store_records::{Block, BlockQuery, Events, Fault, FindQuery, Pruned, StoredBlock};
use tokio::sync::watch;

#[derive(Debug, Default)]
pub(crate) struct Memory {
    blocks: Mutex<Vec<Block>>,
    appends: watch::Sender<usize>,
    failing: watch::Sender<bool>,
    refused: Mutex<Option<String>>,
    pruned: Mutex<Vec<(Timestamp, u64)>>,
}

impl Memory {
    pub(crate) fn fail(&self, failing: bool) {
        self.failing.send_replace(failing);
    }

    pub(crate) fn refuse(&self, stream: &str) {
        *self.refused.lock().unwrap() = Some(stream.to_owned());
    }

    pub(crate) fn appends(&self) -> usize {
        *self.appends.borrow()
    }

    pub(crate) async fn until_appends(&self, count: usize) {
        self.appends.subscribe().wait_for(|appends| *appends >= count).await.unwrap();
    }

    pub(crate) fn pruned(&self) -> Vec<(Timestamp, u64)> {
        self.pruned.lock().unwrap().clone()
    }

    /// Account, stream and texts of all that is stored, in order of account and stream.
    pub(crate) fn texts(&self) -> Vec<(String, String, Vec<String>)> {
        let mut texts: Vec<(String, String, Vec<String>)> = Vec::new();
        for block in self.blocks.lock().unwrap().iter() {
            let lines =
                block.decode().unwrap().into_iter().map(|entry| String::from_utf8(entry.bytes.to_vec()).unwrap());
            texts.push((block.stream.scope.account.to_string(), block.stream.name.clone(), lines.collect()));
        }
        texts.sort();
        texts
    }
}

#[async_trait]
impl Events for Memory {
    async fn append(&self, blocks: Vec<Block>) -> Result<(), Fault> {
        let refused = self.refused.lock().unwrap().clone();
        if *self.failing.borrow() || blocks.iter().any(|block| Some(&block.stream.name) == refused.as_ref()) {
            return Err(Fault::new("appending", "the test says so"));
        }
        self.blocks.lock().unwrap().extend(blocks);
        self.appends.send_modify(|appends| *appends += 1);
        Ok(())
    }

    async fn read(&self, _: &BlockQuery) -> Result<Vec<StoredBlock>, Fault> {
        Err(Fault::new("reading", "the writer never reads"))
    }

    async fn candidates(&self, _: &FindQuery) -> Result<Vec<StoredBlock>, Fault> {
        Err(Fault::new("reading", "the writer never reads"))
    }

    async fn prune(&self, before: Timestamp, bytes_max: u64) -> Result<Pruned, Fault> {
        self.pruned.lock().unwrap().push((before, bytes_max));
        Ok(Pruned::default())
    }

    async fn bytes(&self) -> Result<u64, Fault> {
        Ok(0)
    }
}
