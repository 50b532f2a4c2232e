//! GetRateBasedStatementManagedKeys: the addresses that a rate-based rule limits at this moment.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetRateBasedStatementManagedKeys.html>

use std::net::IpAddr;

use base::Scope as Place;
use model::wafv2::{Owned, WebAcl};
use operation::{Call, Failure, Operation, RateQuestion, Spec};
use serde_json::Value;

use crate::error::{Error, declared};
use crate::ip_set::Version;
use crate::shapes::Scope;
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct GetRateBasedStatementManagedKeys;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRateBasedStatementManagedKeysRequest", upper)]
pub(crate) struct Input {
    scope: Scope,
    #[shape(rename = "WebACLName")]
    web_acl_name: String,
    #[shape(rename = "WebACLId")]
    web_acl_id: String,
    rule_group_rule_name: Option<String>,
    rule_name: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRateBasedStatementManagedKeysResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "ManagedKeysIPV4")]
    managed_keys_ipv4: Option<ManagedKeys>,
    #[shape(rename = "ManagedKeysIPV6")]
    managed_keys_ipv6: Option<ManagedKeys>,
}

/// Addresses of one version.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "RateBasedStatementManagedKeysIPSet", upper)]
pub(crate) struct ManagedKeys {
    #[shape(rename = "IPAddressVersion")]
    ip_address_version: Option<Version>,
    addresses: Option<Vec<String>>,
}

impl Operation for GetRateBasedStatementManagedKeys {
    const SPEC: Spec =
        Spec::read("GetRateBasedStatementManagedKeys", "wafv2:GetRateBasedStatementManagedKeys").errors(declared::RATE);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<WebAcl>(place, &input.web_acl_name, &input.web_acl_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let acl = find::named::<WebAcl>(call, &input.web_acl_name, &input.web_acl_id).await?;
        let rule = match &input.rule_group_rule_name {
            None => rule(&acl.document, &input.rule_name)?.clone(),
            Some(reference) => {
                let group = &rule(&acl.document, reference)?["Statement"]["RuleGroupReferenceStatement"]["ARN"];
                // Another account's that the web ACL may name: the caller is asked for the web ACL, whose own rules count.
                let (_, group) = find::shared_group(call, group.as_str().ok_or(Error::Nonexistent)?).await?;
                rule(&group.document, &input.rule_name)?.clone()
            }
        };
        let statement = rule["Statement"].get("RateBasedStatement").ok_or(Error::Nonexistent)?;
        if !matches!(statement["AggregateKeyType"].as_str(), Some("IP" | "FORWARDED_IP")) {
            return Err(Error::AggregateKeyType.into());
        }
        let question = RateQuestion {
            scope: call.scope.clone(),
            web_acl: acl.arn(&call.scope),
            group_rule: input.rule_group_rule_name.clone(),
            rule: input.rule_name.clone(),
        };
        let limited = call.ports.data_plane.rate_limited(question).await;
        let limited = limited.map_err(|why| Failure::Broken { what: format!("rates cannot be had: {why}") })?;
        Ok(Output {
            managed_keys_ipv4: Some(keys(Version::Ipv4, limited.iter().filter(|address| address.is_ipv4()), 32)),
            managed_keys_ipv6: Some(keys(Version::Ipv6, limited.iter().filter(|address| address.is_ipv6()), 128)),
        })
    }
}

fn rule<'a>(document: &'a Value, name: &str) -> Result<&'a Value, Error> {
    let mut rules = document["Rules"].as_array().into_iter().flatten();
    rules.find(|rule| rule["Name"] == name).ok_or(Error::Nonexistent)
}

fn keys<'a>(version: Version, addresses: impl Iterator<Item = &'a IpAddr>, bits: u8) -> ManagedKeys {
    let addresses = addresses.map(|address| format!("{address}/{bits}")).collect();
    ManagedKeys { ip_address_version: Some(version), addresses: Some(addresses) }
}
