//! GetAccessKeyLastUsed: whose a key is, and when, where and for what it last signed.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html>

use base::id::AccessKeyId;
use base::{Scope, Timestamp};
use model::iam::{AccessKey, AccessKeyUse};
use operation::{Call, Failure, Operation, Spec};

use super::{audited, missing, name_of};
use crate::time::whole_second;

/// The operation.
pub(crate) struct GetAccessKeyLastUsed;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccessKeyLastUsedRequest", upper)]
pub(crate) struct Input {
    access_key_id: String,
}

/// The key's last use.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccessKeyLastUsedResponse", upper)]
pub(crate) struct Output {
    user_name: Option<String>,
    access_key_last_used: LastUsed,
}

/// A use, or that there was none.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "AccessKeyLastUsed", upper)]
struct LastUsed {
    last_used_date: Option<Timestamp>,
    service_name: String,
    region: String,
}

/// AWS's words for what there is none of.
const NONE: &str = "N/A";

impl Operation for GetAccessKeyLastUsed {
    const SPEC: Spec = Spec::read("GetAccessKeyLastUsed", "iam:GetAccessKeyLastUsed");
    type Input = Input;
    type Output = Output;

    // The input does not tell whose the key is.
    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.access_key_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let id = AccessKeyId::parse(&input.access_key_id).map_err(|_| missing(&input.access_key_id))?;
        let key = call.tx.get::<AccessKey>(&call.scope, id.as_str()).await?;
        let key = key.ok_or_else(|| missing(id.as_str()))?;
        let used = call.tx.get::<AccessKeyUse>(&call.scope, id.as_str()).await?;
        let access_key_last_used = match used {
            Some(used) => LastUsed {
                last_used_date: Some(whole_second(used.when)),
                service_name: used.service,
                region: used.region,
            },
            None => LastUsed { last_used_date: None, service_name: NONE.to_owned(), region: NONE.to_owned() },
        };
        Ok(Output { user_name: name_of(&key.owner), access_key_last_used })
    }
}
