//! Reads a policy document: which elements it has, which it must and must not have.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::collections::HashSet;

use crate::action::ActionPattern;
use crate::condition::Condition;
use crate::json::Node;
use crate::malformed::cut;
use crate::pattern::Variables;
use crate::principals::Principals;
use crate::resource::ResourcePattern;
use crate::statement::{Listed, Statement};
use crate::{Kind, MalformedPolicy, Policy, policy};

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
    let mut sids = HashSet::new();
    let mut statements = Vec::with_capacity(nodes.len());
    for node in nodes {
        let statement = Elements::read(node)?.compile(kind, variables)?;
        if let Some(sid) = &statement.sid
            && !sids.insert(sid.clone())
        {
            return Err(MalformedPolicy::DuplicateSid(cut(sid)));
        }
        statements.push(statement);
    }
    Ok(Policy { statements: statements.into() })
}

fn version(text: &str) -> Result<Variables, MalformedPolicy> {
    match text {
        "2012-10-17" => Ok(Variables::Replaced),
        "2008-10-17" => Ok(Variables::Literal),
        _ => Err(MalformedPolicy::Version(cut(text))),
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

    fn compile(self, kind: Kind, variables: Variables) -> Result<Statement, MalformedPolicy> {
        let sid = self.sid.map(|node| node.text("Sid")).transpose()?.filter(|sid| !sid.is_empty());
        let effect = self.effect.ok_or(MalformedPolicy::Missing("Effect"))?.text("Effect")?.parse()?;
        let principals = principals(self.principal, self.not_principal, kind)?;
        let actions = one_of("Action", self.action, "NotAction", self.not_action)?
            .ok_or(MalformedPolicy::NoActions)?
            .compile("Action", ActionPattern::compile)?;
        if actions.is_empty() {
            return Err(MalformedPolicy::NoActions);
        }
        let resources = one_of("Resource", self.resource, "NotResource", self.not_resource)?;
        let resources = match (kind, resources) {
            (Kind::Trust, None) => None,
            (Kind::Trust, Some(_)) => return Err(MalformedPolicy::Prohibited("Resource")),
            (Kind::Identity, None) => return Err(MalformedPolicy::NoResources),
            (Kind::Resource, None) => return Err(MalformedPolicy::Missing("Resource")),
            (Kind::Identity | Kind::Resource, Some(listed)) => {
                Some(listed.compile("Resource", |text| ResourcePattern::compile(text, variables))?)
            }
        };
        if resources.as_ref().is_some_and(Listed::is_empty) {
            return Err(MalformedPolicy::NoResources);
        }
        let conditions = match self.condition {
            Some(node) => Condition::compile_all(node, variables)?,
            None => Vec::new(),
        };
        Ok(Statement { sid, effect, principals, actions, resources, conditions: conditions.into() })
    }
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
        (Kind::Resource | Kind::Trust, Some(Listed::NotIn(node))) => {
            Ok(Some(Listed::NotIn(Principals::compile(node)?)))
        }
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
