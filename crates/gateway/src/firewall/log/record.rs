//! The record itself, member by member.

use std::borrow::Cow;

use serde::Serialize;
use snapshot::WebAclLogging;
use waf::{Finding, Group, Inserted, Limited, Matched, Oversize, Purpose, Token};

use super::EXCLUDED;
use crate::firewall::case::{Case, failure};
use crate::firewall::veil::Veil;

/// How much of everything a record holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    text_bytes: usize,
    headers: usize,
    rules: usize,
    groups: usize,
    rules_of_group: usize,
    findings: usize,
    labels: usize,
    is_cut: bool,
}

impl Bounds {
    /// Everything, and the first hundred labels, as at AWS.
    pub(super) const WHOLE: Self = Self {
        text_bytes: usize::MAX,
        headers: usize::MAX,
        rules: usize::MAX,
        groups: usize::MAX,
        rules_of_group: usize::MAX,
        findings: usize::MAX,
        labels: 100,
        is_cut: false,
    };
    /// The beginning of everything: at most about 600 KB where every byte must be escaped, a tenth of that otherwise.
    pub(super) const CUT: Self = Self {
        text_bytes: 256,
        headers: 64,
        rules: 64,
        groups: 8,
        rules_of_group: 16,
        findings: 1,
        labels: 50,
        is_cut: true,
    };

    fn text<'t>(&self, text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        let text = text.into();
        if text.len() <= self.text_bytes {
            return text;
        }
        let end = text.floor_char_boundary(self.text_bytes);
        match text {
            Cow::Borrowed(text) => text[..end].into(),
            Cow::Owned(text) => text[..end].to_owned().into(),
        }
    }
}

/// One line. Members that AWS may leave out are left out where there is nothing to tell.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    timestamp: i64,
    format_version: u8,
    webacl_id: &'a str,
    terminating_rule_id: Cow<'a, str>,
    terminating_rule_type: &'a str,
    action: &'a str,
    terminating_rule_match_details: Vec<MatchDetail<'a>>,
    http_source_name: &'a str,
    http_source_id: String,
    rule_group_list: Vec<GroupEntry<'a>>,
    rate_based_rule_list: Vec<RateEntry<'a>>,
    non_terminating_matching_rules: Vec<RuleEntry<'a>>,
    request_headers_inserted: Option<Vec<Pair<'a>>>,
    response_code_sent: Option<u16>,
    http_request: HttpRequest<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Label<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    captcha_response: Option<Puzzle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_response: Option<Puzzle>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    oversize_fields: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_body_size: Option<u64>,
    #[serde(rename = "requestBodySizeInspectedByWAF")]
    request_body_size_inspected: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_asn: Option<u32>,
    /// Ours: the record was too long, and everything in it is cut.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpRequest<'a> {
    client_ip: String,
    country: String,
    headers: Vec<Pair<'a>>,
    uri: Cow<'a, str>,
    args: Cow<'a, str>,
    http_version: &'a str,
    http_method: Cow<'a, str>,
    request_id: String,
    fragment: &'a str,
    scheme: &'a str,
    host: Cow<'a, str>,
}

#[derive(Serialize)]
struct Pair<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

#[derive(Serialize)]
struct Label<'a> {
    name: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MatchDetail<'a> {
    condition_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitivity_level: Option<&'a str>,
    location: &'a str,
    matched_data: [Cow<'a, str>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    matched_field_name: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleEntry<'a> {
    rule_id: Cow<'a, str>,
    action: &'a str,
    rule_match_details: Vec<MatchDetail<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overridden_action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    captcha_response: Option<Puzzle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_response: Option<Puzzle>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupEntry<'a> {
    rule_group_id: Cow<'a, str>,
    terminating_rule: Option<RuleEntry<'a>>,
    non_terminating_matching_rules: Vec<RuleEntry<'a>>,
    excluded_rules: Option<Vec<ExcludedRule<'a>>>,
    customer_config: Option<()>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExcludedRule<'a> {
    exclusion_type: &'static str,
    rule_id: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RateEntry<'a> {
    rate_based_rule_id: String,
    rate_based_rule_name: Cow<'a, str>,
    limit_key: &'a str,
    max_rate_allowed: u64,
    /// A string, as at AWS.
    evaluation_window_sec: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_value: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    custom_values: Vec<CustomValue<'a>>,
}

#[derive(Serialize)]
struct CustomValue<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    value: Cow<'a, str>,
}

