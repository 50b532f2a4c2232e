//! Opaque tokens of paged answers: sealed, so that nobody can make one, and bound to the query they continue.

use base::seal::{MasterKey, Place, Sealed};
use base::{Scope, Secret};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Seals and opens the tokens of one operation for one query of one account.
#[derive(Debug, Clone, Copy)]
pub struct PageToken<'a> {
    /// Seals them.
    pub key: &'a MasterKey,
    /// The operation, such as `cloudtrail:LookupEvents`.
    pub operation: &'static str,
    /// Whose query it is: a token of another account does not open.
    pub scope: &'a Scope,
    /// Everything the caller must repeat unchanged, as text.
    pub query: &'a str,
}

/// A token was made by somebody else, for another query, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token does not belong to this query")]
pub struct ForeignToken;

/// A position is a few numbers or a name; longer tokens are not ours.
const TOKEN_CHARS_MAX: usize = 4096;

impl PageToken<'_> {
    /// The token of a position.
    pub fn seal<T: Serialize>(&self, position: &T) -> String {
        let text = serde_json::to_string(position).expect("positions are plain data");
        self.key.seal(place(&self.id()), &Secret::new(text)).bare().to_owned()
    }

    /// The position of a token.
    pub fn open<T: DeserializeOwned>(&self, token: &str) -> Result<T, ForeignToken> {
        if token.len() > TOKEN_CHARS_MAX {
            return Err(ForeignToken);
        }
        let text = self.key.open_text(place(&self.id()), &Sealed::from_bare(token)).map_err(|_| ForeignToken)?;
        serde_json::from_str(text.expose()).map_err(|_| ForeignToken)
    }

    fn id(&self) -> String {
        format!("{}/{}/{}\0{}", self.scope.account, self.scope.region, self.operation, self.query)
    }
}

fn place(id: &str) -> Place<'_> {
    Place { table: "page_token", id, version: 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use base::{AccountId, Region};

    use super::*;

    #[test]
    fn a_token_opens_for_its_own_query_only() {
        let (key, other_key) = (MasterKey::random(), MasterKey::random());
        let scope = |account: &str| Scope {
            account: AccountId::parse(account).unwrap(),
            region: Region::parse("eu-west-1").unwrap(),
        };
        let (one, two) = (scope("111111111111"), scope("222222222222"));
        let token = PageToken { key: &key, operation: "cloudtrail:LookupEvents", scope: &one, query: "name=a" };
        let text = token.seal(&(7_i64, "x"));
        assert_eq!(token.open::<(i64, String)>(&text), Ok((7, "x".to_owned())));
        for stranger in [
            PageToken { query: "name=b", ..token },
            PageToken { scope: &two, ..token },
            PageToken { operation: "portcullis:FilterRecords", ..token },
            PageToken { key: &other_key, ..token },
        ] {
            assert_eq!(stranger.open::<(i64, String)>(&text), Err(ForeignToken));
        }
    }

    #[test]
    fn a_token_that_was_changed_or_invented_does_not_open() {
        let key = MasterKey::random();
        let scope = Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::global() };
        let token = PageToken { key: &key, operation: "x:Y", scope: &scope, query: "" };
        let text = token.seal(&1);
        let mut cases: Vec<String> = ["", "1", "null", "sealed:1:", "\u{0}", "ÿ"].map(str::to_owned).to_vec();
        cases.extend((0..text.len()).map(|at| {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).unwrap()
        }));
        cases.push("A".repeat(TOKEN_CHARS_MAX + 1));
        for case in cases {
            assert_eq!(token.open::<i64>(&case), Err(ForeignToken), "{case}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_taken_for_a_token_of_ours(text in "[A-Za-z0-9+/]{0,200}|\\PC{0,60}") {
            let key = MasterKey::random();
            let scope = Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::global() };
            let token = PageToken { key: &key, operation: "x:Y", scope: &scope, query: "" };
            prop_assert_eq!(token.open::<String>(&text), Err(ForeignToken));
        }
    }
}
