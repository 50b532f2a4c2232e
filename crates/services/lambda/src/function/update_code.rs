//! UpdateFunctionCode. <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::Code;
use operation::{Call, Failure, Operation, Spec};
use store_records::blobs::sha256;

use crate::error::declared;
use crate::name::FunctionRef;
use crate::rules::{settings, unenforced};
use crate::version::publish;
use crate::view::{FunctionCode, FunctionConfiguration};
use crate::{code, find};

/// The operation.
pub(crate) struct UpdateFunctionCode;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateFunctionCodeRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(secret)]
    zip_file: Option<Vec<u8>>,
    s3_bucket: Option<String>,
    s3_key: Option<String>,
    s3_object_version: Option<String>,
    s3_object_storage_mode: Option<String>,
    image_uri: Option<String>,
    publish: Option<bool>,
    dry_run: Option<bool>,
    revision_id: Option<String>,
    architectures: Option<Vec<String>>,
    #[shape(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
    publish_to: Option<String>,
}

impl Operation for UpdateFunctionCode {
    const SPEC: Spec = Spec::write("UpdateFunctionCode", "lambda:UpdateFunctionCode")
        .http(Verb::PUT, "/2015-03-31/functions/{FunctionName}/code", 200)
        .errors(declared::REVISED_CODE);
    type Input = Input;
    type Output = FunctionConfiguration;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        super::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<FunctionConfiguration, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        unenforced::publish_to(input.publish_to.as_deref())?;
        let given = FunctionCode {
            zip_file: input.zip_file.clone(),
            s3_bucket: input.s3_bucket.clone(),
            s3_key: input.s3_key.clone(),
            s3_object_version: input.s3_object_version.clone(),
            s3_object_storage_mode: input.s3_object_storage_mode.clone(),
            image_uri: input.image_uri.clone(),
            source_kms_key_arn: input.source_kms_key_arn.clone(),
        };
        let archive = unenforced::zip_file(&given)?;
        let architecture = settings::architecture(input.architectures.as_deref())?;
        let mut function = find::function(call, &named).await?;
        find::check_revision(input.revision_id.as_deref(), &function.latest.revision_id, "GetFunction")?;
        let dry_run = input.dry_run.unwrap_or_default();
        // SECURITY: code is kept with the function, in its account, and counts there.
        let code = if dry_run {
            code::check(archive)?;
            Code::new(&sha256(archive), archive.len() as u64)
        } else {
            code::keep(archive, &function.scope, call.ports, call.now).await?
        };
        function.latest.code = code;
        function.latest.architecture = architecture;
        function.latest.modified = call.now;
        if dry_run {
            return FunctionConfiguration::latest(&function, &call.ports.master_key);
        }
        function.latest.revision_id = find::revision_id();
        let shown = match input.publish {
            Some(true) => publish::publish(&mut function, None, call).await?,
            Some(false) | None => FunctionConfiguration::latest(&function, &call.ports.master_key)?,
        };
        call.tx.put(&named.scope, &function)?;
        Ok(shown)
    }
}
