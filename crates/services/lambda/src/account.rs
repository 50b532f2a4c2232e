//! GetAccountSettings. <https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html>

use std::collections::BTreeSet;

use base::Scope;
use http::Method as Verb;
use model::lambda::{Code, Function, FunctionVersion, LayerVersion};
use operation::{Call, Failure, Operation, Spec};
use store_records::blobs::BLOB_BYTES_MAX;

use crate::code::{ACCOUNT_BYTES_MAX, UNPACKED_BYTES_MAX};
use crate::concurrency::ACCOUNT;
use crate::error::declared;
use crate::view::bytes;

/// The operation.
pub(crate) struct GetAccountSettings;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetAccountSettingsRequest", upper)]
pub(crate) struct Input {}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetAccountSettingsResponse", upper)]
pub(crate) struct Output {
    account_limit: AccountLimit,
    account_usage: AccountUsage,
}

/// What there is room for.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct AccountLimit {
    total_code_size: Option<i64>,
    code_size_unzipped: Option<i64>,
    code_size_zipped: Option<i64>,
    concurrent_executions: Option<i32>,
    unreserved_concurrent_executions: Option<i32>,
}

/// What is taken of it.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct AccountUsage {
    total_code_size: Option<i64>,
    function_count: Option<i64>,
}

impl Operation for GetAccountSettings {
    const SPEC: Spec = Spec::read("GetAccountSettings", "lambda:GetAccountSettings")
        .http(Verb::GET, "/2016-08-19/account-settings", 200)
        .errors(declared::ACCOUNT);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(_: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let scope = call.scope.clone();
        let functions = call.tx.all::<Function>(&scope, "").await?;
        let versions = call.tx.all::<FunctionVersion>(&scope, "").await?;
        let layers = call.tx.all::<LayerVersion>(&scope, "").await?;
        let code = functions.iter().map(|function| &function.latest.code);
        let code = code.chain(versions.iter().map(|version| &version.configuration.code));
        let code: BTreeSet<(&str, u64)> = code.chain(layers.iter().map(|layer| &layer.code)).map(key).collect();
        let reserved: u32 = functions.iter().filter_map(|function| function.reserved_concurrency).sum();
        let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Ok(Output {
            account_limit: AccountLimit {
                total_code_size: Some(bytes(ACCOUNT_BYTES_MAX)),
                code_size_unzipped: Some(bytes(UNPACKED_BYTES_MAX)),
                code_size_zipped: Some(bytes(BLOB_BYTES_MAX as u64)),
                concurrent_executions: Some(whole(ACCOUNT)),
                unreserved_concurrent_executions: Some(whole(ACCOUNT.saturating_sub(reserved))),
            },
            account_usage: AccountUsage {
                total_code_size: Some(bytes(code.iter().map(|(_, bytes)| bytes).sum())),
                function_count: Some(bytes(functions.len() as u64)),
            },
        })
    }
}

/// The same code of two functions is kept once.
fn key(code: &Code) -> (&str, u64) {
    (&code.sha256, code.bytes)
}
