//! UpdateRestApi. <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateRestApi.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway as stored;
use model::apigateway::RestApi;
use operation::{Call, Failure, Operation, Spec};
use wire::Choice;

use super::{RestApiView, Tags};
use crate::choices::{ApiKeySourceType, EndpointAccessMode, EndpointType, IpAddressType, SecurityPolicy};
use crate::error::{Error, declared};
use crate::patch::{ADD_REMOVE_REPLACE, Change, Edit, PatchOperation, REPLACE, REPLACE_REMOVE, Rule, Table, Tone};
use crate::rules::api::{self, Endpoint, Later};
use crate::rules::resource_policy;
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateRestApi;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateRestApiRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Name,
    Description,
    Version,
    BinaryMediaType,
    EndpointType,
    IpAddressType,
    VpcEndpointId,
    DisableExecuteApiEndpoint,
    SecurityPolicy,
    EndpointAccessMode,
    ApiKeySource,
    MinimumCompressionSize,
    Policy,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Terse,
    rules: &[
        Rule::new("/name", REPLACE, Property::Name),
        Rule::new("/description", REPLACE_REMOVE, Property::Description),
        Rule::new("/version", REPLACE_REMOVE, Property::Version),
        Rule::new("/binaryMediaTypes/{media_type}", ADD_REMOVE_REPLACE, Property::BinaryMediaType),
        Rule::new("/endpointConfiguration/types/{type}", ADD_REMOVE_REPLACE, Property::EndpointType),
        Rule::new("/endpointConfiguration/ipAddressType", REPLACE, Property::IpAddressType),
        Rule::new("/endpointConfiguration/vpcEndpointIds", ADD_REMOVE_REPLACE, Property::VpcEndpointId),
        Rule::new("/endpointConfiguration/vpcEndpointIds/{id}", ADD_REMOVE_REPLACE, Property::VpcEndpointId),
        Rule::new("/disableExecuteApiEndpoint", REPLACE, Property::DisableExecuteApiEndpoint),
        Rule::new("/securityPolicy", REPLACE, Property::SecurityPolicy),
        Rule::new("/endpointAccessMode", REPLACE, Property::EndpointAccessMode),
        Rule::new("/apiKeySource", REPLACE, Property::ApiKeySource),
        Rule::new("/minimumCompressionSize", REPLACE, Property::MinimumCompressionSize),
        Rule::new("/policy", REPLACE_REMOVE, Property::Policy),
    ],
};

impl Operation for UpdateRestApi {
    const SPEC: Spec = Spec::write("UpdateRestApi", "apigateway:PATCH")
        .http(Verb::PATCH, "/restapis/{restapi_id}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = RestApiView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}", input.rest_api_id))
    }

    fn further(input: &Input, scope: &Scope) -> Vec<(&'static str, String)> {
        // Whoever may rename an API must not be able to open it.
        let changes = TABLE.read(&input.patch_operations).unwrap_or_default();
        if changes.iter().any(|change| change.property == Property::Policy) {
            vec![resource_policy::permission(Self::resource(input, scope))]
        } else {
            Vec::new()
        }
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<RestApiView, Failure> {
        let mut api = find::api(call, &input.rest_api_id).await?;
        let before = api.policy.clone();
        patch(&mut api, &input.patch_operations, &call.scope)?;
        if api.policy != before {
            api.policy_ids = resource_policy::ids(call, api.policy.as_deref()).await?;
        }
        call.tx.put(&call.scope, &api)?;
        Ok(RestApiView::of(&api, Tags::Always))
    }
}

fn patch(api: &mut RestApi, operations: &[PatchOperation], scope: &Scope) -> Result<(), Error> {
    TABLE.read(operations)?.into_iter().try_for_each(|change| apply(api, change, scope))
}

