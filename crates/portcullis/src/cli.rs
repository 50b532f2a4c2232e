//! What can be typed: commands, options and their help.

mod waf;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::settings::Options;

pub(crate) use waf::{WafArgs, WafCommand, WafExcludeArgs, WafTestArgs, WafTopArgs};

/// A self-hosted API gateway that speaks Amazon API Gateway's own APIs and enforces its security model.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs a node on a data directory until SIGTERM, then drains.
    #[command(after_help = "Examples:
  portcullis serve
  portcullis serve --data-dir /var/lib/portcullis --gateway 0.0.0.0:443 --zone apis.example.com
  portcullis serve --store postgres://portcullis@db/portcullis --master-key env:PORTCULLIS_KEY")]
    Serve(ServeArgs),
    /// Imports OpenAPI documents, deploys and serves them, and deploys again when a file changes.
    #[command(after_help = "Examples:
  portcullis run examples/pets/openapi.yaml --variable upstream=127.0.0.1:9000
  portcullis run one.yaml two.json --stage dev --gateway 127.0.0.1:0")]
    Run(RunArgs),
    /// Prints the root access key made at first start.
    #[command(after_help = "Examples:
  eval \"$(portcullis credentials)\"
  portcullis credentials --format profile >> ~/.aws/credentials")]
    Credentials(CredentialsArgs),
    /// Prints the local root certificate in PEM.
    #[command(after_help = "Example:\n  curl --cacert <(portcullis ca) https://…")]
    Ca(DirArgs),
    /// Prints a line for each method of each stage with the controls that are live, and marks those open to anybody.
    #[command(after_help = "Examples:
  portcullis coverage
  portcullis coverage | grep -w OPEN
  portcullis coverage --format json | jq '.Methods[] | select(.Open)'

A method is OPEN when its authorization is NONE and the API has no resource policy, or one that allows an anonymous caller
from every address.")]
    Coverage(AskArgs),
    /// Prints access and execution logs and those of web ACLs from the records store.
    #[command(after_help = "Examples:
  portcullis logs --follow
  portcullis logs --kind waf --acl shop --since 10m
  portcullis logs --api a1b2c3d4e5 --stage prod --kind execution --since 10m")]
    Logs(LogsArgs),
    /// Checks the installation and says what to do about what it finds.
    Doctor(AskArgs),
    /// Prints in plain words why a past request was answered so, or what would be decided about one that nobody sent.
    #[command(after_help = "Examples:
  portcullis explain 6f1c0c5e-2d0b-4d3a-9f0e-0a8f3f1f2a11
  portcullis explain GET https://a1b2c3.execute-api.us-east-1.localhost/prod/pets
  portcullis explain --as arn:aws:iam::123456789012:user/alice --from 203.0.113.7 \\
    --header 'User-Agent: curl/8' POST https://a1b2c3.execute-api.us-east-1.localhost/prod/pets

A supposed request goes through the same steps as a real one, up to whether the caller may call: nothing is counted, logged
or sent to a backend.")]
    Explain(ExplainArgs),
    /// Shows what web ACLs do, tries them, and says how to let a past request through.
    Waf(WafArgs),
    /// Puts, lists and invokes Lambda functions.
    Function(Box<FunctionArgs>),
    /// Makes and lists the accounts of the installation.
    Account(AccountArgs),
    /// Prints every operation's shapes as JSON, for the conformance test.
    #[command(hide = true)]
    Shapes,
}

/// `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) options: Options,
}

/// `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// OpenAPI 3 or Swagger 2 documents, in YAML or JSON; each becomes a REST API.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The stage to deploy to.
    #[arg(long, default_value = "dev")]
    pub(crate) stage: String,
    /// A stage variable; may be given many times.
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<String>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// Where the data directory is.
#[derive(Debug, Args)]
pub(crate) struct DirArgs {
    /// The node's data directory.
    #[arg(long, env = "PORTCULLIS_DATA_DIR", default_value = "./portcullis-data", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
}

/// `credentials`.
#[derive(Debug, Args)]
pub(crate) struct CredentialsArgs {
    #[command(flatten)]
    pub(crate) dir: DirArgs,
    /// How to print them.
    #[arg(long, value_enum, default_value = "env")]
    pub(crate) format: CredentialsFormat,
    /// Where the master key is, if not in the data directory.
    #[arg(long, env = "PORTCULLIS_MASTER_KEY_FROM", value_name = "FILE|env:NAME")]
    pub(crate) master_key: Option<String>,
}

/// How to print credentials.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CredentialsFormat {
    /// `export …` lines, the endpoint included.
    Env,
    /// One JSON object.
    Json,
    /// A section for `~/.aws/credentials`.
    Profile,
}

/// How a running node is found.
#[derive(Debug, Args)]
pub(crate) struct NodeArgs {
    #[command(flatten)]
    pub(crate) dir: DirArgs,
    /// The node's admin address, if not the one in the data directory's `endpoints.json`.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Where the master key is, if not in the data directory.
    #[arg(long, env = "PORTCULLIS_MASTER_KEY_FROM", value_name = "FILE|env:NAME")]
    pub(crate) master_key: Option<String>,
}

/// How a running node is found and asked.
#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    /// How to print the answer.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: AnswerFormat,
}

/// How to print an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// `logs`.
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    #[command(flatten)]
    pub(crate) ask: AskArgs,
    /// Go on printing new lines.
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Only this API.
    #[arg(long)]
    pub(crate) api: Option<String>,
    /// Only this stage; needs `--api`.
    #[arg(long, requires = "api")]
    pub(crate) stage: Option<String>,
    /// Which log.
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) kind: LogKind,
    /// Only this function; with `--kind function`.
    #[arg(long, conflicts_with_all = ["api", "stage"])]
    pub(crate) function: Option<String>,
    /// Only this web ACL's, by its name; with `--kind waf`.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["api", "stage", "function"])]
    pub(crate) acl: Option<String>,
    /// How far back, such as `90s`, `10m`, `2h` or `7d`.
    #[arg(long, default_value = "1h")]
    pub(crate) since: String,
    /// Only lines that hold this text.
    #[arg(long)]
    pub(crate) filter: Option<String>,
    /// At most so many lines, the oldest first; not while following.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}