/// What came of a CAPTCHA or a challenge.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Puzzle {
    response_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    solve_timestamp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<&'static str>,
}

impl<'a> Record<'a> {
    pub(super) fn of(logging: &'a WebAclLogging, case: &Case<'a>, bounds: Bounds) -> Self {
        let teller = Teller { veil: Veil::of(Some(&logging.redacted), case.seen), bounds, status: case.status };
        let Case { acl, judgement, source, .. } = *case;
        let terminating = judgement.terminating.as_ref();
        let rules = || terminating.map(|it| &it.matched).into_iter().chain(&judgement.others);
        let inner = judgement.groups.iter().flat_map(|group| group.terminating.iter().chain(&group.others));
        let limited = rules().chain(inner).filter_map(|matched| Some((matched, matched.limited.as_deref()?)));
        let puzzle = |purpose| case.token(purpose).map(|token| teller.puzzle(purpose, token));
        Self {
            timestamp: case.at.as_millisecond(),
            format_version: 1,
            webacl_id: &acl.arn,
            terminating_rule_id: terminating.map_or("Default_Action".into(), |it| bounds.text(&*it.matched.rule)),
            terminating_rule_type: terminating.map_or("REGULAR", |it| it.kind),
            action: case.action(),
            terminating_rule_match_details: terminating.map(|it| teller.details(&it.matched)).unwrap_or_default(),
            http_source_name: "APIGW",
            http_source_id: source.join(":"),
            rule_group_list: judgement.groups.iter().take(bounds.groups).map(|group| teller.group(group)).collect(),
            rate_based_rule_list: limited
                .take(bounds.rules_of_group)
                .map(|(it, limited)| teller.rate(it, limited))
                .collect(),
            non_terminating_matching_rules: judgement
                .others
                .iter()
                .take(bounds.rules)
                .map(|it| teller.rule(it))
                .collect(),
            request_headers_inserted: (!judgement.inserted.is_empty()).then(|| teller.inserted(&judgement.inserted)),
            response_code_sent: case.status,
            http_request: teller.request(case),
            labels: judgement.labels.iter().take(bounds.labels).map(|it| Label { name: bounds.text(&**it) }).collect(),
            captcha_response: puzzle(Purpose::Captcha),
            challenge_response: puzzle(Purpose::Challenge),
            oversize_fields: judgement.oversize.iter().map(|part| oversize(*part)).collect(),
            request_body_size: case.body_bytes,
            request_body_size_inspected: case.seen.body.prefix.len(),
            client_asn: case.network(),
            truncated: bounds.is_cut,
        }
    }
}

/// How one record tells what there is.
struct Teller<'a> {
    veil: Veil<'a>,
    bounds: Bounds,
    status: Option<u16>,
}

