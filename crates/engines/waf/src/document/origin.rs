//! Statements about where a request comes from.

use std::sync::Arc;

use serde_json::Value;

use super::{arn, countries, invalid, list, number, text};
use crate::invalid::Invalid;
use crate::strict::{Members, choice, written};

const COUNTRIES_MAX: usize = 250;
const NETWORKS_MAX: usize = 100;

/// Addresses of the operator's own, which managed groups ask for by name: `portcullis:list:{name}`.
pub(crate) const LIST_PREFIX: &str = "portcullis:list:";

/// It comes from these addresses.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSetReferenceStatement.html>
#[derive(Debug, Clone)]
pub struct IpSetMatch {
    /// The set; `portcullis:list:{name}` for one of the operator's lists.
    pub arn: Arc<str>,
    /// Whose address: a header's, else the connection's.
    pub forwarded: Option<ForwardedIpSet>,
}

/// A header's address instead of the connection's, and which of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardedIpSet {
    /// The header, and what holds where it has no valid address.
    pub header: ForwardedIp,
    /// Which of its addresses.
    pub position: ForwardedIpPosition,
}

/// Which of a header's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardedIpPosition {
    /// The first: the client, if every proxy is honest.
    First,
    /// The last: whom the nearest proxy saw.
    Last,
    /// Any of the last ten.
    Any,
}

/// A header's address instead of the connection's.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_ForwardedIPConfig.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardedIp {
    /// The header's name in small letters. Where a request lacks it, the rule is not applied at all.
    pub name: Arc<str>,
    /// A header without a valid address matches.
    pub fallback_matches: bool,
}

impl ForwardedIp {
    /// Reads `ForwardedIPConfig`, where it is set.
    pub(super) fn parse(value: Option<&Value>) -> Result<Option<ForwardedIp>, Invalid> {
        let Some(value) = value else { return Ok(None) };
        let known = ["HeaderName", "FallbackBehavior"];
        let members = Members::read(value, "FORWARDED_IP_CONFIG", "ForwardedIPConfig", &known)?;
        Ok(Some(ForwardedIp::members(&members)?))
    }

    fn members(members: &Members<'_>) -> Result<ForwardedIp, Invalid> {
        let allowed = |character: char| character.is_ascii_alphanumeric() || character == '-';
        let name = text(members.required("HeaderName")?, "HEADER_NAME", "HeaderName", 255, allowed)?;
        let fallbacks = [("MATCH", true), ("NO_MATCH", false)];
        Ok(ForwardedIp {
            name: name.to_ascii_lowercase().into(),
            fallback_matches: choice(members.required("FallbackBehavior")?, "FALLBACK_BEHAVIOR", &fallbacks)?,
        })
    }
}

impl IpSetMatch {
    pub(super) fn parse(value: &Value) -> Result<IpSetMatch, Invalid> {
        const FIELD: &str = "IP_SET_REFERENCE_STATEMENT";
        const CONFIG: &str = "IP_SET_FORWARDED_IP_CONFIG";
        const POSITIONS: [(&str, ForwardedIpPosition); 3] = [
            ("FIRST", ForwardedIpPosition::First),
            ("LAST", ForwardedIpPosition::Last),
            ("ANY", ForwardedIpPosition::Any),
        ];
        let members = Members::read(value, FIELD, "IPSetReferenceStatement", &["ARN", "IPSetForwardedIPConfig"])?;
        let named = members.required("ARN")?;
        let arn = match named.as_str() {
            Some(list) if list.starts_with(LIST_PREFIX) => list.into(),
            _ => arn(named, FIELD)?,
        };
        let Some(config) = members.get("IPSetForwardedIPConfig") else {
            return Ok(IpSetMatch { arn, forwarded: None });
        };
        let known = ["HeaderName", "FallbackBehavior", "Position"];
        let config = Members::read(config, CONFIG, "IPSetForwardedIPConfig", &known)?;
        let header = ForwardedIp::members(&config)?;
        let position = choice(config.required("Position")?, "POSITION", &POSITIONS)?;
        Ok(IpSetMatch { arn, forwarded: Some(ForwardedIpSet { header, position }) })
    }
}

/// It comes from these countries. Whatever it finds, the request gets labels of its country and region.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_GeoMatchStatement.html>
#[derive(Debug, Clone)]
pub struct GeoMatch {
    /// ISO 3166-1.
    pub countries: Vec<[u8; 2]>,
    /// Whose address: a header's, else the connection's.
    pub forwarded: Option<ForwardedIp>,
}

impl GeoMatch {
    pub(super) fn parse(value: &Value) -> Result<GeoMatch, Invalid> {
        const FIELD: &str = "GEO_MATCH_STATEMENT";
        let members = Members::read(value, FIELD, "GeoMatchStatement", &["CountryCodes", "ForwardedIPConfig"])?;
        let entries = list(members.required("CountryCodes")?, FIELD, "CountryCodes")?;
        if entries.is_empty() || entries.len() > COUNTRIES_MAX {
            return Err(invalid(FIELD, entries.len().to_string(), "a geo match names at least one country"));
        }
        let countries = entries.iter().map(|entry| {
            let code = entry.as_str().and_then(countries::code);
            code.ok_or_else(|| invalid(FIELD, written(entry), "a country is two letters of ISO 3166-1"))
        });
        Ok(GeoMatch {
            countries: countries.collect::<Result<_, _>>()?,
            forwarded: ForwardedIp::parse(members.get("ForwardedIPConfig"))?,
        })
    }
}

/// It comes from these networks (autonomous systems).
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_AsnMatchStatement.html>
#[derive(Debug, Clone)]
pub struct AsnMatch {
    /// Their numbers.
    pub numbers: Vec<u32>,
    /// Whose address: a header's, else the connection's.
    pub forwarded: Option<ForwardedIp>,
}

impl AsnMatch {
    pub(super) fn parse(value: &Value) -> Result<AsnMatch, Invalid> {
        const FIELD: &str = "STATEMENT";
        let members = Members::read(value, FIELD, "AsnMatchStatement", &["AsnList", "ForwardedIPConfig"])?;
        let entries = list(members.required("AsnList")?, FIELD, "AsnList")?;
        if entries.is_empty() || entries.len() > NETWORKS_MAX {
            return Err(invalid(FIELD, entries.len().to_string(), "AsnList holds 1 to 100 numbers"));
        }
        let numbers = entries.iter().map(|entry| {
            let number = number(entry, FIELD, "AsnList", 0..=u64::from(u32::MAX))?;
            Ok(u32::try_from(number).expect("within the bounds above"))
        });
        Ok(AsnMatch {
            numbers: numbers.collect::<Result<_, Invalid>>()?,
            forwarded: ForwardedIp::parse(members.get("ForwardedIPConfig"))?,
        })
    }
}
