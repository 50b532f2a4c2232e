//! Authorizers, ready to be asked: where the identity stands in a request, and who judges it.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>

use std::sync::Arc;
use std::time::Duration;

use base::id::AuthorizerId;
use regex::Regex;

use crate::{FunctionCall, JwtAuthorizer, Variable};

/// An authorizer of an API, as its deployment knows it.
#[derive(Debug)]
pub struct Authorizer {
    /// Its id.
    pub id: AuthorizerId,
    /// Its name.
    pub name: Arc<str>,
    /// Who judges.
    pub judge: AuthorizerJudge,
}

/// Who judges an identity.
#[derive(Debug)]
pub enum AuthorizerJudge {
    /// A function.
    Function(FunctionAuthorizer),
    /// The gateway itself, by the token's signature.
    Jwt(JwtAuthorizer),
    /// Nobody: it did not compile. Every request is answered 500, and the owner is told why.
    Broken {
        /// The finding's sentence.
        why: Arc<str>,
    },
}

/// An authorizer that asks a function.
#[derive(Debug)]
pub struct FunctionAuthorizer {
    /// What the function is told.
    pub identity: Identity,
    /// Which function.
    pub call: FunctionCall,
    /// How long an answer counts for the same identity; zero asks anew each time.
    pub ttl: Duration,
    /// What tells its answers from those of other authorizers, stages, deployments, and from before the stage's were
    /// thrown away.
    pub cache_scope: Arc<str>,
}

/// Where the identity stands in a request.
#[derive(Debug)]
pub enum Identity {
    /// `TOKEN`: one header.
    Token {
        /// Its name.
        header: Arc<str>,
        /// What the whole value must match before the function is asked.
        pattern: Option<Regex>,
    },
    /// `REQUEST`: the whole request; these must be there.
    Request {
        /// In the order in which they are named.
        sources: Box<[IdentitySource]>,
    },
}

/// A part of a request that tells who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentitySource {
    /// `method.request.header.NAME`.
    Header(Arc<str>),
    /// `method.request.querystring.NAME`.
    Query(Arc<str>),
    /// `stageVariables.NAME`.
    StageVariable(Arc<str>),
    /// `context.NAME`.
    Context(Variable),
}

impl IdentitySource {
    /// Reads one expression.
    pub fn parse(text: &str) -> Option<Self> {
        let name = |rest: &str, marks: &[u8]| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || marks.contains(&byte);
            (!rest.is_empty() && rest.len() <= NAME_BYTES_MAX && rest.bytes().all(fits)).then(|| Arc::from(rest))
        };
        if let Some(rest) = text.strip_prefix("method.request.header.") {
            return name(rest, b"._-").map(Self::Header);
        }
        if let Some(rest) = text.strip_prefix("method.request.querystring.") {
            return name(rest, b"._-$[]").map(Self::Query);
        }
        if let Some(rest) = text.strip_prefix("stageVariables.") {
            return name(rest, b"_").map(Self::StageVariable);
        }
        Variable::parse(text.strip_prefix("context.")?).map(Self::Context)
    }
}

impl std::fmt::Display for IdentitySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header(name) => write!(f, "method.request.header.{name}"),
            Self::Query(name) => write!(f, "method.request.querystring.{name}"),
            Self::StageVariable(name) => write!(f, "stageVariables.{name}"),
            Self::Context(variable) => write!(f, "context.{}", variable.name()),
        }
    }
}

/// Longer names stand in no request.
const NAME_BYTES_MAX: usize = 256;
/// How much memory a compiled validation expression may take.
const PATTERN_BYTES_MAX: usize = 1 << 20;
/// More identity sources than anybody names.
const SOURCES_MAX: usize = 32;

