//! Rate-based statements: too many requests of one kind.

use std::sync::Arc;

use serde_json::Value;

use super::statement::Depth;
use super::{ForwardedIp, Statement, invalid, list, number, text};
use crate::invalid::Invalid;
use crate::label;
use crate::strict::{Members, choice, written};
use crate::transform::Chain;

const FIELD: &str = "RATE_BASED_STATEMENT";
const KEYS_MAX: usize = 5;

/// A rate-based statement. <https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html>
#[derive(Debug, Clone)]
pub struct RateBased {
    /// How many requests of one kind within the window are too many.
    pub limit: u64,
    /// 60, 120, 300 or 600 seconds.
    pub window_s: u32,
    /// What makes requests one kind.
    pub aggregation: Aggregation,
    /// Only requests that match it are counted and limited.
    pub scope_down: Option<Statement>,
    /// The settings as they were written: changed settings begin to count anew.
    pub settings: Box<str>,
}

/// What makes requests one kind. Requests that lack a part of it are left out.
#[derive(Debug, Clone)]
pub enum Aggregation {
    /// The connection's address.
    Ip,
    /// A header's first address.
    ForwardedIp(ForwardedIp),
    /// All requests that match the scope-down statement.
    Constant,
    /// Parts of the request.
    CustomKeys(Vec<CustomKey>),
}

/// A part of the request. <https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatementCustomKey.html>
#[derive(Debug, Clone)]
pub enum CustomKey {
    /// A header's value; its name in small letters.
    Header(Box<str>, Chain),
    /// A cookie's value.
    Cookie(Box<str>, Chain),
    /// A query argument's value; its name in small letters.
    QueryArgument(Box<str>, Chain),
    /// What follows the `?`.
    QueryString(Chain),
    /// The path.
    UriPath(Chain),
    /// The method.
    HttpMethod,
    /// A header's first address.
    ForwardedIp(ForwardedIp),
    /// The connection's address.
    Ip,
    /// The labels of a namespace, with its `:`.
    LabelNamespace(Arc<str>),
    /// The network of the connection's address.
    Asn,
}

impl RateBased {
    pub(super) fn parse(value: &Value, depth: &mut Depth) -> Result<RateBased, Invalid> {
        const KNOWN: [&str; 6] = [
            "Limit",
            "EvaluationWindowSec",
            "AggregateKeyType",
            "ScopeDownStatement",
            "ForwardedIPConfig",
            "CustomKeys",
        ];
        let members = Members::read(value, FIELD, "RateBasedStatement", &KNOWN)?;
        let window_s = match members.get("EvaluationWindowSec") {
            None => 300,
            Some(window) => [60, 120, 300, 600]
                .into_iter()
                .find(|allowed| window.as_u64() == Some(u64::from(*allowed)))
                .ok_or_else(|| invalid(FIELD, written(window), "EvaluationWindowSec is 60, 120, 300 or 600"))?,
        };
        let scope_down = Statement::scope_down(&members, depth)?;
        Ok(RateBased {
            limit: number(members.required("Limit")?, FIELD, "Limit", 10..=2_000_000_000)?,
            window_s,
            aggregation: aggregation(&members, scope_down.is_some())?,
            scope_down,
            settings: value.to_string().into(),
        })
    }
}

/// The kind, and only the members that belong to it: others would look as if they counted.
fn aggregation(members: &Members<'_>, scoped: bool) -> Result<Aggregation, Invalid> {
    const KINDS: [(&str, u8); 4] = [("IP", 0), ("FORWARDED_IP", 1), ("CUSTOM_KEYS", 2), ("CONSTANT", 3)];
    let kind = members.required("AggregateKeyType")?;
    let kind = choice(kind, FIELD, &KINDS)?;
    let forwarded = ForwardedIp::parse(members.get("ForwardedIPConfig"))?;
    let keys = members.get("CustomKeys").filter(|keys| keys.as_array().is_none_or(|keys| !keys.is_empty()));
    match (kind, forwarded, keys) {
        (0, None, None) => Ok(Aggregation::Ip),
        (1, Some(forwarded), None) => Ok(Aggregation::ForwardedIp(forwarded)),
        (1, None, _) => Err(invalid("FORWARDED_IP_CONFIG", "absent", "FORWARDED_IP requires ForwardedIPConfig")),
        (2, forwarded, Some(keys)) => Ok(Aggregation::CustomKeys(custom_keys(keys, forwarded.as_ref())?)),
        (2, _, None) => Err(invalid("CUSTOM_KEYS", "absent", "CUSTOM_KEYS requires CustomKeys")),
        (3, None, None) if scoped => Ok(Aggregation::Constant),
        (3, None, None) => Err(invalid("SCOPE_DOWN", "absent", "CONSTANT requires ScopeDownStatement")),
        (_, Some(_), None) => {
            Err(invalid("FORWARDED_IP_CONFIG", "ForwardedIPConfig", "belongs to FORWARDED_IP and to a key ForwardedIP"))
        }
        (_, _, _) => Err(invalid("CUSTOM_KEYS", "CustomKeys", "belongs to CUSTOM_KEYS only")),
    }
}

