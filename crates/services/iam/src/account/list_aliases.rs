//! ListAccountAliases: the account's name, if it has one.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html>

use base::Scope;
use model::iam::AccountAlias;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::page::Page;

/// The operation.
pub(crate) struct ListAccountAliases;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAccountAliasesRequest", upper)]
pub(crate) struct Input {
    marker: Option<String>,
    max_items: Option<i32>,
}

/// At most one alias.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAccountAliasesResponse", upper)]
pub(crate) struct Output {
    account_aliases: Vec<String>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListAccountAliases {
    const SPEC: Spec = Spec::read("ListAccountAliases", "iam:ListAccountAliases").errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        Page::read(call, "iam:ListAccountAliases", "", input.marker.as_deref(), input.max_items)?;
        let aliases = call.tx.all::<AccountAlias>(&call.scope, "").await?;
        let account_aliases = aliases.into_iter().map(|known| known.alias).collect();
        Ok(Output { account_aliases, is_truncated: false, marker: None })
    }
}
