//! Reads a policy document: which elements it has, which it must and must not have.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::collections::{BTreeSet, HashSet};

use crate::action::ActionPattern;
use crate::condition::Condition;
use crate::json::Node;
use crate::malformed::cut;
use crate::pattern::Variables;
use crate::principals::Principals;
use crate::resource::ResourcePattern;
use crate::statement::{Listed, Statement};
use crate::{Effect, Kind, MalformedPolicy, Policy, policy};

/// Reads and compiles a whole document.
pub(crate) fn policy(text: &str, kind: Kind) -> Result<Policy, MalformedPolicy> {
    let max = kind.characters_max();
    // White space is free in AWS's count, but not without end here.
    if text.len() > max * 16 || policy::characters(text) > max {
        return Err(MalformedPolicy::TooLong { max });
    }
    let mut statements = None;
    // Without a version a policy is read as in 2008, when there were no variables.
    let mut variables = Variables::Literal;
    for (name, node) in Node::parse(text)?.object("policy")? {
        match name.as_str() {
            "Version" => variables = version(&node.text("Version")?)?,
            "Id" => drop(node.text("Id")?),
            "Statement" => statements = Some(node),
            _ => return Err(unknown(&name)),
        }
    }
    let nodes = match statements.ok_or_else(|| MalformedPolicy::syntax("the policy has no `Statement`"))? {
        Node::List(nodes) => nodes,
        node => vec![node],
    };
    if nodes.is_empty() {
        return Err(MalformedPolicy::syntax("`Statement` is empty"));
    }
    let mut faults = Faults::default();
    let mut sids = HashSet::new();
    let mut statements = Vec::with_capacity(nodes.len());
    for node in nodes {
        let Some(statement) =
            faults.unless(Elements::read(node)).and_then(|elements| elements.compile(kind, variables, &mut faults))
        else {
            continue;
        };
        if let Some(sid) = &statement.sid
            && !sids.insert(sid.clone())
        {
            faults.add(MalformedPolicy::DuplicateSid(cut(sid)));
        }
        statements.push(statement);
    }
    if let Some(fault) = faults.0 {
        return Err(fault);
    }
    let gates = statements.iter().map(Statement::gate).collect();
    let keys = statements.iter().flat_map(Statement::keys).map(|(key, ..)| key.to_ascii_lowercase());
    let key_names = keys.collect::<BTreeSet<_>>().into_iter().map(Box::from).collect();
    Ok(Policy { statements: statements.into(), gates, key_names, version: variables })
}

fn version(text: &str) -> Result<Variables, MalformedPolicy> {
    match text {
        "2012-10-17" => Ok(Variables::Replaced),
        "2008-10-17" => Ok(Variables::Literal),
        _ => Err(MalformedPolicy::syntax(format!("`Version` is `{}`, not `2012-10-17` or `2008-10-17`", cut(text)))),
    }
}

/// The fault that AWS would tell, of all that were found so far.
#[derive(Default)]
struct Faults(Option<MalformedPolicy>);

impl Faults {
    fn add(&mut self, fault: MalformedPolicy) {
        if self.0.as_ref().is_none_or(|first| fault.stage() < first.stage()) {
            self.0 = Some(fault);
        }
    }

    fn unless<T>(&mut self, outcome: Result<T, MalformedPolicy>) -> Option<T> {
        outcome.map_err(|fault| self.add(fault)).ok()
    }
}

/// The elements of one statement, as far as they are there.
#[derive(Default)]
struct Elements {
    sid: Option<Node>,
    effect: Option<Node>,
    principal: Option<Node>,
    not_principal: Option<Node>,
    action: Option<Node>,
    not_action: Option<Node>,
    resource: Option<Node>,
    not_resource: Option<Node>,
    condition: Option<Node>,
}

impl Elements {
    fn read(node: Node) -> Result<Self, MalformedPolicy> {
        let mut elements = Self::default();
        for (name, node) in node.object("Statement")? {
            let place = match name.as_str() {
                "Sid" => &mut elements.sid,
                "Effect" => &mut elements.effect,
                "Principal" => &mut elements.principal,
                "NotPrincipal" => &mut elements.not_principal,
                "Action" => &mut elements.action,
                "NotAction" => &mut elements.not_action,
                "Resource" => &mut elements.resource,
                "NotResource" => &mut elements.not_resource,
                "Condition" => &mut elements.condition,
                _ => return Err(unknown(&name)),
            };
            *place = Some(node);
        }
        Ok(elements)
    }

    /// Looks at every element even after a fault, since a later one may be the one that AWS tells.
    fn compile(self, kind: Kind, variables: Variables, faults: &mut Faults) -> Option<Statement> {
        let sid = faults.unless(sid(self.sid, kind));
        let effect = faults.unless(effect(self.effect, kind));
        let principals = faults.unless(principals(self.principal, self.not_principal, kind));
        let actions = faults.unless(actions(self.action, self.not_action, kind));
        let resources = faults.unless(resources(self.resource, self.not_resource, kind, variables));
        let conditions = match self.condition {
            Some(node) => faults.unless(Condition::compile_all(node, variables)),
            None => Some(Vec::new()),
        };
        let conditions = conditions?;
        Some(Statement {
            sid: sid?,
            effect: effect?,
            principals: principals?,
            actions: actions?,
            resources: resources?,
            names_principal_arn: conditions.iter().any(Condition::names_principal_arn),
            conditions: conditions.into(),
        })
    }
}