impl Teller<'_> {
    fn request<'t>(&self, case: &Case<'t>) -> HttpRequest<'t> {
        let (seen, bounds) = (case.seen, self.bounds);
        let headers = seen.headers.iter().take(bounds.headers).map(|header| Pair {
            name: bounds.text(String::from_utf8_lossy(header.name)),
            value: bounds.text(self.veil.header(header.name, header.value)),
        });
        HttpRequest {
            client_ip: seen.client.to_string(),
            country: case.country().unwrap_or_else(|| "-".to_owned()),
            headers: headers.collect(),
            uri: bounds.text(self.veil.path(seen.path)),
            args: bounds.text(self.veil.query(seen.query)),
            http_version: seen.version,
            http_method: bounds.text(self.veil.method(seen.method)),
            request_id: case.request.to_string(),
            fragment: "",
            scheme: case.scheme,
            host: bounds.text(seen.host),
        }
    }

    fn rule<'t>(&self, matched: &'t Matched) -> RuleEntry<'t> {
        let puzzle =
            |purpose| matched.token.filter(|(of, _)| *of == purpose).map(|(_, token)| self.puzzle(purpose, token));
        RuleEntry {
            rule_id: self.bounds.text(&*matched.rule),
            action: matched.action,
            rule_match_details: self.details(matched),
            overridden_action: matched.overridden,
            captcha_response: puzzle(Purpose::Captcha),
            challenge_response: puzzle(Purpose::Challenge),
        }
    }

    fn group<'t>(&self, group: &'t Group) -> GroupEntry<'t> {
        let others = group.others.iter().filter(|other| !other.excluded).take(self.bounds.rules_of_group);
        let excluded = group.others.iter().filter(|other| other.excluded).take(self.bounds.rules_of_group);
        let excluded = excluded
            .map(|other| ExcludedRule { exclusion_type: EXCLUDED, rule_id: self.bounds.text(&*other.rule) })
            .collect::<Vec<_>>();
        GroupEntry {
            rule_group_id: self.bounds.text(&*group.id),
            terminating_rule: group.terminating.as_ref().map(|it| self.rule(it)),
            non_terminating_matching_rules: others.map(|it| self.rule(it)).collect(),
            excluded_rules: Some(excluded).filter(|excluded| !excluded.is_empty()),
            customer_config: None,
        }
    }

    /// AWS tells what matched for injections alone; the decision record tells it for everything.
    fn details<'t>(&self, matched: &'t Matched) -> Vec<MatchDetail<'t>> {
        let told = matched.findings.iter().filter(|it| matches!(it.condition, "SQL_INJECTION" | "XSS"));
        told.take(self.bounds.findings).map(|finding| self.detail(finding)).collect()
    }

    fn detail<'t>(&self, finding: &'t Finding) -> MatchDetail<'t> {
        MatchDetail {
            condition_type: finding.condition,
            sensitivity_level: finding.sensitivity,
            location: finding.location,
            matched_data: [self.bounds.text(self.veil.finding(finding))],
            matched_field_name: self.veil.place(finding).map(|name| self.bounds.text(name)),
        }
    }

    fn rate<'t>(&self, matched: &'t Matched, limited: &'t Limited) -> RateEntry<'t> {
        let value = |part: &'t waf::LimitedPart| self.bounds.text(self.veil.part(part));
        let is_custom = limited.key == "CUSTOMKEYS";
        let parts = limited.parts.iter();
        RateEntry {
            rate_based_rule_id: format!("{:016x}", limited.id),
            rate_based_rule_name: self.bounds.text(&*matched.rule),
            limit_key: limited.key,
            max_rate_allowed: limited.limit,
            evaluation_window_sec: limited.window_s.to_string(),
            limit_value: parts.clone().next().filter(|_| !is_custom).map(value),
            custom_values: parts
                .filter(|_| is_custom)
                .map(|part| CustomValue {
                    key: part.kind,
                    name: part.name.as_deref().map(|name| self.bounds.text(name)),
                    value: value(part),
                })
                .collect(),
        }
    }

    fn inserted<'t>(&self, inserted: &'t [Inserted]) -> Vec<Pair<'t>> {
        let pairs = inserted.iter().take(self.bounds.headers);
        pairs.map(|it| Pair { name: self.bounds.text(&*it.name), value: self.bounds.text(&*it.value) }).collect()
    }

    fn puzzle(&self, purpose: Purpose, token: Token) -> Puzzle {
        let answered = match purpose {
            Purpose::Captcha => 405,
            Purpose::Challenge => 202,
        };
        match token {
            Token::Valid { solved_s } => {
                Puzzle { response_code: 0, solve_timestamp: Some(solved_s), failure_reason: None }
            }
            Token::Missing | Token::Expired | Token::Invalid | Token::OtherDomain => Puzzle {
                response_code: self.status.unwrap_or(answered),
                solve_timestamp: None,
                failure_reason: failure(token),
            },
        }
    }
}

fn oversize(part: Oversize) -> &'static str {
    match part {
        Oversize::Body => "REQUEST_BODY",
        Oversize::JsonBody => "REQUEST_JSON_BODY",
        Oversize::Headers => "REQUEST_HEADERS",
        Oversize::Cookies => "REQUEST_COOKIES",
    }
}
