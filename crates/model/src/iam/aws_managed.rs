//! AWS's own managed policies, as far as they concern this product: every account may attach them by name.
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>

/// A policy that AWS manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwsManaged {
    /// Its name.
    pub name: &'static str,
    /// Its path.
    pub path: &'static str,
    /// Its unique id.
    pub id: &'static str,
    /// The number of its version in force.
    pub version: u32,
    /// What AWS says of it.
    pub description: &'static str,
    /// The document of that version.
    pub document: &'static str,
}

impl AwsManaged {
    /// `arn:aws:iam::aws:policy/path/name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}{}", self.path, self.name)
    }
}

/// All of them, by name.
pub const ALL: &[AwsManaged] = &[
    AwsManaged {
        name: "AdministratorAccess",
        path: "/",
        id: "ANPAIWMBCKSKIEE64ZLYK",
        version: 1,
        description: "Provides full access to AWS services and resources.",
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    },
    AwsManaged {
        name: "AmazonAPIGatewayAdministrator",
        path: "/",
        id: "ANPAJ4PT6VY5NLKTNUYSI",
        version: 1,
        description: "Provides full access to create/edit/delete APIs in Amazon API Gateway via the AWS Management Console.",
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["apigateway:*"],"Resource":"arn:aws:apigateway:*::/*"}]}"#,
    },
    AwsManaged {
        name: "AmazonAPIGatewayInvokeFullAccess",
        path: "/",
        id: "ANPAIIWAX2NOOQJ4AIEQ6",
        version: 1,
        description: "Provides full access to invoke APIs in Amazon API Gateway.",
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["execute-api:Invoke","execute-api:ManageConnections"],"Resource":"arn:aws:execute-api:*:*:*"}]}"#,
    },
];
