//! What a method declares of its requests and answers: `method.request.header.X`, `method.response.header.X`.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html>

use std::collections::{BTreeMap, BTreeSet};

use super::media_type::is_token;
use super::{mapping, path_part};
use crate::error::Error;

/// Longer names meet no request: all its headers, or its URL, hold at most 10,240 bytes.
const NAME_BYTES_MAX: usize = 1024;

/// Checks a method's request parameters.
pub(crate) fn check_request(parameters: &BTreeMap<String, bool>) -> Result<(), Error> {
    let mut names = BTreeSet::new();
    for parameter in parameters.keys() {
        let name = request_name(parameter, &["header", "querystring", "path"]);
        let Some(name) = name else { return Err(mapping::invalid_expression(parameter)) };
        if !names.insert(name) {
            return Err(Error::bad_request("Parameter names must be unique across querystring, header and path"));
        }
    }
    Ok(())
}

/// Checks a method response's headers.
pub(crate) fn check_response(parameters: &BTreeMap<String, bool>) -> Result<(), Error> {
    let bad = parameters.keys().find(|parameter| response_name(parameter).is_none());
    bad.map_or(Ok(()), |parameter| Err(mapping::invalid_expression(parameter)))
}

/// The name of `method.request.{place}.{name}`, where the place is one of `places`.
pub(crate) fn request_name<'a>(text: &'a str, places: &[&str]) -> Option<&'a str> {
    let (place, name) = text.strip_prefix("method.request.")?.split_once('.')?;
    if places.contains(&place) && is_name(place, name) { Some(name) } else { None }
}

/// The name of `method.response.header.{name}`.
pub(crate) fn response_name(text: &str) -> Option<&str> {
    text.strip_prefix("method.response.header.").filter(|name| is_name("header", name))
}

/// Whether a name fits its place.
pub(crate) fn is_name(place: &str, name: &str) -> bool {
    let fits = match place {
        "header" | "multivalueheader" => is_token(name),
        "path" => path_part::is_name(name),
        "querystring" | "multivaluequerystring" => {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}&=#?/%+".contains(&byte))
        }
        _ => false,
    };
    fits && name.len() <= NAME_BYTES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(names: &[&str]) -> Result<(), String> {
        let parameters = names.iter().map(|name| ((*name).to_owned(), true)).collect();
        check_request(&parameters).map_err(|error| error.to_string())
    }

    #[test]
    fn a_request_parameter_names_its_place() {
        for (name, good) in [
            ("method.request.header.X-A", true),
            ("method.request.querystring.page", true),
            ("method.request.querystring.filter[name]", true),
            ("method.request.path.id", true),
            ("method.request.body.a", false),
            ("method.request.header.", false),
            ("method.request.header.a b", false),
            ("method.request.header.a\r\nb", false),
            ("method.request.querystring.a&b", false),
            ("method.response.header.a", false),
            ("page", false),
        ] {
            assert_eq!(request(&[name]).is_ok(), good, "{name:?}");
        }
    }

    #[test]
    fn names_are_unique_across_places() {
        let twice = request(&["method.request.header.a", "method.request.querystring.a"]);
        assert_eq!(twice, Err("Parameter names must be unique across querystring, header and path".to_owned()));
    }

    #[test]
    fn a_response_parameter_is_a_header() {
        for (name, good) in [("method.response.header.X", true), ("method.response.body.x", false), ("X", false)] {
            assert_eq!(check_response(&BTreeMap::from([(name.to_owned(), false)])).is_ok(), good, "{name}");
        }
    }
}
