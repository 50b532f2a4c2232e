//! Finds the resource and method of a path: exact before `{param}` before `{proxy+}`, named verb before `ANY`.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method as Verb;

use crate::Method;

/// The tree of a deployment's resources.
#[derive(Debug, Default)]
pub struct Routes {
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    /// By segment, in order: a handful is searched faster than hashed.
    exact: Vec<(Box<str>, usize)>,
    param: Option<(Arc<str>, usize)>,
    greedy: Option<(Arc<str>, usize)>,
    methods: Methods,
}

#[derive(Debug, Default)]
struct Methods {
    named: Vec<(Verb, Arc<Method>)>,
    any: Option<Arc<Method>>,
}

/// A method and what its path parameters hold.
#[derive(Debug, Clone)]
pub struct Found<'p> {
    /// The method.
    pub method: &'p Arc<Method>,
    /// `(name, text as in the path)` in path order.
    pub parameters: Vec<(Arc<str>, &'p str)>,
}

/// Why a route cannot be added: two siblings claim the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    /// The segment that stands twice.
    pub segment: String,
}

/// How deep a path is followed; deeper ones are not found. Paths are at most 10,240 bytes.
const SEGMENTS_MAX: usize = 5_120;

impl Routes {
    /// No routes.
    pub fn new() -> Self {
        Self { nodes: vec![Node::default()] }
    }

    /// Adds the methods of the resource at `path`, such as `/pets/{id}`; `verb` is `None` for `ANY`.
    pub fn add(&mut self, path: &str, verb: Option<Verb>, method: Arc<Method>) -> Result<(), Ambiguous> {
        let mut at = 0;
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            at = self.child(at, segment)?;
        }
        let methods = &mut self.nodes[at].methods;
        match verb {
            Some(verb) => methods.named.push((verb, method)),
            None => methods.any = Some(method),
        }
        Ok(())
    }

    fn child(&mut self, at: usize, segment: &str) -> Result<usize, Ambiguous> {
        let next = self.nodes.len();
        let inner = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let node = &mut self.nodes[at];
        let found = match inner {
            None => match node.find(segment) {
                Ok(at) => node.exact[at].1,
                Err(at) => {
                    node.exact.insert(at, (segment.into(), next));
                    next
                }
            },
            Some(name) => {
                let (slot, name) = match name.strip_suffix('+') {
                    Some(name) => (&mut node.greedy, name),
                    None => (&mut node.param, name),
                };
                let (known, child) = slot.get_or_insert_with(|| (name.into(), next));
                if known.as_ref() != name {
                    return Err(Ambiguous { segment: segment.to_owned() });
                }
                *child
            }
        };
        if found == next {
            self.nodes.push(Node::default());
        }
        Ok(found)
    }

    /// Finds the method for `path` (normalised, beginning with `/`, without the stage). AWS commits to the more
    /// specific resource and looks for the verb there; it falls back to a less specific one where a path has no node.
    pub fn find<'p>(&'p self, path: &'p str, verb: &Verb) -> Option<Found<'p>> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let mut parameters = Vec::new();
        let at = if path.is_empty() { Some(0) } else { self.descend(0, path, verb, &mut parameters, 0) }?;
        let method = self.nodes.get(at)?.methods.find(verb)?;
        Some(Found { method, parameters })
    }

    /// Every method, in no particular order.
    pub fn methods(&self) -> impl Iterator<Item = &Arc<Method>> {
        self.nodes.iter().flat_map(|node| node.methods.named.iter().map(|(_, method)| method).chain(&node.methods.any))
    }

    fn descend<'p>(
        &'p self,
        at: usize,
        rest: &'p str,
        verb: &Verb,
        parameters: &mut Vec<(Arc<str>, &'p str)>,
        depth: usize,
    ) -> Option<usize> {
        let node = self.nodes.get(at)?;
        let (segment, below) = match rest.split_once('/') {
            Some((segment, below)) if !below.is_empty() => (segment, Some(below)),
            Some((segment, _)) => (segment, None),
            None => (rest, None),
        };
        let arrive = |child: usize, parameters: &mut Vec<(Arc<str>, &'p str)>| match below {
            None => self.nodes.get(child).filter(|node| node.methods.find(verb).is_some()).map(|_| child),
            Some(below) if depth < SEGMENTS_MAX => self.descend(child, below, verb, parameters, depth + 1),
            Some(_) => None,
        };
        if let Ok(at) = node.find(&plain(segment))
            && let Some(found) = arrive(node.exact[at].1, parameters)
        {
            return Some(found);
        }
        let mark = parameters.len();
        if let Some((name, child)) = &node.param
            && !segment.is_empty()
        {
            parameters.push((Arc::clone(name), segment));
            if let Some(found) = arrive(*child, parameters) {
                return Some(found);
            }
            parameters.truncate(mark);
        }
        let (name, child) = node.greedy.as_ref()?;
        self.nodes.get(*child)?.methods.find(verb)?;
        parameters.push((Arc::clone(name), rest));
        Some(*child)
    }
}

/// A segment without percent encoding, so that `%61dmin` cannot slip past the resource `admin`. What is no UTF-8 when
/// decoded names no resource. A decoded slash cannot match either: no resource's name holds one.
fn plain(segment: &str) -> Cow<'_, str> {
    if segment.contains('%') {
        percent_encoding::percent_decode_str(segment).decode_utf8().unwrap_or(Cow::Borrowed(segment))
    } else {
        Cow::Borrowed(segment)
    }
}