fn apply(api: &mut RestApi, change: Change<Property>, scope: &Scope) -> Result<(), Error> {
    match change.property {
        Property::Name => {
            let name = change.text();
            api::name(&name)?;
            api.name = name;
        }
        Property::Description => {
            let description = change.optional();
            api::description(description.as_deref())?;
            api.description = description;
        }
        Property::Version => api.version = change.optional(),
        Property::BinaryMediaType => binary_media_type(&mut api.binary_media_types, change),
        Property::EndpointType => api.endpoint_type = endpoint_type(change)?,
        Property::IpAddressType => ip_address_type(&change.text())?,
        Property::VpcEndpointId if change.edit == Edit::Remove => {}
        Property::VpcEndpointId => return Err(Error::not_enforced("endpointConfiguration.vpcEndpointIds")),
        Property::DisableExecuteApiEndpoint => api.disable_execute_api_endpoint = change.flag(),
        Property::SecurityPolicy => {
            let policy: SecurityPolicy = word(&change.text(), "Invalid security policy specified")?;
            api.security_policy = Some(api::security_policy(policy)?);
        }
        Property::EndpointAccessMode => {
            let mode: EndpointAccessMode = word(&change.text(), "Invalid endpoint access mode specified")?;
            api::later(&Later { endpoint_access_mode: Some(mode), ..Later::default() })?;
        }
        Property::ApiKeySource => {
            let source: ApiKeySourceType = word(&change.text(), "Invalid API key source specified")?;
            api.api_key_source = api::key_source(source);
        }
        Property::MinimumCompressionSize => {
            let wrong = |_| Error::bad_request("Invalid minimum compression size, must be between 0 and 10485760");
            let size = change.optional().map(|size| size.parse().map_err(wrong)).transpose()?;
            api::later(&Later { minimum_compression_size: size, ..Later::default() })?;
        }
        Property::Policy => {
            let text = change.optional().unwrap_or_default();
            api.policy = resource_policy::read(&text, &api.id, scope)?;
        }
    }
    Ok(())
}

/// The list is changed like a set: a replaced entry goes to the end.
fn binary_media_type(list: &mut Vec<String>, change: Change<Property>) {
    list.retain(|entry| *entry != change.name);
    match change.edit {
        Edit::Add => list.push(change.name),
        Edit::Remove => {}
        Edit::Replace => {
            let value = change.text();
            if !value.is_empty() && !list.contains(&value) {
                list.push(value);
            }
        }
    }
}

fn endpoint_type(change: Change<Property>) -> Result<stored::EndpointType, Error> {
    match change.edit {
        Edit::Add => Err(Error::bad_request("Cannot create an api with multiple Endpoint Types.")),
        Edit::Remove => api::endpoint(&Endpoint { types: Some(Vec::new()), ..Endpoint::default() }),
        Edit::Replace => {
            let unknown = "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE";
            let kind: EndpointType = word(&change.text(), unknown)?;
            api::endpoint(&Endpoint { types: Some(vec![kind]), ..Endpoint::default() })
        }
    }
}

fn ip_address_type(text: &str) -> Result<(), Error> {
    let kind: IpAddressType = word(text, "ipAddressType must be either ipv4 or dualstack.")?;
    api::endpoint(&Endpoint { ip_address_type: Some(kind), ..Endpoint::default() }).map(|_| ())
}

fn word<C: Choice>(text: &str, unknown: &str) -> Result<C, Error> {
    C::from_text(text).ok_or_else(|| Error::bad_request(unknown))
}

#[cfg(test)]
impl crate::patch::Patches for UpdateRestApi {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base::Timestamp;
    use base::id::{ResourceId, RestApiId};

    use super::*;
    use crate::patch::Op;

    fn api() -> RestApi {
        RestApi {
            id: RestApiId::parse("a1b2c3d4e5").expect("a good id"),
            name: "pets".to_owned(),
            description: Some("old".to_owned()),
            created: Timestamp::UNIX_EPOCH,
            version: None,
            warnings: Vec::new(),
            binary_media_types: Vec::new(),
            endpoint_type: stored::EndpointType::Edge,
            security_policy: None,
            policy: None,
            api_key_source: stored::ApiKeySource::Header,
            policy_ids: BTreeMap::new(),
            disable_execute_api_endpoint: false,
            schemas: BTreeMap::new(),
            root_resource_id: ResourceId::parse("root").expect("a good id"),
            tags: BTreeMap::new(),
        }
    }

