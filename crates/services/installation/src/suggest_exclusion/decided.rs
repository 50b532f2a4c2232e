//! What a decision record tells of the web ACL that stopped its request.

use operation::RuleName;
use serde_json::Value;

/// A request, and what stopped it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decided {
    /// The web ACL's name.
    pub(super) acl: String,
    /// The rule; `None` is the default action.
    pub(super) rule: Option<RuleName>,
    /// What it did: `Block`, `Captcha` or `Challenge`, as actions are named in rules.
    pub(super) action: &'static str,
    /// The method.
    pub(super) method: String,
    /// The path as received.
    pub(super) path: String,
    /// The host.
    pub(super) host: String,
    /// Who sent it.
    pub(super) source_ip: String,
    /// The query argument in which the rule found what it looks for.
    pub(super) argument: Option<String>,
}

impl Decided {
    /// Reads the data of an explanation; `None` where no web ACL stopped the request.
    pub(super) fn read(data: &Value) -> Option<Self> {
        let mut steps = data["steps"].as_array()?.iter();
        let reason = steps.find_map(|step| step["reason"].get("Firewall"))?;
        let (judged, action) = match (reason.get("Blocked"), reason.get("Interrupted")) {
            (Some(judged), _) => (judged, "Block"),
            (None, Some(interrupted)) => {
                let is_captcha = interrupted["action"] == "CAPTCHA";
                (&interrupted["judged"], if is_captcha { "Captcha" } else { "Challenge" })
            }
            (None, None) => return None,
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let outer = text(&judged["rule"]);
        let inner = text(&judged["inside"][1]);
        let rule = outer.map(|outer| match inner {
            Some(rule) => RuleName { group_rule: Some(outer), rule },
            None => RuleName { group_rule: None, rule: outer },
        });
        let found = &judged["found"][0];
        let is_argument = matches!(found["location"].as_str(), Some("SINGLE_QUERY_ARG" | "ALL_QUERY_ARGS"));
        let argument = text(&found["name"]).filter(|name| is_argument && name != "REDACTED" && !name.is_empty());
        Some(Self {
            acl: text(&judged["acl"])?,
            rule,
            action,
            method: text(&data["httpMethod"])?,
            path: text(&data["path"])?,
            host: text(&data["host"]).unwrap_or_default(),
            source_ip: text(&data["sourceIp"])?,
            argument,
        })
    }
}
