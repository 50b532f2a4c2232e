//! GetAccessKeyInfo: whose account a key belongs to.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>

use base::Scope;
use model::iam::AccessKey;
use operation::{Call, Failure, Operation, Spec};

use crate::error::Error;
use crate::rules;
use crate::session;

/// The operation.
pub(crate) struct GetAccessKeyInfo;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccessKeyInfoRequest", upper)]
pub(crate) struct Input {
    access_key_id: String,
}

/// The account.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccessKeyInfoResponse", upper)]
pub(crate) struct Output {
    account: Option<String>,
}

impl Operation for GetAccessKeyInfo {
    const SPEC: Spec = Spec::read("GetAccessKeyInfo", "sts:GetAccessKeyInfo");
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let id = input.access_key_id.as_str();
        rules::text("accessKeyId", id, "", 16..=128)?;
        // A temporary key is stored nowhere; its id tells the account.
        let account = match session::account_of(id) {
            Some(account) => Some(account),
            None => call.tx.find::<AccessKey>("iam.access_key.id", id).await?.map(|(_, key)| key.account),
        };
        let Some(account) = account else {
            return Err(Error::Validation(format!("{id} is not a valid access key id")).into());
        };
        Ok(Output { account: Some(account.to_string()) })
    }
}