fn custom_keys(value: &Value, forwarded: Option<&ForwardedIp>) -> Result<Vec<CustomKey>, Invalid> {
    const FIELD: &str = "CUSTOM_KEYS";
    let entries = list(value, FIELD, "CustomKeys")?;
    if entries.is_empty() || entries.len() > KEYS_MAX {
        return Err(invalid(FIELD, entries.len().to_string(), "CustomKeys holds 1 to 5 keys"));
    }
    let keys: Vec<CustomKey> = entries.iter().map(|entry| custom_key(entry, forwarded)).collect::<Result<_, _>>()?;
    let wants = keys.iter().any(|key| matches!(key, CustomKey::ForwardedIp(_)));
    if forwarded.is_some() && !wants {
        return Err(invalid("FORWARDED_IP_CONFIG", "ForwardedIPConfig", "belongs to a key ForwardedIP"));
    }
    // AWS has its own kinds for an address alone.
    if let [CustomKey::Ip | CustomKey::ForwardedIp(_)] = keys.as_slice() {
        return Err(invalid(FIELD, "IP", "an address alone is counted by AggregateKeyType IP or FORWARDED_IP"));
    }
    Ok(keys)
}

fn custom_key(value: &Value, forwarded: Option<&ForwardedIp>) -> Result<CustomKey, Invalid> {
    const FIELD: &str = "CUSTOM_KEYS";
    const KNOWN: [&str; 12] = [
        "Header",
        "Cookie",
        "QueryArgument",
        "QueryString",
        "HTTPMethod",
        "ForwardedIP",
        "IP",
        "LabelNamespace",
        "UriPath",
        "ASN",
        "JA3Fingerprint",
        "JA4Fingerprint",
    ];
    let (name, value) = Members::read(value, FIELD, "CustomKey", &KNOWN)?.only()?;
    let named = |parameter| {
        let members = Members::read(value, FIELD, parameter, &["Name", "TextTransformations"])?;
        let name = text(members.required("Name")?, FIELD, "Name", 64, |character| !character.is_whitespace())?;
        Ok::<_, Invalid>((name, Chain::parse(members.required("TextTransformations")?)?))
    };
    let whole = |parameter| {
        let members = Members::read(value, FIELD, parameter, &["TextTransformations"])?;
        Chain::parse(members.required("TextTransformations")?)
    };
    let bare = |key| Members::read(value, FIELD, "CustomKey", &[]).map(|_| key);
    match name {
        "Header" => named("Header").map(|(name, chain)| CustomKey::Header(name.to_ascii_lowercase().into(), chain)),
        "Cookie" => named("Cookie").map(|(name, chain)| CustomKey::Cookie(name.into(), chain)),
        "QueryArgument" => named("QueryArgument")
            .map(|(name, chain)| CustomKey::QueryArgument(name.to_ascii_lowercase().into(), chain)),
        "QueryString" => whole("QueryString").map(CustomKey::QueryString),
        "UriPath" => whole("UriPath").map(CustomKey::UriPath),
        "HTTPMethod" => bare(CustomKey::HttpMethod),
        "IP" => bare(CustomKey::Ip),
        "ASN" => bare(CustomKey::Asn),
        "ForwardedIP" => {
            let forwarded = forwarded.cloned();
            let reason = "a key ForwardedIP requires ForwardedIPConfig";
            bare(CustomKey::ForwardedIp(forwarded.ok_or_else(|| invalid("FORWARDED_IP_CONFIG", "absent", reason))?))
        }
        "LabelNamespace" => {
            let members = Members::read(value, FIELD, "LabelNamespace", &["Namespace"])?;
            label::namespace(members.required("Namespace")?, FIELD).map(CustomKey::LabelNamespace)
        }
        elsewhere => {
            let reason = "is not available for API Gateway, and nothing else is protected here";
            Err(invalid(FIELD, elsewhere, reason))
        }
    }
}