/// Which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogKind {
    /// Access and execution.
    All,
    /// One line a request.
    Access,
    /// What happened inside.
    Execution,
    /// What functions print.
    Function,
    /// What web ACLs decided, where they log.
    Waf,
}

/// `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The id of a past request (`x-amzn-RequestId` of its answer, or `$context.requestId` in the access log), or the method
    /// and URL of a request to suppose.
    #[arg(required = true, num_args = 1..=2, value_names = ["ID|METHOD", "URL"])]
    pub(crate) what: Vec<String>,
    /// Who is supposed to have signed: a root user, a user, a role or a role's session. Nobody, if left out.
    #[arg(long = "as", value_name = "ARN")]
    pub(crate) caller: Option<String>,
    /// The address it is supposed to come from: 127.0.0.1, if left out.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: Option<String>,
    /// A header of it; may be given many times.
    #[arg(long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

impl ExplainArgs {
    /// Whether anything is said of a request to suppose.
    pub(crate) fn supposes(&self) -> bool {
        self.caller.is_some() || self.from.is_some() || !self.headers.is_empty()
    }
}

/// `account`.
#[derive(Debug, Args)]
pub(crate) struct AccountArgs {
    #[command(subcommand)]
    pub(crate) command: AccountCommand,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Makes an account and prints its root key as JSON. The key works at once; its secret is shown this once.
    #[command(after_help = "Examples:
  portcullis account create
  portcullis account create --id 123456789012 > team.json
  export AWS_ACCESS_KEY_ID=$(jq -r .accessKeyId team.json) AWS_SECRET_ACCESS_KEY=$(jq -r .secretAccessKey team.json)")]
    Create(AccountCreateArgs),
    /// Prints the accounts by id; the founding account, whose principals make others, is marked.
    #[command(after_help = "Examples:\n  portcullis account list\n  portcullis account list --format json")]
    List(AskArgs),
}

/// `account create`.
#[derive(Debug, Args)]
pub(crate) struct AccountCreateArgs {
    /// Twelve digits that no account has yet; random ones if left out.
    #[arg(long, value_name = "DIGITS")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// `function`.
#[derive(Debug, Args)]
pub(crate) struct FunctionArgs {
    #[command(subcommand)]
    pub(crate) command: FunctionCommand,
}

/// What to do with functions.
#[derive(Debug, Subcommand)]
pub(crate) enum FunctionCommand {
    /// Makes a function of a folder or zip archive, or gives an existing one its code and the settings that are named.
    #[command(after_help = "Examples:
  portcullis function put hello ./hello --runtime python3.12 --handler app.handler
  portcullis function put hello hello.zip
  portcullis function put report ./report --runtime nodejs22.x --handler index.handler \\
    --timeout 30 --memory 512 --env STAGE=prod --network host --publish

Without --role a new function gets the role `portcullis-function`, which is made where it is missing and may do nothing.")]
    Put(FunctionPutArgs),
    /// Prints the functions of the account.
    #[command(after_help = "Examples:\n  portcullis function list\n  portcullis function list --format json")]
    List(AskArgs),
    /// Invokes a function and prints what it answered; what it logged goes to standard error.
    #[command(after_help = "Examples:
  portcullis function invoke hello --payload '{\"name\": \"world\"}'
  portcullis function invoke hello:live --payload @event.json
  portcullis function invoke hello --event --payload '{}'

The exit code is 0 when the function succeeded and 1 when it failed.")]
    Invoke(FunctionInvokeArgs),
}

/// `function put`.
#[derive(Debug, Args)]
pub(crate) struct FunctionPutArgs {
    /// Its name.
    pub(crate) name: String,
    /// A folder, or a zip archive.
    pub(crate) path: PathBuf,
    /// What runs it, such as `python3.12`, `nodejs22.x` or `provided.al2023`; a new function needs one.
    #[arg(long)]
    pub(crate) runtime: Option<String>,
    /// `module.function`; a new function needs one.
    #[arg(long)]
    pub(crate) handler: Option<String>,
    /// The ARN of its role.
    #[arg(long, value_name = "ARN")]
    pub(crate) role: Option<String>,
    /// How long an invocation may take, in seconds.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u32>,
    /// What an instance may hold, in MB.
    #[arg(long, value_name = "MB")]
    pub(crate) memory: Option<u32>,
    /// An environment variable; may be given many times, and then replaces all that there were.
    #[arg(long = "env", value_name = "NAME=VALUE")]
    pub(crate) environment: Vec<String>,
    /// What it reaches besides itself.
    #[arg(long, value_enum)]
    pub(crate) network: Option<FunctionReach>,
    /// Publishes a version of it.
    #[arg(long)]
    pub(crate) publish: bool,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// What a function reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FunctionReach {
    /// Nothing.
    None,
    /// What the node itself reaches.
    Host,
}

/// `function invoke`.
#[derive(Debug, Args)]
pub(crate) struct FunctionInvokeArgs {
    /// Its name or ARN, with a version or alias behind a colon if one is meant.
    pub(crate) name: String,
    /// The event, JSON; `@FILE` reads it from a file.
    #[arg(long, default_value = "{}", value_name = "JSON|@FILE")]
    pub(crate) payload: String,
    /// Does not wait: it runs in the background.
    #[arg(long)]
    pub(crate) event: bool,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}