/// Why an identity cannot be read as its authorizer says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoIdentity {
    /// Not one header.
    #[error(
        "Invalid token source expression: {0}. The source must be a method request header, matching 'method.request.header.[a-zA-Z0-9._-]+'."
    )]
    Token(String),
    /// Not a source of a request.
    #[error(
        "Invalid identity source expression: {0}. Identity sources are method.request.header.NAME, method.request.querystring.NAME, stageVariables.NAME and context.NAME."
    )]
    Source(String),
    /// Too many.
    #[error("An authorizer has at most {SOURCES_MAX} identity sources")]
    Many,
    /// Not a regular expression of linear time.
    #[error("Invalid identity validation expression: {0}")]
    Pattern(String),
}

impl Identity {
    /// The identity of a `TOKEN` authorizer.
    pub fn token(source: &str, pattern: Option<&str>) -> Result<Self, NoIdentity> {
        let Some(IdentitySource::Header(header)) = IdentitySource::parse(source) else {
            return Err(NoIdentity::Token(source.to_owned()));
        };
        let pattern = pattern.filter(|pattern| !pattern.is_empty()).map(whole).transpose()?;
        Ok(Self::Token { header, pattern })
    }

    /// The identity of a `REQUEST` authorizer: a list with commas, perhaps empty.
    pub fn request(sources: &str) -> Result<Self, NoIdentity> {
        let named = sources.split(',').map(str::trim).filter(|source| !source.is_empty());
        let parse = |source: &str| IdentitySource::parse(source).ok_or_else(|| NoIdentity::Source(source.to_owned()));
        let sources: Box<[_]> = named.map(parse).collect::<Result<_, _>>()?;
        if sources.len() > SOURCES_MAX {
            return Err(NoIdentity::Many);
        }
        Ok(Self::Request { sources })
    }
}

/// AWS matches the whole token. By itself too: `a)|(?:b` would fit into the group around it, and then match more.
fn whole(pattern: &str) -> Result<Regex, NoIdentity> {
    let build = |text: &str| regex::RegexBuilder::new(text).size_limit(PATTERN_BYTES_MAX).build();
    let wrong = |_| NoIdentity::Pattern(pattern.to_owned());
    build(pattern).map_err(wrong)?;
    build(&format!("^(?:{pattern})$")).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_one_header_and_matches_as_a_whole() {
        let Ok(Identity::Token { header, pattern: Some(pattern) }) =
            Identity::token("method.request.header.Auth", Some("Bearer [a-z]+"))
        else {
            panic!("a token")
        };
        assert_eq!(&*header, "Auth");
        for (token, good) in
            [("Bearer abc", true), ("xBearer abc", false), ("Bearer abc\n", false), ("Bearer ABC", false)]
        {
            assert_eq!(pattern.is_match(token), good, "{token:?}");
        }
        for source in
            ["", "Auth", "method.request.querystring.a", "method.request.header.", "method.request.header.a,b"]
        {
            assert!(Identity::token(source, None).is_err(), "{source}");
        }
        for pattern in ["(", "a)|(?:b", "(a{1000}){1000}"] {
            assert!(Identity::token("method.request.header.A", Some(pattern)).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_request_may_name_several_sources_or_none() {
        let text = "method.request.header.A, method.request.querystring.b,stageVariables.c,context.identity.sourceIp";
        let Ok(Identity::Request { sources }) = Identity::request(text) else { panic!("sources") };
        assert_eq!(sources.iter().map(ToString::to_string).collect::<Vec<_>>().join(","), text.replace(' ', ""));
        assert!(matches!(Identity::request(""), Ok(Identity::Request { sources }) if sources.is_empty()));
        for source in ["method.request.path.id", "method.request.body", "context.nonsense", "x"] {
            assert!(Identity::request(source).is_err(), "{source}");
        }
    }

    proptest! {
        #[test]
        fn any_source_says_itself_again(text in "(method\\.request\\.(header|querystring)\\.|stageVariables\\.|context\\.)?[a-zA-Z.\\PC]{0,20}") {
            if let Some(source) = IdentitySource::parse(&text) {
                prop_assert_eq!(source.to_string(), text);
            }
        }
    }
}
