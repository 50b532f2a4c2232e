//! Mapping templates: static text only, until the mapping language exists.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html>

use std::collections::BTreeMap;

use super::media_type;
use crate::error::Error;

/// The largest template (AWS: 300 KB).
const TEMPLATE_BYTES_MAX: usize = 307_200;

/// Checks a map from media type to template.
pub(crate) fn check(templates: &BTreeMap<String, String>) -> Result<(), Error> {
    for (media_type, template) in templates {
        media_type::check(media_type)?;
        if template.len() > TEMPLATE_BYTES_MAX {
            return Err(Error::bad_request(format!(
                "Invalid mapping template specified: it can be at most {TEMPLATE_BYTES_MAX} bytes"
            )));
        }
        if !template_is_static(template) {
            return Err(Error::not_enforced(format!(
                "a `$` reference or `#` directive in the mapping template for `{media_type}` (templates are static text \
                 until the mapping language comes in a later version)"
            )));
        }
    }
    Ok(())
}

/// Whether the mapping language would answer the text as it stands: no `$` reference, no `#` directive or comment.
pub(crate) fn template_is_static(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.windows(2).any(|pair| match pair[0] {
        b'$' => pair[1].is_ascii_alphabetic() || matches!(pair[1], b'{' | b'!' | b'_' | b'$'),
        b'#' => pair[1].is_ascii_alphabetic() || matches!(pair[1], b'{' | b'#' | b'*' | b'[' | b'@' | b'_'),
        // A backslash before either escapes it and is taken away.
        b'\\' => matches!(pair[1], b'$' | b'#'),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_text_has_no_reference_and_no_directive() {
        for (text, is_static) in [
            ("{\"statusCode\": 200}", true),
            ("", true),
            ("costs 5 $, or $5", true),
            ("issue #5, # alone, #", true),
            ("$", true),
            ("\\n", true),
            ("$input.json('$')", false),
            ("$!input", false),
            ("${x}", false),
            ("$$x", false),
            ("#set($a = 1)", false),
            ("#{if}(true)#end", false),
            ("## comment", false),
            ("#* comment *#", false),
            ("#[[literal]]#", false),
            ("#@macro()", false),
            ("\\$x", false),
            ("\\#if", false),
        ] {
            assert_eq!(template_is_static(text), is_static, "{text}");
        }
    }

    #[test]
    fn a_template_that_is_not_static_is_refused_by_name() {
        let of = |key: &str, text: &str| check(&BTreeMap::from([(key.to_owned(), text.to_owned())]));
        assert_eq!(of("application/json", "{}"), Ok(()));
        assert!(matches!(of("application/json", "$input"), Err(Error::NotEnforced { .. })));
        assert!(matches!(of("123", "{}"), Err(Error::BadRequest(_))));
        assert!(matches!(of("text/plain", &"x".repeat(TEMPLATE_BYTES_MAX + 1)), Err(Error::BadRequest(_))));
    }
}