    fn patched(operations: &[(Op, &str, Option<&str>)]) -> Result<RestApi, String> {
        let operation = |(op, path, value): &(Op, &str, Option<&str>)| PatchOperation {
            op: Some(*op),
            path: Some((*path).to_owned()),
            value: value.map(str::to_owned),
            from: None,
        };
        let operations: Vec<_> = operations.iter().map(operation).collect();
        let mut api = api();
        let scope = Scope {
            account: base::AccountId::parse("123456789012").expect("twelve digits"),
            region: base::Region::parse("eu-west-1").expect("a region"),
        };
        patch(&mut api, &operations, &scope).map(|()| api).map_err(|error| error.to_string())
    }

    #[test]
    fn media_types_are_changed_like_a_set() {
        let added = patched(&[
            (Op::Add, "/binaryMediaTypes/image~1png", None),
            (Op::Add, "/binaryMediaTypes/image~1jpeg", None),
            (Op::Replace, "/binaryMediaTypes/image~1png", Some("image/gif")),
            (Op::Add, "/binaryMediaTypes/-", Some("image/png")),
        ]);
        assert_eq!(
            added.map(|api| api.binary_media_types),
            Ok(vec!["image/jpeg".into(), "image/gif".into(), "-".into()])
        );
    }

    #[test]
    fn plain_properties_are_replaced_or_cleared() {
        let api = patched(&[
            (Op::Replace, "/name", Some("cats")),
            (Op::Remove, "/description", None),
            (Op::Replace, "/endpointConfiguration/types/0", Some("REGIONAL")),
            (Op::Replace, "/disableExecuteApiEndpoint", Some("true")),
            (Op::Replace, "/securityPolicy", Some("TLS_1_2")),
            (Op::Replace, "/minimumCompressionSize", Some("")),
            (Op::Replace, "/apiKeySource", Some("HEADER")),
        ]);
        let api = api.expect("all are allowed");
        assert_eq!((api.name.as_str(), api.description), ("cats", None));
        assert_eq!((api.endpoint_type, api.disable_execute_api_endpoint), (stored::EndpointType::Regional, true));
        assert_eq!(api.security_policy, Some(stored::SecurityPolicy::Tls12));
    }

    #[test]
    fn a_policy_is_set_rewritten_and_taken_away() {
        let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}}"#;
        let set = patched(&[(Op::Replace, "/policy", Some(policy))]).expect("a good policy").policy.expect("it is set");
        assert!(set.contains("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*"), "{set}");
        let gone = patched(&[(Op::Replace, "/policy", Some(policy)), (Op::Replace, "/policy", Some(""))]);
        assert_eq!(gone.map(|api| api.policy), Ok(None));
        assert!(patched(&[(Op::Replace, "/policy", Some("{}"))]).is_err());
    }

    #[test]
    fn what_is_wrong_is_told_as_aws_tells_it() {
        for (op, path, value, message) in [
            (Op::Add, "/binaryMediaTypes", Some("image/gif"), "Invalid patch path /binaryMediaTypes"),
            (
                Op::Add,
                "/minimumCompressionSize",
                Some("10"),
                "Invalid patch operation specified. Must be one of: [replace]",
            ),
            (
                Op::Replace,
                "/minimumCompressionSize",
                Some("test"),
                "Invalid minimum compression size, must be between 0 and 10485760",
            ),
            (
                Op::Replace,
                "/endpointConfiguration/types/0",
                Some("wrong"),
                "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
            ),
            (
                Op::Replace,
                "/endpointConfiguration/ipAddressType",
                Some("wrong"),
                "ipAddressType must be either ipv4 or dualstack.",
            ),
            (Op::Replace, "/name", Some(""), "Name cannot be empty"),
        ] {
            assert_eq!(patched(&[(op, path, value)]).map(|api| api.name), Err(message.to_owned()), "{path}");
        }
    }
}
