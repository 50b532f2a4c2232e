//! GetFunction. <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::concurrency::Concurrency;
use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;
use crate::view::{FunctionConfiguration, ResolvedS3Object};

/// The operation.
pub(crate) struct GetFunction;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetFunctionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(query = "Qualifier")]
    qualifier: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetFunctionResponse", upper)]
pub(crate) struct Output {
    configuration: FunctionConfiguration,
    code: FunctionCodeLocation,
    #[shape(default)]
    tags: BTreeMap<String, String>,
    tags_error: Option<TagsError>,
    concurrency: Option<Concurrency>,
}

/// Where the code lies. It is not handed out again, so there is no link to it.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct FunctionCodeLocation {
    repository_type: Option<String>,
    location: Option<String>,
    image_uri: Option<String>,
    resolved_image_uri: Option<String>,
    resolved_s3_object: Option<ResolvedS3Object>,
    #[shape(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
    error: Option<FunctionCodeLocationError>,
}

/// Why the code cannot be found.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct FunctionCodeLocationError {
    error_code: Option<String>,
    #[shape(secret)]
    message: Option<String>,
}

/// Why the tags are not shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct TagsError {
    error_code: String,
    message: String,
}

impl Operation for GetFunction {
    const SPEC: Spec = Spec::read("GetFunction", "lambda:GetFunction")
        .http(Verb::GET, "/2015-03-31/functions/{FunctionName}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::resource(&input.function_name, input.qualifier.as_deref(), scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        super::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::parse(&input.function_name, input.qualifier.as_deref(), &call.scope)?;
        let found = find::qualified(call, &named).await?;
        let master_key = &call.ports.master_key;
        let configuration =
            FunctionConfiguration::of(&found.function, &found.number, &found.configuration, found.arn, master_key)?;
        let code = FunctionCodeLocation {
            repository_type: Some("S3".to_owned()),
            location: None,
            image_uri: None,
            resolved_image_uri: None,
            resolved_s3_object: None,
            source_kms_key_arn: None,
            error: None,
        };
        let concurrency = found.function.reserved_concurrency.map(Concurrency::of);
        Ok(Output { configuration, code, tags: found.function.tags, tags_error: None, concurrency })
    }
}
