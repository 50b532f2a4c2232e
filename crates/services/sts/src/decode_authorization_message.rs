//! DecodeAuthorizationMessage: why a call was denied, for those of its account who may know.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use base::Scope;
use model::iam::authorization_message;
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};

/// The operation.
pub(crate) struct DecodeAuthorizationMessage;

/// What it takes: the message in the header `x-portcullis-encoded-authorization-message` of a denial.
#[derive(Debug, wire::Shape)]
#[shape(name = "DecodeAuthorizationMessageRequest", upper)]
pub(crate) struct Input {
    encoded_message: String,
}

/// The decision, as JSON.
#[derive(Debug, wire::Shape)]
#[shape(name = "DecodeAuthorizationMessageResponse", upper)]
pub(crate) struct Output {
    decoded_message: Option<String>,
}

impl Operation for DecodeAuthorizationMessage {
    const SPEC: Spec =
        Spec::read("DecodeAuthorizationMessage", "sts:DecodeAuthorizationMessage").errors(&[declared::INVALID_MESSAGE]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let account = call.principal.account();
        let text = authorization_message::open(&call.ports.master_key, account, &input.encoded_message);
        Ok(Output { decoded_message: Some(text.map_err(|_| Error::InvalidAuthorizationMessage)?) })
    }
}
