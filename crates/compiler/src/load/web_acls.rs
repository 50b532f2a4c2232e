//! Web ACLs with everything their rules name, and which of them a changed set or rule group touches.

use std::collections::{BTreeMap, BTreeSet};

use base::{AccountId, Scope};
use model::Record;
use model::wafv2::{IpSet, LoggingConfiguration, Owned, RegexPatternSet, RuleGroup, WebAcl};
use snapshot::Name;
use store_resources::{Change, Fault, Key, Table, View};

use super::{STEP, read};
use crate::{Reference, Unit, WebAclInput};

/// A web ACL with its documents.
pub(super) async fn load(view: &mut dyn View, scope: &Scope, acl: WebAcl) -> Result<WebAclInput, Fault> {
    let mut references = BTreeMap::new();
    let mut named: Vec<String> = acl.references.clone();
    // A rule group names sets, and nothing names more than that; each is read once.
    while let Some(arn) = named.pop() {
        if references.contains_key(&arn) {
            continue;
        }
        let reference = refer(view, scope, &arn).await?;
        if let Ok(Reference::Group(group)) = &reference {
            named.extend(group.references.iter().cloned());
        }
        references.insert(arn, reference);
    }
    let key = Key::new(scope.clone(), Table(LoggingConfiguration::TABLE), acl.entity.name.clone());
    let logging = view.get(&key).await?.map(|document| read::<LoggingConfiguration>(&document));
    Ok(WebAclInput { acl, logging, references })
}

async fn refer(view: &mut dyn View, scope: &Scope, arn: &str) -> Result<Result<Reference, String>, Fault> {
    let Some(Named { owner, kind, name }) = Named::read(scope, arn) else {
        return Ok(Err("it is nothing of this region that rules can name".to_owned()));
    };
    // Whether another account's rule group may be named was asked when it was: this is what became of it since.
    Ok(match kind {
        IpSet::KIND => owned::<IpSet>(view, owner, arn, name).await?.map(Reference::Addresses),
        RegexPatternSet::KIND => owned::<RegexPatternSet>(view, owner, arn, name).await?.map(Reference::Patterns),
        RuleGroup::KIND => {
            owned::<RuleGroup>(view, owner, arn, name).await?.map(|group| Reference::Group(Box::new(group)))
        }
        _ => Err("it is nothing that rules can name".to_owned()),
    })
}

/// What an ARN names: `arn:aws:wafv2:{region}:{account}:regional/{kind}/{name}/{id}`.
struct Named<'a> {
    owner: Scope,
    kind: &'a str,
    name: &'a str,
}

impl<'a> Named<'a> {
    fn read(scope: &Scope, arn: &'a str) -> Option<Self> {
        let (account, rest) = arn.strip_prefix(&format!("arn:aws:wafv2:{}:", scope.region))?.split_once(':')?;
        let mut parts = rest.strip_prefix("regional/")?.split('/');
        let owner = Scope { account: AccountId::parse(account).ok()?, region: scope.region.clone() };
        Some(Self { owner, kind: parts.next()?, name: parts.next()? })
    }
}

async fn owned<R: Owned>(view: &mut dyn View, owner: Scope, arn: &str, name: &str) -> Result<Result<R, String>, Fault> {
    let key = Key::new(owner.clone(), Table(R::TABLE), name.to_owned());
    let Some(document) = view.get(&key).await? else { return Ok(Err("it does not exist".to_owned())) };
    Ok(read::<R>(&document).and_then(|record| {
        // One that was made anew under the same name is another one.
        if record.arn(&owner) == arn { Ok(record) } else { Err("another one has its name now".to_owned()) }
    }))
}

/// The web ACLs whose rules name a set or a rule group that changed, in whatever account: groups are shared.
pub(super) async fn touched(view: &mut dyn View, changes: &[Change]) -> Result<Vec<(Scope, Unit)>, Fault> {
    let part = |Change { key, .. }: &Change| {
        let kind = kind_of(&key.table)?;
        Some(format!(":{}:regional/{kind}/{}/", key.scope.account, key.id))
    };
    let changed: BTreeSet<String> = changes.iter().filter_map(part).collect();
    let mut units = Vec::new();
    if changed.is_empty() {
        return Ok(units);
    }
    let mut after: Option<Key> = None;
    loop {
        let page = view.scan_table(WebAcl::TABLE, after.as_ref(), STEP).await?;
        for document in &page.documents {
            // One that cannot be read is closed already, and stays so.
            let acl = read::<WebAcl>(document).ok().filter(|acl| names_any(acl, &changed));
            let scope = &document.key.scope;
            units.extend(acl.map(|acl| (scope.clone(), Unit::WebAcl(Name::new(scope.account, &acl.entity.name)))));
        }
        after = page.documents.last().map(|document| document.key.clone());
        if !page.more {
            return Ok(units);
        }
    }
}

fn kind_of(table: &str) -> Option<&'static str> {
    match table {
        IpSet::TABLE => Some(IpSet::KIND),
        RegexPatternSet::TABLE => Some(RegexPatternSet::KIND),
        RuleGroup::TABLE => Some(RuleGroup::KIND),
        _ => None,
    }
}

/// Whether a web ACL names something that changed, or a rule group, which may name it.
fn names_any(acl: &WebAcl, changed: &BTreeSet<String>) -> bool {
    let group = format!("/{}/", RuleGroup::KIND);
    acl.references.iter().any(|arn| arn.contains(&group) || changed.iter().any(|part| arn.contains(part.as_str())))
}
