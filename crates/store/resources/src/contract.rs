//! The contract every backend of [`Resources`] passes: one public function for each rule.
//!
//! A backend's tests call [`resources_contract!`](crate::resources_contract) with an expression that makes an empty
//! store and something to keep alive beside it.

use std::sync::Arc;
use std::time::Duration;

use base::{AccountId, Region, Scope, Timestamp};

use crate::{AuditEntry, Batch, CommitError, Document, Key, Precondition, Resources, Revision, Table, View, Write};

mod commits;
mod indexes;
mod views;
mod feed;
mod audit;
mod leases;

pub use audit::*;
pub use commits::*;
pub use feed::*;
pub use indexes::*;
pub use leases::*;
pub use views::*;

/// Makes one test for each rule; `$make` is a future of `(Arc<dyn Resources>, guard)`, made anew for each test.
#[macro_export]
macro_rules! resources_contract {
    ($make:expr) => {
        $crate::resources_contract!($make;
            a_batch_is_written_whole_under_one_revision
            a_refused_batch_leaves_nothing_behind
            a_document_that_was_read_must_not_have_changed
            a_range_that_was_read_must_not_have_changed
            a_set_never_grows_beyond_its_bound
            the_last_write_of_a_document_in_a_batch_counts
            concurrent_commits_get_ordered_revisions_without_gaps
            concurrent_transactions_lose_no_update
            concurrent_additions_to_a_range_do_not_slip_past_each_other
            concurrent_additions_to_a_bounded_set_fill_it_and_no_more
            an_index_finds_its_document_in_any_scope
            an_index_value_belongs_to_one_document
            an_index_value_can_pass_to_another_document_in_one_batch
            an_index_that_was_read_must_not_have_changed
            a_scan_goes_by_bytes_and_stops_at_its_prefix
            a_scan_pages_without_loss_or_repetition
            a_range_is_measured
            what_cannot_be_stored_is_found_absent
            two_accounts_never_see_each_others_documents
            a_table_is_read_across_all_accounts
            a_view_shows_one_revision_while_others_commit
            the_feed_names_every_change_after_a_revision
            a_feed_that_was_cut_says_so
            a_commit_wakes_whoever_waits_for_changes
            audit_travels_with_its_batch
            audit_of_calls_that_change_nothing_leaves_the_revision
            audit_takes_whatever_strangers_send
            audit_is_found_by_every_attribute
            audit_is_paged_newest_first
            audit_of_two_accounts_and_regions_stays_apart
            old_audit_goes_under_a_lease_alone
            a_lease_is_held_by_one_until_it_expires
            a_lease_that_changes_hands_gets_a_higher_fence
            concurrent_claims_of_a_lease_have_one_winner
            a_lost_lease_fences_its_writer
        );
    };
    ($make:expr; $($rule:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let (store, _guard) = $make.await;
                $crate::contract::$rule(store).await;
            }
        )+
    };
}

/// The store under test.
type Store = Arc<dyn Resources>;

/// An account and a region.
type Who = (&'static str, &'static str);

const ONE: Who = ("111111111111", "eu-west-1");
const TWO: Who = ("222222222222", "eu-west-1");
const ABROAD: Who = ("111111111111", "us-east-1");

const PETS: Table = Table("pets");
const TOYS: Table = Table("toys");

fn scope((account, region): Who) -> Scope {
    Scope { account: AccountId::parse(account).expect("digits"), region: Region::parse(region).expect("a region") }
}

fn pet(id: &str) -> Key {
    Key::new(scope(ONE), PETS, id)
}

fn put(key: Key, value: &str) -> Write {
    put_indexed(key, value, &[])
}

fn put_indexed(key: Key, value: &str, index: &[(&str, &str)]) -> Write {
    let index = index.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Write::Put { key, value: value.as_bytes().to_vec(), index }
}

fn delete(key: Key) -> Write {
    Write::Delete { key }
}

fn writes(writes: impl IntoIterator<Item = Write>) -> Batch {
    Batch { writes: writes.into_iter().collect(), ..Batch::default() }
}

async fn commit(store: &Store, write: Write) -> Revision {
    store.commit(writes([write])).await.expect("commit")
}

/// Commits a write that relies on something.
async fn commit_if(store: &Store, precondition: Precondition, write: Write) -> Result<Revision, CommitError> {
    store.commit(Batch { preconditions: vec![precondition], ..writes([write]) }).await
}

async fn view(store: &Store) -> Box<dyn View> {
    store.view().await.expect("view")
}

async fn get(store: &Store, key: &Key) -> Option<Document> {
    view(store).await.get(key).await.expect("get")
}

/// A document's text.
async fn text(store: &Store, key: &Key) -> Option<String> {
    get(store, key).await.map(|document| String::from_utf8(document.value).expect("the contract stores text"))
}

fn ids(documents: &[Document]) -> Vec<&str> {
    documents.iter().map(|document| document.key.id.as_str()).collect()
}

fn second(second: u64) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::from_secs(second)
}

fn audit(who: Who, event_id: &str, time: Timestamp) -> AuditEntry {
    AuditEntry {
        scope: scope(who),
        event_id: event_id.to_owned(),
        time,
        event_name: "PatThePet".to_owned(),
        event_source: "pets.example".to_owned(),
        read_only: false,
        username: None,
        access_key_id: None,
        resources: Vec::new(),
        record: format!("{{\"eventID\":\"{event_id}\"}}"),
    }
}
