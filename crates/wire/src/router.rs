//! Finds the operation of a REST request: by method, path and constant query, the most specific pattern first.

use http::Method;

use crate::pairs;
use crate::uri::{self, InvalidPattern, Labels, UriPattern};

/// The operations of one service.
#[derive(Debug)]
pub struct Router<T> {
    /// Most specific first, so that the first match is the right one.
    routes: Vec<Route<T>>,
}

#[derive(Debug)]
struct Route<T> {
    method: Method,
    pattern: UriPattern,
    target: T,
}

/// What a request was found to be.
#[derive(Debug)]
pub struct Found<'a, T> {
    /// The operation.
    pub target: &'a T,
    /// What its path put into the pattern.
    pub labels: Labels,
}

impl<T> Router<T> {
    /// A router without routes.
    pub const fn new() -> Self {
        Self { routes: Vec::new() }
    }

    /// Adds an operation under its method and the pattern of AWS's model.
    pub fn add(&mut self, method: Method, pattern: &str, target: T) -> Result<(), InvalidPattern> {
        let pattern = UriPattern::parse(pattern)?;
        let rank = pattern.specificity();
        let place = self.routes.partition_point(|route| route.pattern.specificity() >= rank);
        self.routes.insert(place, Route { method, pattern, target });
        Ok(())
    }

    /// Finds the operation. A path or query that is not percent-encoded UTF-8 is no operation's.
    pub fn find(&self, method: &Method, raw_path: &str, raw_query: &str) -> Option<Found<'_, T>> {
        let path = uri::split(raw_path)?;
        let query = pairs::parse(raw_query).ok()?;
        self.routes.iter().filter(|route| route.method == *method).find_map(|route| {
            let labels = route.pattern.matches(&path, &query)?;
            Some(Found { target: &route.target, labels })
        })
    }
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn router() -> Router<&'static str> {
        let mut router = Router::new();
        for (method, pattern) in [
            (Method::POST, "/restapis"),
            (Method::GET, "/restapis"),
            (Method::POST, "/restapis?mode=import"),
            (Method::PUT, "/restapis/{restapi_id}"),
            (Method::GET, "/restapis/{restapi_id}/stages/{stage_name}"),
            (Method::GET, "/restapis/{restapi_id}/stages/default"),
            (Method::GET, "/tags/{resource_arn}"),
            (Method::GET, "/files/{path+}"),
            (Method::GET, "/files/{path+}/meta"),
            (Method::GET, "/files/{name}"),
            (Method::GET, "/"),
        ] {
            router.add(method, pattern, pattern).expect("a pattern");
        }
        router
    }

    #[test]
    fn the_most_specific_pattern_wins() {
        let router = router();
        for (method, path, query, found) in [
            (Method::POST, "/restapis", "", Some("/restapis")),
            (Method::POST, "/restapis", "mode=import&failonwarnings=true", Some("/restapis?mode=import")),
            (Method::POST, "/restapis", "mode=export", Some("/restapis")),
            (Method::PUT, "/restapis/a1", "mode=merge", Some("/restapis/{restapi_id}")),
            (Method::GET, "/restapis/a1/stages/default", "", Some("/restapis/{restapi_id}/stages/default")),
            (Method::GET, "/restapis/a1/stages/prod", "", Some("/restapis/{restapi_id}/stages/{stage_name}")),
            (Method::GET, "/files/a", "", Some("/files/{name}")),
            (Method::GET, "/files/a/b", "", Some("/files/{path+}")),
            (Method::GET, "/files/a/meta", "", Some("/files/{path+}/meta")),
            (Method::GET, "/", "", Some("/")),
            (Method::DELETE, "/restapis", "", None),
            (Method::GET, "/restapis/", "", None),
            (Method::GET, "/restapis//stages/prod", "", None),
            (Method::GET, "restapis", "", None),
            (Method::GET, "/files/", "", None),
            (Method::GET, "/tags/%zz", "", None),
            (Method::GET, "/tags/a", "x=%", None),
        ] {
            let target = router.find(&method, path, query).map(|found| *found.target);
            assert_eq!(target, found, "{method} {path}?{query}");
        }
    }

    #[test]
    fn labels_are_decoded_after_the_path_was_split() {
        let router = router();
        for (path, label, value) in [
            (
                "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fa1",
                "resource_arn",
                "arn:aws:apigateway:us-east-1::/restapis/a1",
            ),
            ("/tags/..%2F..", "resource_arn", "../.."),
            ("/files/a%2Fb/c%20d", "path", "a/b/c d"),
            ("/restapis/%C3%A9/stages/+", "stage_name", "+"),
        ] {
            let found = router.find(&Method::GET, path, "").expect(path);
            assert_eq!(found.labels.get(label), Some(value), "{path}");
        }
    }

    #[test]
    fn a_broken_pattern_is_refused() {
        for pattern in ["", "a", "//", "/a//b", "/{}", "/{+}", "/a{b}", "/{a+}/{b+}", "/{a", "/{{a}}"] {
            assert!(UriPattern::parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_filled_pattern_is_found_again() {
        let pattern = UriPattern::parse("/a/{id}/{rest+}?mode=x").expect("a pattern");
        let values = |name: &str| Some(if name == "id" { "x/y z" } else { "p/q%" });
        assert_eq!(pattern.fill(values).as_deref(), Some("/a/x%2Fy%20z/p/q%25?mode=x"));
        assert_eq!(pattern.fill(|_| None), None);
    }

    proptest! {
        #[test]
        fn any_path_is_answered(path in ".{0,200}", query in ".{0,200}") {
            let _ = router().find(&Method::GET, &path, &query);
        }

        #[test]
        fn any_label_survives(id in ".{1,40}", rest in "[^/]{1,20}(/[^/]{1,20}){0,3}") {
            let mut router = Router::new();
            router.add(Method::GET, "/a/{id}/b/{rest+}", ()).expect("a pattern");
            let pattern = UriPattern::parse("/a/{id}/b/{rest+}").expect("a pattern");
            let uri = pattern.fill(|name| Some(if name == "id" { &id } else { &rest })).expect("filled");
            let found = router.find(&Method::GET, &uri, "").expect("found");
            prop_assert_eq!(found.labels.get("id"), Some(id.as_str()));
            prop_assert_eq!(found.labels.get("rest"), Some(rest.as_str()));
        }
    }
}
