//! What a function may be called by: its name, part of its ARN or the whole, with a qualifier behind it or beside it.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html>

use base::{AccountId, Region, Scope};
use model::lambda::Function;

use crate::error::Error;

/// `$LATEST`.
pub(crate) const LATEST: &str = "$LATEST";

/// A function that a call names, whether it exists or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionRef {
    /// Whose and where: the caller's own, unless an ARN or account says otherwise.
    pub(crate) scope: Scope,
    /// Its name.
    pub(crate) name: String,
    /// A version's number, an alias, or `$LATEST`.
    pub(crate) qualifier: Option<String>,
}

const NAME_CHARS_MAX: usize = 64;
const QUALIFIER_CHARS_MAX: usize = 128;
const PATTERN: &str = "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";

impl FunctionRef {
    /// Reads what a call names; `home` is the caller's account and the installation's region.
    pub(crate) fn parse(text: &str, qualifier: Option<&str>, home: &Scope) -> Result<Self, Error> {
        let malformed = || Error::form("functionName", text, PATTERN);
        let (whole, mut rest) = match text.strip_prefix("arn:aws:lambda:") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut scope = home.clone();
        if let Some((first, behind)) = rest.split_once(':')
            && is_region(first)
        {
            scope.region = Region::parse(first).map_err(|_| malformed())?;
            rest = behind;
        } else if whole {
            return Err(malformed());
        }
        if let Some((first, behind)) = rest.split_once(':')
            && let Ok(account) = AccountId::parse(first)
        {
            scope.account = account;
            rest = behind;
        } else if whole {
            return Err(malformed());
        }
        let kind = rest.strip_prefix("function:");
        if whole && kind.is_none() {
            return Err(malformed());
        }
        let rest = kind.unwrap_or(rest);
        let (name, behind) = match rest.split_once(':') {
            Some((name, behind)) => (name, Some(behind)),
            None => (rest, None),
        };
        if !is_word(name, NAME_CHARS_MAX) || behind.is_some_and(|behind| !is_qualifier(behind)) {
            return Err(malformed());
        }
        if scope.region != home.region {
            return Err(Error::not_found(format!(
                "Functions from '{}' are not reachable in this region ('{}')",
                scope.region, home.region
            )));
        }
        let qualifier = one_qualifier(behind, qualifier)?;
        Ok(Self { scope, name: name.to_owned(), qualifier })
    }

    /// Reads what a call names that concerns the whole function: a qualifier is refused.
    pub(crate) fn unqualified(text: &str, home: &Scope) -> Result<Self, Error> {
        let named = Self::parse(text, None, home)?;
        match &named.qualifier {
            Some(qualifier) if qualifier != LATEST => {
                Err(Error::invalid("This operation does not take a qualified function name or ARN."))
            }
            _ => Ok(Self { qualifier: None, ..named }),
        }
    }

    /// The ARN, with the qualifier if there is one.
    pub(crate) fn arn(&self) -> String {
        let arn = Function::arn_of(&self.scope, &self.name);
        match &self.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        }
    }

    /// The ARN that IAM policies name. SECURITY: it is read by the same rules as what is done afterwards; what they do not
    /// understand stands for no function, and the operation refuses it.
    pub(crate) fn resource(text: &str, qualifier: Option<&str>, home: &Scope) -> String {
        match Self::parse(text, qualifier, home) {
            Ok(named) => named.arn(),
            Err(_) => Function::arn_of(home, "(malformed)"),
        }
    }

    /// The same for what concerns the whole function.
    pub(crate) fn whole_resource(text: &str, home: &Scope) -> String {
        match Self::unqualified(text, home) {
            Ok(named) => named.arn(),
            Err(_) => Function::arn_of(home, "(malformed)"),
        }
    }

    /// The refusal of a function that does not exist.
    pub(crate) fn missing(&self) -> Error {
        Error::not_found(format!("Function not found: {}", self.arn()))
    }
}

/// A qualifier may stand behind the name or beside it; both must agree.
fn one_qualifier(behind: Option<&str>, beside: Option<&str>) -> Result<Option<String>, Error> {
    if let Some(beside) = beside
        && !is_qualifier(beside)
    {
        let constraint = "Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)";
        return Err(Error::form("qualifier", beside, constraint));
    }
    match (behind, beside) {
        (Some(behind), Some(beside)) if behind != beside => {
            Err(Error::invalid("The derived qualifier from the function name does not match the specified qualifier."))
        }
        (behind, beside) => Ok(behind.or(beside).map(str::to_owned)),
    }
}

/// Whether a text is made of the letters of names.
pub(crate) fn is_word(text: &str, chars_max: usize) -> bool {
    (1..=chars_max).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_qualifier(text: &str) -> bool {
    text == LATEST || is_word(text, QUALIFIER_CHARS_MAX)
}

/// `eu-west-1`, and nothing that could be a function's name followed by a qualifier by accident of its length.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let Some((number, words)) = parts.split_last() else { return false };
    words.len() >= 2
        && words[0].len() == 2
        && words.iter().all(|word| letters(word))
        && number.len() == 1
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// A layer, or one of its versions, that a call names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LayerRef {
    /// Its name.
    pub(crate) name: String,
    /// The version's number.
    pub(crate) number: Option<u64>,
}

const LAYER_CHARS_MAX: usize = 140;

