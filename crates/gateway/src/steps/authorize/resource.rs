//! The ARN that policies see for a request.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html>

use percent_encoding::percent_decode_str;
use snapshot::Stage;

use crate::request::Request;

/// The resource of one call.
#[derive(Debug)]
pub(super) struct Resource {
    /// `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{VERB}/{path}`.
    pub(super) arn: String,
}

impl Resource {
    /// Of a request for `stage`. SECURITY: policies see the path that was routed, so what routing takes for one path is one
    /// resource: escapes of plain characters are decoded, and a slash at the end does not count.
    pub(super) fn of(request: &Request, stage: &Stage) -> Self {
        let verb = request.verb.as_ref().map_or("", http::Method::as_str);
        let path = request.target.as_ref().map_or("/", crate::target::Target::rest);
        Self::at(stage, verb, path)
    }

    /// Of a path behind the stage.
    pub(super) fn at(stage: &Stage, verb: &str, path: &str) -> Self {
        let mut arn = String::with_capacity(stage.arn.len() + verb.len() + 1 + path.len());
        for part in [&stage.arn, verb, "/"] {
            arn.push_str(part);
        }
        put_path(path.trim_matches('/'), &mut arn);
        Self { arn }
    }

    /// The ARN as callers see it: of the account only the last four digits.
    pub(super) fn masked(&self, stage: &Stage) -> String {
        let account = stage.scope.account.as_str();
        let shown = format!("********{}", &account[account.len() - 4..]);
        self.arn.replacen(account, &shown, 1)
    }
}

/// Decodes what stands for itself. An encoded slash is no separator, and `%` stays told apart from what it would encode.
fn put_path(path: &str, arn: &mut String) {
    if !path.contains('%') {
        arn.push_str(path);
        return;
    }
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            arn.push('/');
        }
        match percent_decode_str(segment).decode_utf8() {
            Ok(decoded) => {
                for char in decoded.chars() {
                    match char {
                        '/' => arn.push_str("%2F"),
                        '%' => arn.push_str("%25"),
                        plain => arn.push(plain),
                    }
                }
            }
            // Such a path has a flaw and is refused before it gets here.
            Err(_) => arn.push_str(segment),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> String {
        let mut out = String::new();
        put_path(text, &mut out);
        out
    }

    #[test]
    fn what_is_routed_alike_is_one_resource() {
        for (sent, seen) in [
            ("pets/7", "pets/7"),
            ("%61dmin/x", "admin/x"),
            ("a%2Fb", "a%2Fb"),
            ("a%2fb", "a%2Fb"),
            ("a%252Fb", "a%252Fb"),
            ("caf%C3%A9", "caf\u{e9}"),
            ("a%2A", "a*"),
            ("", ""),
        ] {
            assert_eq!(path(sent), seen, "{sent}");
        }
    }

    proptest! {
        #[test]
        fn a_path_never_gains_a_segment(text in "([a-z/]|%2[Ff]|%25|%61){0,40}") {
            prop_assert_eq!(path(&text).matches('/').count(), text.matches('/').count());
        }
    }
}
