//! Policies, requests and keys as sentences.
//!
//! A statement: `allow s3:Get*,s3:List* on arn:… for arn:… if StringEquals aws:username bob|eve and Bool …`, where
//! `except` in front of a list is the inverse element. A world: one layer per line, `identity: allow *; deny s3:*`; `trust` is a
//! resource policy that must itself allow.

use base::AccountId;
use policy::{Action, Attached, Decision, Keys, Kind, Layers, Policy, Principal, RequestContext, explain};

pub(crate) const HOME: &str = "111111111111";
const ABROAD: &str = "222222222222";

/// Decides a request such as `alice s3:GetObject arn:aws:s3:::b/k aws:SourceIp=ip(10.0.0.1)` in a world.
pub(crate) fn check(world: &str, request: &str, expected: &str) {
    let answer = World::read(world).decide(request, |decision, _| decision.to_string());
    assert_eq!(answer, expected, "\n{world}\n{request}");
}

/// The policies of a world.
pub(crate) struct World(Vec<(String, Policy)>);

impl World {
    pub(crate) fn read(text: &str) -> Self {
        let layer = |line: &str| {
            let (name, statements) = line.split_once(": ").expect("a layer's name and its statements");
            let (kind, text) = match name.trim_end_matches(char::is_numeric) {
                "resource" | "endpoint" | "rcp" => (Kind::Resource, document(statements)),
                "trust" => (Kind::Trust, document(statements).replace(r#","Resource":["*"]"#, "")),
                _ => (Kind::Identity, document(statements)),
            };
            (name.to_owned(), Policy::parse(&text, kind).unwrap_or_else(|fault| panic!("{line}: {fault:?}")))
        };
        Self(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(layer).collect())
    }

    pub(crate) fn decide<T>(&self, request: &str, look: impl FnOnce(&Decision<'_>, &RequestContext<'_>) -> T) -> T {
        self.explain(request, |explanation, context| look(&explanation.decision, context))
    }

    pub(crate) fn explain<T>(
        &self,
        request: &str,
        look: impl FnOnce(&policy::Explanation<'_>, &RequestContext<'_>) -> T,
    ) -> T {
        self.explain_with(request, Keys::new(), look)
    }

    /// As [`World::explain`], with more keys than a sentence can tell.
    pub(crate) fn explain_with<T>(
        &self,
        request: &str,
        keys: Keys,
        look: impl FnOnce(&policy::Explanation<'_>, &RequestContext<'_>) -> T,
    ) -> T {
        let of = |layer: &str| -> Vec<Attached<'_>> {
            let here = self.0.iter().filter(|(name, _)| name.trim_end_matches(char::is_numeric) == layer);
            here.map(|(name, policy)| Attached { name, policy }).collect()
        };
        let (identity, session, trust) = (of("identity"), of("session"), of("trust"));
        let resource = if trust.is_empty() { of("resource") } else { trust.clone() };
        let (scp, rcp) = (of("scp"), of("rcp"));
        let scp: Vec<&[Attached<'_>]> = scp.iter().map(std::slice::from_ref).collect();
        let rcp: Vec<&[Attached<'_>]> = rcp.iter().map(std::slice::from_ref).collect();
        let layers = Layers {
            rcp: &rcp,
            scp: &scp,
            endpoint: of("endpoint").first().copied(),
            resource: resource.first().copied(),
            resource_must_allow: !trust.is_empty(),
            identity: &identity,
            boundary: of("boundary").first().copied(),
            session: (!session.is_empty()).then_some(session.as_slice()),
        };
        let mut words = request.split_whitespace();
        let principal = principal(words.next().expect("who"));
        let action = Action::new(words.next().expect("what"));
        let resource = words.next().unwrap_or("*");
        let keys = words.fold(principal.add_keys(keys), key);
        let home = AccountId::parse(HOME).unwrap();
        let context = RequestContext::new(&principal, &action, resource, home, &keys);
        let explanation = explain(&context, &layers);
        assert_eq!(explanation.decision, policy::evaluate(&context, &layers));
        look(&explanation, &context)
    }
}

/// Whether a condition holds for a request with these keys.
pub(crate) fn holds(condition: &str, keys: &str) -> bool {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}}}"#
    );
    let policy = Policy::parse(&text, Kind::Identity).unwrap_or_else(|fault| panic!("{condition}: {}", fault.detail()));
    let keys = keys.split_whitespace().fold(Keys::new(), key);
    let (principal, action) = (Principal::Anonymous, Action::new("s3:GetObject"));
    let context = RequestContext::new(&principal, &action, "*", AccountId::parse(HOME).unwrap(), &keys);
    policy.opinion(&context) != policy::Opinion::Silent
}

