//! `portcullis waf`, as it is typed.

use clap::{Args, Subcommand};

use super::AskArgs;

/// `waf`.
#[derive(Debug, Args)]
pub(crate) struct WafArgs {
    #[command(subcommand)]
    pub(crate) command: WafCommand,
}

/// What to do with web ACLs.
#[derive(Debug, Subcommand)]
pub(crate) enum WafCommand {
    /// Prints what the rules of each web ACL did on this node since it started, and what they take of a request.
    #[command(after_help = "Examples:
  portcullis waf top
  portcullis waf top --acl shop --format json | jq '.[0].Rules[] | select(.Blocked > 0)'

One request in 256 is timed. `(shared)` is the search for the texts that many rules wait for. What several rules look into is
read for the first of them.")]
    Top(WafTopArgs),
    /// Runs raw HTTP requests through a web ACL: a line each with what it would do, and by which rule. Nothing is counted.
    #[command(after_help = "Examples:
  portcullis waf test --acl shop < requests.http
  printf 'GET /?q=<script> HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n' | portcullis waf test --acl shop

Requests stand one after the other, as long as their Content-Length says, or with lines of ### between them. Lines may end
with a line feed alone, and `GET https://a.example/path` is a whole request.")]
    Test(WafTestArgs),
    /// Prints the narrowest change of a web ACL that would have let a past request through, and what that opens.
    #[command(after_help = "Example:\n  portcullis waf exclude --request 6f1c0c5e-2d0b-4d3a-9f0e-0a8f3f1f2a11

Nothing is changed: put what it prints into the web ACL. Search strings stand in base64, as AWS's API takes them.")]
    Exclude(WafExcludeArgs),
}

/// `waf top`.
#[derive(Debug, Args)]
pub(crate) struct WafTopArgs {
    /// Only this web ACL: its name, its id or its ARN.
    #[arg(long)]
    pub(crate) acl: Option<String>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// `waf test`.
#[derive(Debug, Args)]
pub(crate) struct WafTestArgs {
    /// The web ACL: its name, its id or its ARN.
    #[arg(long)]
    pub(crate) acl: String,
    /// The address they are supposed to come from: 127.0.0.1, if left out.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// `waf exclude`.
#[derive(Debug, Args)]
pub(crate) struct WafExcludeArgs {
    /// The id of the request: `x-amzn-RequestId` of its answer, or `requestId` in the web ACL's log.
    #[arg(long, value_name = "ID")]
    pub(crate) request: String,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}
