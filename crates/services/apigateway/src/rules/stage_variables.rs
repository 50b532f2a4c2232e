//! Stage variables. <https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html>

use std::collections::BTreeMap;

use base::limits::{STAGE_VARIABLE_NAME_CHARS_MAX, STAGE_VARIABLE_VALUE_CHARS_MAX, STAGE_VARIABLES_MAX};

use crate::error::Error;

/// Checks all of a stage's variables.
pub(crate) fn check(variables: &BTreeMap<String, String>) -> Result<(), Error> {
    if variables.len() > STAGE_VARIABLES_MAX {
        return Err(Error::bad_request(format!("A stage can have at most {STAGE_VARIABLES_MAX} stage variables")));
    }
    variables.iter().try_for_each(|(name, value)| {
        if !is_name(name) {
            let name: String = name.chars().take(STAGE_VARIABLE_NAME_CHARS_MAX).collect();
            return Err(Error::bad_request(format!(
                "Invalid stage variable name: {name}. Please use alphanumeric characters and underscores only."
            )));
        }
        if !is_value(value) {
            let value: String = value.chars().take(STAGE_VARIABLE_VALUE_CHARS_MAX).collect();
            return Err(Error::bad_request(format!(
                "Invalid stage variable value: {value}. Please use values with alphanumeric characters and the symbols \
                 ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
            )));
        }
        Ok(())
    })
}

/// Letters, digits and underscores.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.len() <= STAGE_VARIABLE_NAME_CHARS_MAX && name.bytes().all(fits)
}

/// AWS: `[A-Za-z0-9-._~:/?#&=,]+`.
fn is_value(value: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
    !value.is_empty() && value.len() <= STAGE_VARIABLE_VALUE_CHARS_MAX && value.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_keeps_to_its_alphabet() {
        for (name, value, good) in [
            ("host", "upstream.example:8080", true),
            ("a_1", "x/y?z=1&w=2,3", true),
            ("a-b", "x", false),
            ("", "x", false),
            ("a", "", false),
            ("a", "x y", false),
            ("a", "x\r\ny", false),
            ("a", "<script>", false),
            ("a", "ä", false),
            (&"n".repeat(65), "x", false),
            ("a", &"v".repeat(513), false),
        ] {
            let variables = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            assert_eq!(check(&variables).is_ok(), good, "{name:?} {value:?}");
        }
    }

    #[test]
    fn a_stage_has_a_hundred_variables_at_most() {
        let many = |count: usize| (0..count).map(|number| (format!("v{number}"), "x".to_owned())).collect();
        assert!(check(&many(100)).is_ok() && check(&many(101)).is_err());
    }
}
