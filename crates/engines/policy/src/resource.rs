//! ARNs and their patterns: wildcards stay within the segment they stand in, only the last one is free.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use crate::malformed::cut;
use crate::pattern::{Fit, Pattern, Token, VariableKey, Variables, Wildcards, tokens};
use crate::{Keys, MalformedPolicy};

/// `arn`, partition, service, region, account, resource.
const SEGMENTS: usize = 6;

/// The resource of a request, cut at its first five colons when it is an ARN.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResourceName<'a> {
    pub(crate) text: &'a str,
    segments: Option<[&'a str; SEGMENTS]>,
}

impl<'a> ResourceName<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut segments = [""; SEGMENTS];
        let mut count = 0;
        for (place, part) in segments.iter_mut().zip(text.splitn(SEGMENTS, ':')) {
            *place = part;
            count += 1;
        }
        let is_arn = count == SEGMENTS && segments[0] == "arn";
        Self { text, segments: is_arn.then_some(segments) }
    }
}

/// One entry of a `Resource` element, or a value of an ARN condition.
#[derive(Debug, Clone)]
pub(crate) enum ResourcePattern {
    /// `*`: also what is no ARN.
    Any,
    /// A pattern for each segment behind `arn`.
    Segments(Box<[Pattern; SEGMENTS - 1]>),
}

impl ResourcePattern {
    /// Compiles an entry of `Resource`. As in AWS, segments that are left out at the end are `*`.
    pub(crate) fn compile(text: &str, variables: Variables) -> Result<Self, MalformedPolicy> {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Ok(Self::Any);
        }
        check(text)?;
        let missing = SEGMENTS.saturating_sub(text.split(':').count());
        let whole = if missing == 0 { text } else { &format!("{text}{}", ":*".repeat(missing)) };
        Self::compile_arn(whole, variables).map_err(|fault| match fault {
            ArnFault::NotAnArn => MalformedPolicy::NotAnArn(cut(text)),
            ArnFault::Pattern(fault) => MalformedPolicy::syntax(format!("the resource `{}`: {fault}", cut(text))),
        })
    }

    /// Compiles any ARN pattern.
    pub(crate) fn compile_arn(text: &str, variables: Variables) -> Result<Self, ArnFault> {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Ok(Self::Any);
        }
        let tokens = tokens(text, Wildcards::Special, variables).map_err(ArnFault::Pattern)?;
        let mut segments = split(tokens).into_iter();
        let first = segments.next().unwrap_or_default();
        if !matches!(first.as_slice(), [Token::Literal(arn)] if arn == "arn") {
            return Err(ArnFault::NotAnArn);
        }
        let patterns: Vec<Pattern> = segments.map(Pattern::from_tokens).collect();
        let patterns: [Pattern; SEGMENTS - 1] = patterns.try_into().map_err(|_| ArnFault::NotAnArn)?;
        Ok(Self::Segments(Box::new(patterns)))
    }

    /// The last segment of an ARN that fits, with `filler` in the place of every `*`.
    pub(crate) fn sample(&self, filler: &str) -> String {
        match self {
            Self::Any => filler.to_owned(),
            Self::Segments(patterns) => patterns[SEGMENTS - 2].sample(filler),
        }
    }

    /// The keys of its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = VariableKey<'_>> {
        let patterns: &[Pattern] = match self {
            Self::Any => &[],
            Self::Segments(patterns) => &**patterns,
        };
        patterns.iter().flat_map(Pattern::variables)
    }

    /// Tells whether `name` is one of the resources meant.
    pub(crate) fn fits(&self, name: &ResourceName<'_>, keys: &Keys) -> Fit {
        let patterns = match self {
            Self::Any => return Fit::Yes,
            Self::Segments(patterns) => patterns,
        };
        let Some(segments) = &name.segments else { return Fit::No };
        if !patterns.iter().any(Pattern::has_variables) {
            // The last segment tells most resources apart.
            let mut pairs = patterns.iter().zip(&segments[1..]).rev();
            let fits = pairs.all(|(pattern, segment)| pattern.fits(segment, keys) == Fit::Yes);
            return if fits { Fit::Yes } else { Fit::No };
        }
        let mut fit = Fit::Yes;
        for (pattern, segment) in patterns.iter().zip(&segments[1..]) {
            match pattern.fits(segment, keys) {
                Fit::Yes => {}
                Fit::NoValue => return Fit::NoValue,
                Fit::No => fit = Fit::No,
            }
        }
        fit
    }
}

/// Why a text is no ARN pattern.
#[derive(Debug)]
pub(crate) enum ArnFault {
    NotAnArn,
    Pattern(&'static str),
}

const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// What resources of IAM begin with.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// AWS's own checks of an entry of `Resource`, in its order.
fn check(text: &str) -> Result<(), MalformedPolicy> {
    let segments: Vec<&str> = text.splitn(SEGMENTS, ':').collect();
    let at = |place: usize| segments.get(place).copied();
    let Some(partition) = at(1) else { return Err(MalformedPolicy::NotAnArn(cut(text))) };
    if !PARTITIONS.contains(&partition) && !partition.contains(['*', '?', '$']) || partition.contains('/') {
        let told = |place: usize| at(place).filter(|segment| segments.len() > 3 || !segment.is_empty()).unwrap_or("*");
        let resource = format!("arn:{partition}:{}:{}:{}:{}", told(2), told(3), told(4), told(5));
        return Err(MalformedPolicy::Partition { partition: cut(partition), resource: cut(&resource) });
    }
    let Some(service) = at(2) else { return Err(MalformedPolicy::ResourceVendor(cut(text))) };
    // The older rules: a service, and no empty segment in an ARN that is cut short.
    if service.is_empty() || segments.len() < SEGMENTS && text.contains("::") {
        return Err(MalformedPolicy::Legacy(format!("the resource `{}` is cut short", cut(text))));
    }
    let has_region = at(3).is_some_and(|region| !region.is_empty());
    match service {
        "iam" if has_region => Err(MalformedPolicy::IamRegion(cut(text))),
        "s3" if has_region && !at(5).is_some_and(|name| name.starts_with("accesspoint/")) => {
            Err(MalformedPolicy::S3Region(cut(text)))
        }
        "iam" => match at(5) {
            Some(path) if IAM_PATHS.iter().any(|start| path.starts_with(start)) || path.starts_with(['*', '$']) => {
                Ok(())
            }
            Some(_) | None => Err(MalformedPolicy::IamPath(cut(text))),
        },
        _ => Ok(()),
    }
}

/// Cuts tokens at their first five literal colons; a colon inside a variable's name is not one.
fn split(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut segments = vec![Vec::new()];
    for token in tokens {
        let text = match token {
            Token::Literal(text) => text,
            other @ (Token::AnyRun | Token::AnyChar | Token::Variable { .. }) => {
                push(&mut segments, other);
                continue;
            }
        };
        let mut rest = text.as_str();
        while segments.len() < SEGMENTS
            && let Some((before, after)) = rest.split_once(':')
        {
            push_literal(&mut segments, before);
            segments.push(Vec::new());
            rest = after;
        }
        push_literal(&mut segments, rest);
    }
    segments
}

fn push(segments: &mut [Vec<Token>], token: Token) {
    if let Some(last) = segments.last_mut() {
        last.push(token);
    }
}

fn push_literal(segments: &mut [Vec<Token>], text: &str) {
    if !text.is_empty() {
        push(segments, Token::Literal(text.to_owned()));
    }
}
