//! Parameter mappings, read once. The call that set them has validated them; what is unknown here closes the method.

use std::collections::BTreeMap;

use snapshot::{Source, Target, Variable};

/// `integration.request.*` mappings.
pub(crate) fn request(
    stored: &BTreeMap<String, String>,
    variables: &BTreeMap<String, String>,
) -> Result<Vec<(Target, Source)>, String> {
    let entry = |(target, source): (&String, &String)| {
        let rest = target.strip_prefix("integration.request.").ok_or_else(|| unknown(target))?;
        let (place, name) = rest.split_once('.').ok_or_else(|| unknown(target))?;
        let target = match place {
            "header" => Target::Header(header(name)?),
            "querystring" => Target::Query(name.into()),
            "path" => Target::Path(name.into()),
            _ => return Err(unknown(target)),
        };
        Ok((target, from_request(source, variables)?))
    };
    stored.iter().map(entry).collect()
}

/// `method.response.header.*` mappings.
pub(crate) fn response(
    stored: &BTreeMap<String, String>,
    variables: &BTreeMap<String, String>,
) -> Result<Vec<(http::HeaderName, Source)>, String> {
    let entry = |(target, source): (&String, &String)| {
        let name = target.strip_prefix("method.response.header.").ok_or_else(|| unknown(target))?;
        Ok((header(name)?, from_response(source, variables)?))
    };
    stored.iter().map(entry).collect()
}

fn from_request(text: &str, variables: &BTreeMap<String, String>) -> Result<Source, String> {
    if let Some(rest) = text.strip_prefix("method.request.") {
        let (place, name) = rest.split_once('.').ok_or_else(|| unknown(text))?;
        return Ok(match place {
            "header" => Source::RequestHeader(name.into()),
            "multivalueheader" => Source::RequestHeaders(name.into()),
            "querystring" => Source::RequestQuery(name.into()),
            "multivaluequerystring" => Source::RequestQueries(name.into()),
            "path" => Source::RequestPath(name.into()),
            _ => return Err(unknown(text)),
        });
    }
    from_anywhere(text, variables)
}

fn from_response(text: &str, variables: &BTreeMap<String, String>) -> Result<Source, String> {
    if let Some(rest) = text.strip_prefix("integration.response.") {
        let (place, name) = rest.split_once('.').ok_or_else(|| unknown(text))?;
        return Ok(match place {
            "header" => Source::ResponseHeader(header(name)?),
            "multivalueheader" => Source::ResponseHeaders(header(name)?),
            _ => return Err(unknown(text)),
        });
    }
    from_anywhere(text, variables)
}

fn from_anywhere(text: &str, variables: &BTreeMap<String, String>) -> Result<Source, String> {
    if let Some(text) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Ok(Source::Static(text.into()));
    }
    if let Some(name) = text.strip_prefix("stageVariables.") {
        let value =
            variables.get(name).ok_or_else(|| format!("the stage has no variable `{name}`, which a mapping names"))?;
        return Ok(Source::Static(value.as_str().into()));
    }
    if let Some(key) = text.strip_prefix("context.authorizer.").filter(|key| !key.is_empty()) {
        return Ok(Source::Authorizer(key.into()));
    }
    if let Some(name) = text.strip_prefix("context.") {
        return Variable::parse(name).map(Source::Context).ok_or_else(|| unknown(text));
    }
    Err(unknown(text))
}

fn header(name: &str) -> Result<http::HeaderName, String> {
    name.parse().map_err(|_| format!("`{name}` is not a header's name"))
}

fn unknown(text: &str) -> String {
    format!("the mapping expression `{text}` is not known")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mappings_read_every_known_source_and_no_other() {
        let variables = BTreeMap::from([("v".to_owned(), "w".to_owned())]);
        for (text, want) in [
            ("'it''s'", Some(Source::Static("it''s".into()))),
            ("stageVariables.v", Some(Source::Static("w".into()))),
            ("stageVariables.none", None),
            ("context.requestId", Some(Source::Context(Variable::RequestId))),
            ("context.nonsense", None),
            ("method.request.header.X-A", Some(Source::RequestHeader("X-A".into()))),
            ("method.request.multivaluequerystring.q", Some(Source::RequestQueries("q".into()))),
            ("method.request.path.id", Some(Source::RequestPath("id".into()))),
            ("method.request.body", None),
            ("method.request.body.a", None),
            ("integration.response.header.X", None),
        ] {
            assert_eq!(from_request(text, &variables).ok(), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_expression_is_known_or_refused(text in "(method\\.request\\.|integration\\.response\\.|context\\.|stageVariables\\.|')?\\PC{0,20}'?") {
            let variables = BTreeMap::new();
            let _ = (from_request(&text, &variables), from_response(&text, &variables));
            let _ = request(&BTreeMap::from([(text.clone(), text.clone())]), &variables);
            let _ = response(&BTreeMap::from([(text.clone(), text)]), &variables);
        }
    }

    #[test]
    fn a_header_that_no_request_can_have_closes_the_method() {
        let map = |name: &str| request(&BTreeMap::from([(name.to_owned(), "'v'".to_owned())]), &BTreeMap::new());
        assert!(map("integration.request.header.X-Good").is_ok());
        for name in
            ["integration.request.header.", "integration.request.header.a b", "integration.request.header.a\r\nb"]
        {
            assert!(map(name).expect_err(name).contains("not a header's name"), "{name}");
        }
    }
}
