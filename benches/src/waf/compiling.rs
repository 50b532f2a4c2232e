//! What it costs to put web ACLs together: CPU time of this thread, and memory that the process gains.

use std::fmt::Write as _;

use serde_json::{Value, json};
use waf::WebAcl;

use super::acl::{GROUPS, THREE, of_groups, of_rules};
use super::speed::spent_ns;
use crate::process::resident_of;

/// As many web ACLs an account and region may have.
const MANY: usize = 100;
/// So many rules of its own stand beside the groups.
const OWN_RULES: usize = 10;

/// Time and memory, from reading the groups to a hundred web ACLs. It must run before anything else reads them.
pub fn costs() -> String {
    let mut text = "| made | CPU time | memory |\n|---|---|---|\n".to_owned();
    let mut held: Vec<WebAcl> = Vec::new();
    let mut row = |name: &str, make: &mut dyn FnMut() -> Vec<WebAcl>| {
        let (time, memory) = (spent_ns(), resident_of(std::process::id()));
        held.extend(make());
        let time = (spent_ns() - time) as f64 / 1e6;
        let memory = resident_of(std::process::id()).saturating_sub(memory) as f64 / 1e6;
        let _ = writeln!(text, "| {name} | {time:.1} ms | {memory:.1} MB |");
    };
    row("all managed groups, read once a process", &mut || {
        waf::managed::all();
        Vec::new()
    });
    row("the first web ACL of Common, SQLi, KnownBadInputs", &mut || vec![of_groups(&THREE)]);
    row("another one", &mut || vec![of_groups(&THREE)]);
    row(&format!("{MANY} more"), &mut || (0..MANY).map(|_| of_groups(&THREE)).collect());
    row(&format!("{MANY} more, each with {OWN_RULES} rules of its own"), &mut || {
        (0..MANY).map(|acl| of_rules(groups().chain((0..OWN_RULES).map(move |rule| own(acl, rule))))).collect()
    });
    row("the first web ACL of all nine groups", &mut || vec![of_groups(&GROUPS)]);
    row(&format!("{MANY} more"), &mut || (0..MANY).map(|_| of_groups(&GROUPS)).collect());
    text
}

fn groups() -> impl Iterator<Item = Value> {
    THREE.iter().map(|group| json!({"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}}))
}

/// A rule that no other web ACL has.
fn own(acl: usize, rule: usize) -> Value {
    let fields =
        [json!({"UriPath": {}}), json!({"Body": {"OversizeHandling": "CONTINUE"}}), json!({"QueryString": {}})];
    json!({"RegexMatchStatement": {
        "RegexString": format!(r"(?i)/tenant-{acl}/(?:export|import)-{rule}/[0-9]{{4}}"),
        "FieldToMatch": fields[rule % fields.len()],
        "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}, {"Priority": 1, "Type": "LOWERCASE"}],
    }})
}