impl LayerRef {
    /// Reads a layer's name or ARN, of the caller's own account and region.
    pub(crate) fn parse(text: &str, home: &Scope) -> Result<Self, Error> {
        let prefix = format!("arn:aws:lambda:{}:{}:layer:", home.region, home.account);
        let name = match text.strip_prefix(&prefix) {
            Some(name) => name,
            None if text.starts_with("arn:") => return Err(foreign(text)),
            None => text,
        };
        if !is_word(name, LAYER_CHARS_MAX) {
            let constraint = "Member must satisfy regular expression pattern: (arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+";
            return Err(Error::form("layerName", text, constraint));
        }
        Ok(Self { name: name.to_owned(), number: None })
    }

    /// Reads the ARN of a layer's version.
    pub(crate) fn version(arn: &str, home: &Scope) -> Result<Self, Error> {
        let constraint = "Member must satisfy regular expression pattern: arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+";
        let malformed = || Error::form("arn", arn, constraint);
        let (layer, number) = arn.rsplit_once(':').ok_or_else(malformed)?;
        let number = number.parse().map_err(|_| malformed())?;
        if !layer.starts_with("arn:") {
            return Err(malformed());
        }
        Ok(Self { number: Some(number), ..Self::parse(layer, home)? })
    }
}

/// Layers of other accounts need a permission that nobody can give here.
fn foreign(arn: &str) -> Error {
    Error::not_enforced(format!("the layer {arn} of another account or region"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn home() -> Scope {
        Scope { account: AccountId::parse("123456789012").unwrap(), region: Region::parse("eu-west-1").unwrap() }
    }

    #[test]
    fn a_function_is_named_in_every_way_of_aws() {
        let own = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        let foreign = "arn:aws:lambda:eu-west-1:999999999999:function:f";
        for (text, beside, expected) in [
            ("f", None, Some(own.to_owned())),
            ("f:7", None, Some(format!("{own}:7"))),
            ("f", Some("live"), Some(format!("{own}:live"))),
            ("f:$LATEST", None, Some(format!("{own}:$LATEST"))),
            ("function:f", None, Some(own.to_owned())),
            ("123456789012:function:f:live", None, Some(format!("{own}:live"))),
            ("123456789012:f", None, Some(own.to_owned())),
            ("eu-west-1:123456789012:function:f", None, Some(own.to_owned())),
            (own, None, Some(own.to_owned())),
            (foreign, Some("1"), Some(format!("{foreign}:1"))),
            ("999999999999:function:f", None, Some(foreign.to_owned())),
            ("f:1", Some("1"), Some(format!("{own}:1"))),
            ("f:1", Some("2"), None),
            ("arn:aws:lambda:us-east-1:123456789012:function:f", None, None),
            ("arn:aws:lambda:eu-west-1::function:f", None, None),
            ("arn:aws:lambda:eu-west-1:123456789012:layer:f", None, None),
            ("arn:aws:lambda:eu-west-1:123456789012:f", None, None),
            ("arn:aws:s3:::f", None, None),
            ("arn:aws-cn:lambda:eu-west-1:123456789012:function:f", None, None),
            ("", None, None),
            ("f:", None, None),
            ("f:a:b", None, None),
            ("f/g", None, None),
            ("f*", None, None),
            ("f", Some("*"), None),
            ("f", Some(""), None),
            ("\u{444}", None, None),
            (&"f".repeat(65), None, None),
        ] {
            let found = FunctionRef::parse(text, beside, &home()).ok().map(|named| named.arn());
            assert_eq!(found, expected, "{text} {beside:?}");
        }
    }

    #[test]
    fn what_concerns_the_whole_function_takes_no_qualifier() {
        assert!(FunctionRef::unqualified("f", &home()).is_ok());
        assert_eq!(FunctionRef::unqualified("f:$LATEST", &home()).unwrap().qualifier, None);
        assert!(FunctionRef::unqualified("f:1", &home()).is_err());
    }

    #[test]
    fn a_layer_is_of_the_own_account() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:layer:deps";
        let deps = LayerRef { name: "deps".to_owned(), number: None };
        assert_eq!(LayerRef::parse("deps", &home()), Ok(deps.clone()));
        assert_eq!(LayerRef::parse(arn, &home()), Ok(deps.clone()));
        assert_eq!(LayerRef::version(&format!("{arn}:3"), &home()), Ok(LayerRef { number: Some(3), ..deps }));
        for bad in [arn, "deps:3", "deps", "", ":1", "arn:aws:lambda:eu-west-1:999999999999:layer:deps:1"] {
            assert!(LayerRef::version(bad, &home()).is_err(), "{bad}");
        }
    }

    proptest! {
        /// What is asked of policies is what is done.
        #[test]
        fn any_name_is_one_function_of_an_arn_without_wildcards(
            text in "(arn:aws:lambda:)?(eu-west-1:)?([0-9]{12}:)?(function:)?[a-zA-Z0-9_:$*?/-]{0,20}|\\PC{0,40}",
            beside in proptest::option::of("[a-z0-9$*:]{0,8}"),
        ) {
            let resource = FunctionRef::resource(&text, beside.as_deref(), &home());
            prop_assert!(!resource.contains('*') && !resource.contains('?'));
            if let Ok(named) = FunctionRef::parse(&text, beside.as_deref(), &home()) {
                prop_assert_eq!(named.arn(), resource);
                let again = FunctionRef::parse(&named.arn(), None, &home()).unwrap();
                prop_assert_eq!(again, named);
            }
        }

        #[test]
        fn any_text_is_a_layer_or_none(text in "(arn:aws:lambda:eu-west-1:123456789012:layer:)?[a-z0-9:_-]{0,20}|\\PC{0,40}") {
            let _ = LayerRef::parse(&text, &home());
            let _ = LayerRef::version(&text, &home());
        }
    }
}
