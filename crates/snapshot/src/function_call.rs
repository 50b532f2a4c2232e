//! Which function API Gateway invokes, and by whose leave.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html>

use std::sync::Arc;

use base::{AccountId, Region};

use crate::FunctionName;

/// A function that an integration or an authorizer invokes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCall {
    /// Its ARN, with its qualifier if one is named: what permissions are about.
    pub arn: Arc<str>,
    /// Its account and name.
    pub function: FunctionName,
    /// A version's number, an alias, or `$LATEST`.
    pub qualifier: Option<Arc<str>>,
    /// What it is invoked for: `aws:SourceArn` in the function's policy.
    pub source_arn: Arc<str>,
    /// By whose leave.
    pub invoker: FunctionInvoker,
}

/// By whose leave a function is invoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FunctionInvoker {
    /// API Gateway's own: the function's policy must let it in.
    Gateway,
    /// A role's, which must trust API Gateway and may invoke the function.
    Role(Arc<str>),
    /// Whoever signed the request (`arn:aws:iam::*:user/*`).
    Caller,
}

impl FunctionInvoker {
    /// The credentials that stand for the caller's own.
    pub const CALLER: &'static str = "arn:aws:iam::*:user/*";
}

/// A function as a URI names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionArn {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: Arc<str>,
    /// The qualifier.
    pub qualifier: Option<Arc<str>>,
}

/// Why a text is not the ARN of an invocation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoInvocation {
    /// It does not invoke anything.
    #[error("it is not `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION-ARN/invocations`")]
    Form,
    /// It means another service of AWS.
    #[error("it calls `{0}`, and only functions are called")]
    Service(String),
    /// What is invoked is not a function's ARN.
    #[error("`{0}` is not the ARN of a function")]
    Function(String),
}

const PATH: &str = "path/2015-03-31/functions/";
const INVOCATIONS: &str = "/invocations";

impl FunctionArn {
    /// Reads `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations`.
    pub fn of_invocation(uri: &str) -> Result<Self, NoInvocation> {
        let rest = uri.strip_prefix("arn:aws:apigateway:").ok_or(NoInvocation::Form)?;
        let (region, rest) = rest.split_once(':').ok_or(NoInvocation::Form)?;
        let (service, action) = rest.split_once(':').ok_or(NoInvocation::Form)?;
        if service != "lambda" {
            return Err(NoInvocation::Service(service.chars().take(64).collect()));
        }
        let function = action.strip_prefix(PATH).and_then(|rest| rest.strip_suffix(INVOCATIONS));
        let function = Self::parse(function.ok_or(NoInvocation::Form)?)?;
        if function.region.as_str() != region {
            return Err(NoInvocation::Form);
        }
        Ok(function)
    }

    /// Reads `arn:aws:lambda:{region}:{account}:function:{name}[:{qualifier}]`.
    pub fn parse(arn: &str) -> Result<Self, NoInvocation> {
        let wrong = || NoInvocation::Function(arn.chars().take(256).collect());
        let mut parts = arn.split(':');
        let head = [parts.next(), parts.next(), parts.next()];
        let (region, account, kind) = (parts.next(), parts.next(), parts.next());
        let (name, qualifier, more) = (parts.next(), parts.next(), parts.next());
        if head != [Some("arn"), Some("aws"), Some("lambda")] || kind != Some("function") || more.is_some() {
            return Err(wrong());
        }
        let fits = |text: &str, marks: &[u8]| {
            (1..=140).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
        };
        let name = name.filter(|name| fits(name, b"-_")).ok_or_else(wrong)?;
        if qualifier.is_some_and(|qualifier| !fits(qualifier, b"-_$")) {
            return Err(wrong());
        }
        Ok(Self {
            region: region.and_then(|region| Region::parse(region).ok()).ok_or_else(wrong)?,
            account: account.and_then(|account| AccountId::parse(account).ok()).ok_or_else(wrong)?,
            name: name.into(),
            qualifier: qualifier.map(Arc::from),
        })
    }

    /// The invocation of this function for `source_arn`.
    pub fn call(self, source_arn: Arc<str>, invoker: FunctionInvoker) -> FunctionCall {
        let Self { region, account, name, qualifier } = self;
        let mut arn = format!("arn:aws:lambda:{region}:{account}:function:{name}");
        if let Some(qualifier) = &qualifier {
            arn.push(':');
            arn.push_str(qualifier);
        }
        FunctionCall { arn: arn.into(), function: FunctionName { account, name }, qualifier, source_arn, invoker }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:auth";

    fn uri(arn: &str) -> String {
        format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations")
    }

    #[test]
    fn an_invocation_names_a_function_and_perhaps_a_qualifier() {
        let plain = FunctionArn::of_invocation(&uri(ARN)).expect("good");
        assert_eq!((&*plain.name, plain.qualifier.as_deref()), ("auth", None));
        let live = FunctionArn::of_invocation(&uri(&format!("{ARN}:live"))).expect("good");
        let call = live.call("arn:aws:execute-api:x".into(), FunctionInvoker::Gateway);
        assert_eq!((&*call.arn, call.qualifier.as_deref()), (&*format!("{ARN}:live"), Some("live")));
    }

    #[test]
    fn everything_else_is_told_apart() {
        let other = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue";
        assert_eq!(FunctionArn::of_invocation(other), Err(NoInvocation::Service("sqs".to_owned())));
        for text in [
            "",
            ARN,
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/",
            "arn:aws:apigateway:us-east-1:lambda:action/Invoke",
            &uri(ARN).replace("apigateway:us-east-1", "apigateway:eu-west-1"),
            &uri(&format!("{ARN}:a:b")),
            &uri(&format!("{ARN}/../x")),
            &uri(""),
            &uri("arn:aws:lambda:us-east-1:12:function:auth"),
            &uri("arn:aws:lambda:us-east-1:123456789012:layer:auth"),
        ] {
            assert!(FunctionArn::of_invocation(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_function_or_none(text in "(arn:aws:lambda:us-east-1:123456789012:function:)?[a-z:/$.\\PC]{0,20}") {
            if let Ok(function) = FunctionArn::of_invocation(&uri(&text)) {
                prop_assert_eq!(&*function.call("x".into(), FunctionInvoker::Gateway).arn, text);
            }
        }
    }
}