/// `alice` and all the others.
pub(crate) fn principal(name: &str) -> Principal {
    let (name, account) = match name.strip_suffix("-abroad") {
        Some(name) => (name, ABROAD),
        None => (name, HOME),
    };
    let of = AccountId::parse(account).unwrap();
    match name {
        "anonymous" => Principal::Anonymous,
        "root" => Principal::Root { account: of },
        "role" => Principal::AssumedRole {
            account: of,
            role_arn: format!("arn:aws:iam::{account}:role/ops"),
            session_arn: format!("arn:aws:sts::{account}:assumed-role/ops/monday"),
            id: "AROAEXAMPLEEXAMPLE00".to_owned(),
            session: "monday".to_owned(),
        },
        "federated" => Principal::FederatedUser {
            account: of,
            arn: format!("arn:aws:sts::{account}:federated-user/guest"),
            user_arn: format!("arn:aws:iam::{account}:user/alice"),
            name: "guest".to_owned(),
        },
        "service" => Principal::Service { name: "apigateway.amazonaws.com".to_owned() },
        "web" => Principal::Federated { provider: "accounts.google.com".to_owned(), subject: "4711".to_owned() },
        name => Principal::User {
            account: of,
            arn: format!("arn:aws:iam::{account}:user/{name}"),
            id: format!("AIDA{:0<16}", name.to_ascii_uppercase()),
            name: name.to_owned(),
        },
    }
}

/// Adds `name=value`, `name=a|b`, `name=` (no value), `name=ip(…)`, `name=time(…)`, `name=bool(…)`, `name=bytes(…)`.
fn key(keys: Keys, text: &str) -> Keys {
    let (name, value) = text.split_once('=').expect("a key and its value");
    let typed = value.strip_suffix(')').and_then(|value| value.split_once('('));
    match typed {
        Some(("ip", value)) => keys.address(name, value.parse().unwrap()),
        Some(("time", value)) => keys.time(name, value.parse().unwrap()),
        Some(("bool", value)) => keys.boolean(name, value == "true"),
        Some(("bytes", value)) => keys.binary(name, value.as_bytes()),
        _ if value.is_empty() => keys.texts(name, Vec::<String>::new()),
        _ => keys.texts(name, value.split('|')),
    }
}

/// A document of version 2012-10-17 from statements separated by `;`.
pub(crate) fn document(statements: &str) -> String {
    let statements: Vec<String> = statements.split(';').map(|sentence| statement(sentence.trim())).collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn statement(sentence: &str) -> String {
    let (head, condition) = sentence.split_once(" if ").unwrap_or((sentence, ""));
    let (head, principal) = head.split_once(" for ").unwrap_or((head, ""));
    let (head, resource) = head.split_once(" on ").unwrap_or((head, "*"));
    let (effect, action) = head.split_once(' ').expect("an effect and an action");
    let effect = if effect == "allow" { "Allow" } else { "Deny" };
    let mut members = vec![format!(r#""Effect":"{effect}""#), listed("Action", action), listed("Resource", resource)];
    if !principal.is_empty() {
        let (not, names) = match principal.strip_prefix("except ") {
            Some(names) => ("Not", names),
            None => ("", principal),
        };
        let names = match names.split_once('=') {
            _ if names == "*" => "\"*\"".to_owned(),
            Some((kind, names)) => format!(r#"{{"{kind}":[{}]}}"#, quoted(names, ',')),
            None => format!(r#"{{"AWS":[{}]}}"#, quoted(names, ',')),
        };
        members.push(format!(r#""{not}Principal":{names}"#));
    }
    if !condition.is_empty() {
        let block = |condition: &str| {
            let words: Vec<&str> = condition.split(' ').collect();
            format!(r#""{}":{{"{}":[{}]}}"#, words[0], words[1], quoted(words[2], '|'))
        };
        let blocks: Vec<String> = condition.split(" and ").map(block).collect();
        members.push(format!(r#""Condition":{{{}}}"#, blocks.join(",")));
    }
    format!("{{{}}}", members.join(","))
}

fn listed(element: &str, list: &str) -> String {
    match list.strip_prefix("except ") {
        Some(list) => format!(r#""Not{element}":[{}]"#, quoted(list, ',')),
        None => format!(r#""{element}":[{}]"#, quoted(list, ',')),
    }
}

fn quoted(list: &str, separator: char) -> String {
    list.split(separator).map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(",")
}