impl Node {
    /// Where a segment stands among the exact ones, or would.
    fn find(&self, segment: &str) -> Result<usize, usize> {
        self.exact.binary_search_by(|(known, _)| known.as_ref().cmp(segment))
    }
}

impl Methods {
    fn find(&self, verb: &Verb) -> Option<&Arc<Method>> {
        self.named.iter().find(|(known, _)| known == verb).map(|(_, method)| method).or(self.any.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::method::tests::named;

    fn check(routes: &[&str], verb: &Verb, path: &str, want: Option<(&str, &[(&str, &str)])>) {
        let mut table = Routes::new();
        for route in routes {
            let (verb, path) = route.split_once(' ').expect("VERB PATH");
            let verb = (verb != "ANY").then(|| verb.parse().expect("a verb"));
            table.add(path, verb, named(route)).expect("unambiguous");
        }
        let found = table.find(path, verb);
        let parameters = |found: &Found<'_>| {
            found.parameters.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect::<Vec<_>>()
        };
        let found = found.as_ref().map(|found| (found.method.resource_path.as_ref(), parameters(found)));
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let want = want.map(|(path, parameters)| (path, parameters.iter().map(own).collect()));
        assert_eq!(found, want, "{verb} {path}");
    }

    #[test]
    fn an_exact_segment_wins_over_a_parameter_and_that_over_a_proxy() {
        let routes = ["GET /pets/mine", "GET /pets/{id}", "ANY /{proxy+}"];
        check(&routes, &Verb::GET, "/pets/mine", Some(("GET /pets/mine", &[])));
        check(&routes, &Verb::GET, "/pets/7", Some(("GET /pets/{id}", &[("id", "7")])));
        check(&routes, &Verb::GET, "/pets/7/toys", Some(("ANY /{proxy+}", &[("proxy", "pets/7/toys")])));
        check(&routes, &Verb::GET, "/", None);
    }

    #[test]
    fn a_named_verb_wins_over_any() {
        let routes = ["GET /a", "ANY /a"];
        check(&routes, &Verb::GET, "/a", Some(("GET /a", &[])));
        check(&routes, &Verb::PUT, "/a", Some(("ANY /a", &[])));
        check(&["GET /a"], &Verb::PUT, "/a", None);
    }

    #[test]
    fn encoding_does_not_slip_past_an_exact_segment() {
        let routes = ["GET /admin", "GET /a:b", "GET /{proxy+}"];
        check(&routes, &Verb::GET, "/%61dmin", Some(("GET /admin", &[])));
        check(&routes, &Verb::GET, "/a%3Ab", Some(("GET /a:b", &[])));
        check(&routes, &Verb::GET, "/admin%2F", Some(("GET /{proxy+}", &[("proxy", "admin%2F")])));
        check(&routes, &Verb::GET, "/%ff", Some(("GET /{proxy+}", &[("proxy", "%ff")])));
    }

    #[test]
    fn a_trailing_slash_names_the_same_resource() {
        check(&["GET /a/b"], &Verb::GET, "/a/b/", Some(("GET /a/b", &[])));
    }

    #[test]
    fn a_dead_end_falls_back_and_forgets_its_parameters() {
        let routes = ["GET /a/{x}/c", "GET /{proxy+}"];
        check(&routes, &Verb::GET, "/a/b/d", Some(("GET /{proxy+}", &[("proxy", "a/b/d")])));
    }

    #[test]
    fn two_parameters_at_one_place_are_ambiguous() {
        let mut table = Routes::new();
        table.add("/{a}", None, named("x")).expect("first");
        assert!(table.add("/{b}/c", None, named("y")).is_err());
    }

    proptest! {
        // SECURITY: an exact resource that is not found would be answered by a less specific one, which may be open.
        #[test]
        fn of_many_siblings_each_is_found_in_whatever_order_they_came(
            siblings in prop::collection::hash_set("[a-cA-C0-2._~-]{1,4}", 1..40)
        ) {
            let mut table = Routes::new();
            table.add("/{proxy+}", None, named("less specific")).expect("unambiguous");
            for sibling in &siblings {
                table.add(&format!("/{sibling}"), None, named(sibling)).expect("unambiguous");
            }
            for sibling in &siblings {
                let path = format!("/{sibling}");
                let found = table.find(&path, &Verb::GET).expect("it was added");
                prop_assert_eq!(&*found.method.resource_path, sibling.as_str());
            }
            let other = table.find("/other", &Verb::GET).expect("anything is proxied");
            prop_assert_eq!(&*other.method.resource_path, "less specific");
        }

        #[test]
        fn any_path_finds_one_method_or_none(path in "(/([a-c]|%[0-9a-fA-F]{0,2}|\\PC){0,3}){0,12}") {
            let mut table = Routes::new();
            for route in ["/a", "/a/{x}/b", "/{y}/b/{rest+}", "/{y}/{z}/c", "/{proxy+}"] {
                table.add(route, None, named(route)).expect("unambiguous");
            }
            if let Some(found) = table.find(&path, &Verb::GET) {
                prop_assert!(found.parameters.iter().all(|(_, value)| !value.is_empty() && path.contains(value)));
            }
        }
    }
}