fn sid(node: Option<Node>, kind: Kind) -> Result<Option<String>, MalformedPolicy> {
    let sid = node.map(|node| node.text("Sid")).transpose()?.filter(|sid| !sid.is_empty());
    match sid {
        Some(sid) if kind != Kind::Resource && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Err(MalformedPolicy::SidCharacters(cut(&sid)))
        }
        sid => Ok(sid),
    }
}

fn effect(node: Option<Node>, kind: Kind) -> Result<Effect, MalformedPolicy> {
    match (node, kind) {
        (Some(node), _) => node.text("Effect")?.parse(),
        (None, Kind::Resource) => Err(MalformedPolicy::Missing("Effect")),
        (None, Kind::Identity | Kind::Trust) => Err(MalformedPolicy::syntax("a statement has no `Effect`")),
    }
}

fn actions(
    node: Option<Node>,
    not_node: Option<Node>,
    kind: Kind,
) -> Result<Listed<Box<[ActionPattern]>>, MalformedPolicy> {
    let compile = match kind {
        Kind::Identity | Kind::Resource => ActionPattern::compile,
        Kind::Trust => ActionPattern::compile_of_trust,
    };
    let actions =
        one_of("Action", node, "NotAction", not_node)?.ok_or(MalformedPolicy::NoActions)?.compile("Action", compile)?;
    if actions.is_empty() { Err(MalformedPolicy::NoActions) } else { Ok(actions) }
}

fn resources(
    node: Option<Node>,
    not_node: Option<Node>,
    kind: Kind,
    variables: Variables,
) -> Result<Option<Listed<Box<[ResourcePattern]>>>, MalformedPolicy> {
    let listed = match (kind, one_of("Resource", node, "NotResource", not_node)?) {
        (Kind::Trust, None) => return Ok(None),
        (Kind::Trust, Some(_)) => return Err(MalformedPolicy::Prohibited("Resource")),
        (Kind::Identity, None) => return Err(MalformedPolicy::NoResources),
        (Kind::Resource, None) => return Err(MalformedPolicy::Missing("Resource")),
        (Kind::Identity | Kind::Resource, Some(listed)) => {
            listed.compile("Resource", |text| ResourcePattern::compile(text, variables))?
        }
    };
    if listed.is_empty() { Err(MalformedPolicy::NoResources) } else { Ok(Some(listed)) }
}

fn principals(
    principal: Option<Node>,
    not_principal: Option<Node>,
    kind: Kind,
) -> Result<Option<Listed<Principals>>, MalformedPolicy> {
    let listed = one_of("Principal", principal, "NotPrincipal", not_principal)?;
    match (kind, listed) {
        (Kind::Identity, None) => Ok(None),
        (Kind::Identity, Some(_)) => Err(MalformedPolicy::PrincipalForbidden),
        (Kind::Resource | Kind::Trust, None) => Err(MalformedPolicy::Missing("Principal")),
        (Kind::Resource | Kind::Trust, Some(Listed::In(node))) => Ok(Some(Listed::In(Principals::compile(node)?))),
        (Kind::Resource, Some(Listed::NotIn(node))) => Ok(Some(Listed::NotIn(Principals::compile(node)?))),
        // Whoever is not named would be trusted.
        (Kind::Trust, Some(Listed::NotIn(_))) => Err(MalformedPolicy::Prohibited("NotPrincipal")),
    }
}

/// Takes an element or its inverse, but not both.
fn one_of(
    name: &str,
    node: Option<Node>,
    inverse: &str,
    not_node: Option<Node>,
) -> Result<Option<Listed<Node>>, MalformedPolicy> {
    match (node, not_node) {
        (None, None) => Ok(None),
        (Some(node), None) => Ok(Some(Listed::In(node))),
        (None, Some(node)) => Ok(Some(Listed::NotIn(node))),
        (Some(_), Some(_)) => Err(MalformedPolicy::syntax(format!("a statement has both `{name}` and `{inverse}`"))),
    }
}

impl Listed<Node> {
    fn compile<T>(
        self,
        name: &str,
        compile: impl Fn(&str) -> Result<T, MalformedPolicy>,
    ) -> Result<Listed<Box<[T]>>, MalformedPolicy> {
        let all = |node: Node| -> Result<Box<[T]>, MalformedPolicy> {
            node.texts(name)?.iter().map(|text| compile(text)).collect()
        };
        match self {
            Listed::In(node) => Ok(Listed::In(all(node)?)),
            Listed::NotIn(node) => Ok(Listed::NotIn(all(node)?)),
        }
    }
}

fn unknown(name: &str) -> MalformedPolicy {
    MalformedPolicy::syntax(format!("the element `{}` is not known", cut(name)))
}
