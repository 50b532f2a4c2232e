//! What the operator provides for web ACLs: databases of addresses, and lists of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use waf::document::IpSet;

use super::places::Places;

/// What is provided at a moment. It is replaced as a whole: a request sees one state of it.
#[derive(Debug, Clone, Default)]
pub struct Provided {
    /// Where addresses are.
    pub places: Places,
    /// Lists of addresses by their names: what managed rule groups about reputation and anonymity ask for.
    pub lists: BTreeMap<String, Arc<IpSet>>,
}
