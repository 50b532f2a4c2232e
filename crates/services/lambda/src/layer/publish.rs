//! PublishLayerVersion. <https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::{Layer, LayerVersion};
use operation::{Call, Failure, Operation, Spec};

use super::LayerVersionView;
use crate::code;
use crate::error::{Error, declared};
use crate::name::LayerRef;
use crate::rules::{settings, unenforced};
use crate::view::FunctionCode;

/// The operation.
pub(crate) struct PublishLayerVersion;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PublishLayerVersionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "LayerName")]
    layer_name: String,
    description: Option<String>,
    content: LayerVersionContentInput,
    #[shape(default)]
    compatible_runtimes: Vec<String>,
    license_info: Option<String>,
    #[shape(default)]
    compatible_architectures: Vec<String>,
}

/// The content.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LayerVersionContentInput {
    s3_bucket: Option<String>,
    s3_key: Option<String>,
    s3_object_version: Option<String>,
    s3_object_storage_mode: Option<String>,
    #[shape(secret)]
    zip_file: Option<Vec<u8>>,
}

const RUNTIMES_MAX: usize = 15;
const ARCHITECTURES_MAX: usize = 2;
const LICENSE_CHARS_MAX: usize = 512;

impl Operation for PublishLayerVersion {
    const SPEC: Spec = Spec::write("PublishLayerVersion", "lambda:PublishLayerVersion")
        .http(Verb::POST, "/2018-10-31/layers/{LayerName}/versions", 201)
        .errors(declared::LAYER);
    type Input = Input;
    type Output = LayerVersionView;

    fn resource(input: &Input, scope: &Scope) -> String {
        super::resource(&input.layer_name, scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        vec![("AWS::Lambda::LayerVersion".to_owned(), input.layer_name.clone())]
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<LayerVersionView, Failure> {
        let named = LayerRef::parse(&input.layer_name, &call.scope)?;
        check(input)?;
        let description = settings::description(input.description.as_deref().unwrap_or_default())?;
        let given = FunctionCode {
            zip_file: input.content.zip_file.clone(),
            s3_bucket: input.content.s3_bucket.clone(),
            s3_key: input.content.s3_key.clone(),
            s3_object_version: input.content.s3_object_version.clone(),
            s3_object_storage_mode: input.content.s3_object_storage_mode.clone(),
            image_uri: None,
            source_kms_key_arn: None,
        };
        let scope = call.scope.clone();
        let content = code::keep(unenforced::zip_file(&given)?, &scope, call.ports, call.now).await?;
        let known = call.tx.get::<Layer>(&scope, &named.name).await?;
        let number = known.map_or(0, |layer| layer.last_version) + 1;
        let version = LayerVersion {
            scope: scope.clone(),
            name: named.name.clone(),
            number,
            description,
            created: call.now,
            code: content,
            runtimes: input.compatible_runtimes.clone(),
            architectures: input.compatible_architectures.clone(),
            license: input.license_info.clone().unwrap_or_default(),
        };
        call.tx.put(&scope, &Layer { name: named.name, last_version: number })?;
        call.tx.put(&scope, &version)?;
        Ok(LayerVersionView::of(&version))
    }
}

fn check(input: &Input) -> Result<(), Error> {
    if input.compatible_runtimes.len() > RUNTIMES_MAX {
        let constraint = format!("Member must have length less than or equal to {RUNTIMES_MAX}");
        return Err(Error::form("compatibleRuntimes", format!("{:?}", input.compatible_runtimes), constraint));
    }
    if let Some(unknown) = input.compatible_runtimes.iter().find(|runtime| !settings::is_of_aws(runtime)) {
        return Err(Error::form("compatibleRuntimes", unknown.as_str(), "Member must satisfy enum value set"));
    }
    let known = |text: &&String| matches!(text.as_str(), "x86_64" | "arm64");
    if input.compatible_architectures.len() > ARCHITECTURES_MAX
        || !input.compatible_architectures.iter().all(|text| known(&text))
    {
        let given = format!("{:?}", input.compatible_architectures);
        return Err(Error::form(
            "compatibleArchitectures",
            given,
            "Member must satisfy enum value set: [x86_64, arm64]",
        ));
    }
    if input.license_info.as_ref().is_some_and(|text| text.chars().count() > LICENSE_CHARS_MAX) {
        let constraint = format!("Member must have length less than or equal to {LICENSE_CHARS_MAX}");
        return Err(Error::form("licenseInfo", "(long)", constraint));
    }
    Ok(())
}
