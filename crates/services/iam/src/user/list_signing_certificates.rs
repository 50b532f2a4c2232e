//! ListSigningCertificates: a user's X.509 certificates. Nothing registers one, so the list is empty.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html>

use base::{Scope, Timestamp};
use model::iam::Owner;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::access_key::KeyStatus;
use crate::error::declared;
use crate::page::Page;
use crate::{caller, find};

/// The operation.
pub(crate) struct ListSigningCertificates;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListSigningCertificatesRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// No certificates.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListSigningCertificatesResponse", upper)]
pub(crate) struct Output {
    certificates: Vec<Certificate>,
    is_truncated: bool,
    marker: Option<String>,
}

/// What a certificate would be.
#[derive(Debug, wire::Shape)]
#[shape(name = "SigningCertificate", upper)]
struct Certificate {
    user_name: String,
    certificate_id: String,
    certificate_body: String,
    status: KeyStatus,
    upload_date: Option<Timestamp>,
}

impl Operation for ListSigningCertificates {
    const SPEC: Spec = Spec::read("ListSigningCertificates", "iam:ListSigningCertificates")
        .errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(input.user_name.as_deref())
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        Page::read(call, "iam:ListSigningCertificates", "", input.marker.as_deref(), input.max_items)?;
        if let Owner::User(name) = caller::meant(call, input.user_name.as_deref())? {
            find::user(call, &name).await?;
        }
        Ok(Output { certificates: Vec::new(), is_truncated: false, marker: None })
    }
}
