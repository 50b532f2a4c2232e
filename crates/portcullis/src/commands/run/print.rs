//! Prints what was deployed: the routes, what protects each, and how to try them.

use serde_json::Value;

use super::import::Deployed;
use crate::commands::coverage;
use crate::node::Node;

/// One route, ready to print.
struct Route {
    verb: String,
    path: String,
    backend: String,
    protection: String,
}

/// Prints an API.
pub(super) fn deployed(api: &Deployed, node: &Node) {
    let base = base_url(api, node);
    let mut routes = routes(api);
    routes.sort_by(|one, two| (&one.path, &one.verb).cmp(&(&two.path, &two.verb)));
    println!("\n{}  (API {}, stage {})\n{base}\n", api.name, api.api_id, api.stage);
    let width = |of: fn(&Route) -> &str| routes.iter().map(|route| of(route).len()).max().unwrap_or(0);
    let (verbs, paths, backends) =
        (width(|route| &route.verb), width(|route| &route.path), width(|route| &route.backend));
    for Route { verb, path, backend, protection } in &routes {
        println!("  {verb:verbs$}  {path:paths$}  {backend:backends$}  {protection}");
    }
    for warning in &api.warnings {
        println!("  warning: {warning}");
    }
    println!("\ntry");
    let ca = node.data_dir().path().join("ca.pem");
    for Route { verb, path, .. } in routes.iter().take(4) {
        let path = path.replace("{proxy+}", "anything").replace(['{', '}', '+'], "");
        let verb = match verb.as_str() {
            "GET" | "ANY" => String::new(),
            verb => format!("-X {verb} "),
        };
        println!("  curl --cacert {} {verb}{base}{path}", ca.display());
    }
    // The program as it was called: it need not be on the PATH.
    let program = std::env::args().next().unwrap_or_else(|| "portcullis".to_owned());
    println!("  {program} logs --data-dir {} --follow", node.data_dir().path().display());
}

fn base_url(api: &Deployed, node: &Node) -> String {
    let endpoints = node.endpoints();
    let port = endpoints.gateway.rsplit(':').next().unwrap_or_default();
    format!("https://{}.execute-api.{}.{}:{port}/{}", api.api_id, endpoints.region, endpoints.zone, api.stage)
}

fn routes(api: &Deployed) -> Vec<Route> {
    let mut routes = Vec::new();
    for resource in &api.resources {
        let methods = resource["resourceMethods"].as_object();
        for (verb, method) in methods.into_iter().flatten() {
            let integration = &method["methodIntegration"];
            let kind = integration["type"].as_str().unwrap_or("no integration");
            let backend = match integration["uri"].as_str() {
                Some(uri) => format!("{kind} {}", filled(uri, &api.variables)),
                None => kind.to_owned(),
            };
            let path = text(resource, "path");
            let protection = protection(api, verb, &path);
            routes.push(Route { verb: verb.clone(), path, backend, protection });
        }
    }
    routes
}

/// What protects a method; the node tells, so that this list and `portcullis coverage` never differ.
fn protection(api: &Deployed, verb: &str, path: &str) -> String {
    let is_it = |method: &&Value| method["Method"] == verb && method["Path"] == path;
    match api.protection.iter().find(is_it) {
        Some(method) if method["Open"] == true => {
            format!("{}: anybody may call it ({})", coverage::OPEN, coverage::controls(method))
        }
        Some(method) => coverage::controls(method),
        None => "not served: portcullis doctor says why".to_owned(),
    }
}

/// The URI as this stage calls it.
fn filled(uri: &str, variables: &[(String, String)]) -> String {
    let fill =
        |uri: String, (name, value): &(String, String)| uri.replace(&format!("${{stageVariables.{name}}}"), value);
    variables.iter().fold(uri.to_owned(), fill)
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
