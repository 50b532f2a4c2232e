//! The policy of the resource that a call is about, where it has one of its own: a function's, or a rule group's.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>

use std::sync::Arc;

use base::{AccountId, Scope};
use model::wafv2::{Owned, RuleGroup};
use operation::{Failure, Kind, Ports, Transaction};
use policy::{Kind as Of, Policy};
use snapshot::{FunctionName, LATEST, NamedPolicy, Snapshot};

use crate::refusal::Refusal;

/// The policy that has a say over calls to `resource`.
pub(super) async fn of(
    resource: &str,
    snapshot: &Snapshot,
    ports: &Ports,
) -> Result<Option<Arc<NamedPolicy>>, Refusal> {
    match of_function(resource, snapshot) {
        Some(policy) => Ok(Some(policy)),
        None => of_rule_group(resource, snapshot, ports).await,
    }
}

/// A rule group's, which says what other accounts may do with it; snapshots have no policies of rule groups.
async fn of_rule_group(
    resource: &str,
    snapshot: &Snapshot,
    ports: &Ports,
) -> Result<Option<Arc<NamedPolicy>>, Refusal> {
    let named = || {
        let mut parts = resource.strip_prefix("arn:aws:wafv2:")?.splitn(3, ':');
        let (region, account, path) = (parts.next()?, parts.next()?, parts.next()?);
        let name = path.strip_prefix("regional/rulegroup/")?.split('/').next()?;
        let scope = Scope { account: AccountId::parse(account).ok()?, region: snapshot.place.region.clone() };
        (region == scope.region.as_str()).then_some((scope, name))
    };
    let Some((scope, name)) = named() else { return Ok(None) };
    let mut tx = Transaction::begin(ports.resources.as_ref(), Kind::Read).await.map_err(Refusal::Failed)?;
    let group = tx.get::<RuleGroup>(&scope, name).await.map_err(Refusal::Failed)?;
    let group = group.filter(|group| group.arn(&scope) == resource);
    let Some(policy) = group.and_then(|group| group.permission_policy) else { return Ok(None) };
    let policy = Policy::parse(&policy.meant(resource), Of::Resource).map_err(|fault| {
        let what = format!("the permission policy of {resource} cannot be read: {fault}");
        Refusal::Failed(Failure::Broken { what })
    })?;
    Ok(Some(Arc::new(NamedPolicy { name: "permission policy".into(), policy })))
}

/// A function's: the one of the qualifier that its ARN ends in.
fn of_function(resource: &str, snapshot: &Snapshot) -> Option<Arc<NamedPolicy>> {
    let mut parts = resource.strip_prefix("arn:aws:lambda:")?.splitn(5, ':');
    let (region, account, kind) = (parts.next()?, parts.next()?, parts.next()?);
    if region != snapshot.place.region.as_str() || kind != "function" {
        return None;
    }
    let name = FunctionName { account: AccountId::parse(account).ok()?, name: parts.next()?.into() };
    let function = snapshot.functions.get(&name)?;
    let qualifier = parts.next().filter(|qualifier| *qualifier != LATEST).map(Arc::from);
    function.policies.get(&qualifier).map(Arc::clone)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use base::Region;
    use snapshot::{Function, FunctionBody, Place, Version};

    use super::*;

    fn named(name: &str) -> Arc<NamedPolicy> {
        let text = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"lambda:*","Resource":"*"}]}"#;
        Arc::new(NamedPolicy { name: name.into(), policy: Policy::parse(text, Of::Resource).unwrap() })
    }

    #[test]
    fn each_qualifier_has_its_own_policy_and_nothing_else_has_one() {
        let account = AccountId::parse("111111111111").unwrap();
        let name = FunctionName { account, name: "f".into() };
        let latest = Version {
            function_arn: "arn".into(),
            function_name: name.clone(),
            number: LATEST.into(),
            revision: "1".into(),
            body: FunctionBody::Broken { why: "a test".into() },
            timeout: Duration::from_secs(3),
            memory_mb: 128,
            reserved_concurrency: None,
        };
        let function = Function {
            scope: Scope { account, region: Region::parse("eu-west-1").unwrap() },
            arn: "arn".into(),
            reserved_concurrency: None,
            latest: Arc::new(latest),
            published: BTreeMap::new(),
            aliases: BTreeMap::new(),
            policies: [(None, named("own")), (Some("live".into()), named("live"))].into(),
            name: name.clone(),
        };
        let mut world = Snapshot::empty(Place::new(Region::parse("eu-west-1").unwrap(), "localhost"));
        world.functions.insert(name, Arc::new(function));
        for (resource, expected) in [
            ("arn:aws:lambda:eu-west-1:111111111111:function:f", Some("own")),
            ("arn:aws:lambda:eu-west-1:111111111111:function:f:$LATEST", Some("own")),
            ("arn:aws:lambda:eu-west-1:111111111111:function:f:live", Some("live")),
            ("arn:aws:lambda:eu-west-1:111111111111:function:f:1", None),
            ("arn:aws:lambda:eu-west-1:222222222222:function:f", None),
            ("arn:aws:lambda:us-east-1:111111111111:function:f", None),
            ("arn:aws:lambda:eu-west-1:111111111111:layer:f", None),
            ("arn:aws:iam::111111111111:role/f", None),
            ("*", None),
        ] {
            assert_eq!(
                of_function(resource, &world).map(|found| found.name.to_string()).as_deref(),
                expected,
                "{resource}"
            );
        }
    }
}
