//! What a method may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html>

use std::collections::BTreeMap;

use base::id::AuthorizerId;
use model::apigateway::{AuthorizationType, HttpMethod, Method};

use super::{models, parameters};
use crate::error::Error;

/// A method as it is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fields {
    /// Who may call: `NONE`, `AWS_IAM` or `CUSTOM` so far.
    pub(crate) authorization_type: String,
    /// The authorizer's id.
    pub(crate) authorizer_id: Option<String>,
    /// Scopes an access token must have.
    pub(crate) authorization_scopes: Vec<String>,
    /// Whether a call needs an API key.
    pub(crate) api_key_required: bool,
    /// A name for code generators.
    pub(crate) operation_name: Option<String>,
    /// `method.request.{place}.{name}` and whether it is required.
    pub(crate) request_parameters: BTreeMap<String, bool>,
    /// Media type to model.
    pub(crate) request_models: BTreeMap<String, String>,
    /// The validator's id.
    pub(crate) request_validator_id: Option<String>,
}

impl Fields {
    /// A stored method as it would be asked for.
    pub(crate) fn of(method: &Method) -> Self {
        Self {
            authorization_type: method.authorization.as_str().to_owned(),
            authorizer_id: method.authorizer_id.as_ref().map(ToString::to_string),
            api_key_required: method.api_key_required,
            operation_name: method.operation_name.clone(),
            request_parameters: method.request_parameters.clone(),
            request_models: method.request_models.clone(),
            ..Self::default()
        }
    }
}

/// Checks a method; it has no responses and no integration yet. Whoever stores it sees to it that its authorizer exists.
pub(crate) fn build(fields: Fields) -> Result<Method, Error> {
    let (authorization, authorizer_id) = authorization(&fields)?;
    parameters::check_request(&fields.request_parameters)?;
    models::check(&fields.request_models)?;
    Ok(Method {
        authorization,
        authorizer_id,
        api_key_required: fields.api_key_required,
        operation_name: fields.operation_name.filter(|name| !name.is_empty()),
        request_parameters: fields.request_parameters,
        request_models: fields.request_models,
        responses: BTreeMap::new(),
        integration: None,
    })
}

// SECURITY: a method that asks for protection we cannot give must not be made at all.
fn authorization(fields: &Fields) -> Result<(AuthorizationType, Option<AuthorizerId>), Error> {
    let is_set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let authorization = match fields.authorization_type.as_str() {
        "NONE" => AuthorizationType::None,
        "AWS_IAM" => AuthorizationType::AwsIam,
        "CUSTOM" | "COGNITO_USER_POOLS" if !is_set(&fields.authorizer_id) => return Err(invalid_authorizer()),
        "CUSTOM" => AuthorizationType::Custom,
        "COGNITO_USER_POOLS" => return Err(Error::not_enforced("authorizationType `COGNITO_USER_POOLS`")),
        _ => {
            return Err(Error::bad_request(
                "Invalid authorization type specified. Valid options are NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS",
            ));
        }
    };
    let authorizer_id = match authorization {
        AuthorizationType::Custom => {
            let id = fields.authorizer_id.as_deref().unwrap_or_default();
            Some(AuthorizerId::parse(id).map_err(|_| invalid_authorizer())?)
        }
        AuthorizationType::None | AuthorizationType::AwsIam if is_set(&fields.authorizer_id) => {
            return Err(Error::not_enforced("authorizerId without authorizationType `CUSTOM`"));
        }
        AuthorizationType::None | AuthorizationType::AwsIam => None,
    };
    if !fields.authorization_scopes.is_empty() {
        return Err(Error::not_enforced("authorizationScopes"));
    }
    if is_set(&fields.request_validator_id) {
        return Err(Error::not_enforced("requestValidatorId"));
    }
    Ok((authorization, authorizer_id))
}

/// AWS's words for an authorizer that is not there.
pub(crate) fn invalid_authorizer() -> Error {
    Error::bad_request(
        "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid \
         authorizer.",
    )
}

/// A verb to make a method for.
pub(crate) fn verb(text: &str) -> Result<HttpMethod, Error> {
    HttpMethod::parse(text).ok_or_else(|| {
        Error::bad_request("Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> Fields {
        Fields { authorization_type: "NONE".to_owned(), ..Fields::default() }
    }

    #[test]
    fn an_open_method_is_made_as_it_was_asked_for() {
        let parameters = BTreeMap::from([("method.request.path.id".to_owned(), true)]);
        let models = BTreeMap::from([("application/json".to_owned(), "Empty".to_owned())]);
        let method =
            build(Fields { request_parameters: parameters, request_models: models, ..open() }).expect("it is good");
        assert_eq!(build(Fields::of(&method)), Ok(method));
        let signed = build(Fields { authorization_type: "AWS_IAM".to_owned(), ..open() }).expect("it is good");
        assert_eq!(build(Fields::of(&signed)), Ok(signed));
        let judged =
            Fields { authorization_type: "CUSTOM".to_owned(), authorizer_id: Some("abc123".to_owned()), ..open() };
        let judged = build(judged).expect("it is good");
        assert_eq!(build(Fields::of(&judged)), Ok(judged));
        let keyed = build(Fields { api_key_required: true, ..open() }).expect("it is good");
        assert!(keyed.api_key_required);
        assert_eq!(build(Fields::of(&keyed)), Ok(keyed));
    }

    #[test]
    fn every_protection_is_refused_until_it_is_enforced() {
        let some = || Some("abc123".to_owned());
        for fields in [
            Fields { authorization_type: "COGNITO_USER_POOLS".to_owned(), authorizer_id: some(), ..open() },
            Fields { authorizer_id: some(), ..open() },
            Fields { authorization_scopes: vec!["read".to_owned()], ..open() },
            Fields { request_validator_id: some(), ..open() },
        ] {
            assert!(matches!(build(fields.clone()), Err(Error::NotEnforced { .. })), "{fields:?}");
        }
        for kind in ["", "none", "CUSTOM", "EVERYBODY"] {
            assert!(
                matches!(build(Fields { authorization_type: kind.to_owned(), ..open() }), Err(Error::BadRequest(_))),
                "{kind}"
            );
        }
    }

    #[test]
    fn empty_texts_count_as_absent() {
        let fields = Fields { authorizer_id: Some(String::new()), request_validator_id: Some(String::new()), ..open() };
        assert!(build(fields).is_ok());
    }

    #[test]
    fn only_built_in_models_exist() {
        let models = BTreeMap::from([("application/json".to_owned(), "petModel".to_owned())]);
        let error = build(Fields { request_models: models, ..open() }).expect_err("no such model");
        assert_eq!(error.to_string(), "Invalid model identifier specified: petModel");
    }

    #[test]
    fn a_verb_is_one_of_eight() {
        for (text, good) in
            [("GET", true), ("ANY", true), ("get", false), ("TRACE", false), ("CONNECT", false), ("", false)]
        {
            assert_eq!(verb(text).is_ok(), good, "{text}");
        }
    }
}
