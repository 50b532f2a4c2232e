//! Lists in pages: where a caller goes on, how much there is in a page, and the token of the next one.

use base::Scope;
use base::seal::MasterKey;

use crate::page_token::ForeignToken;
use crate::{Call, PageToken};

/// Which part of a list a caller asks for. Each service reads its own members: how many items, and what their bounds are.
#[derive(Debug)]
pub struct ListPage<'a> {
    key: &'a MasterKey,
    operation: &'static str,
    scope: Scope,
    query: String,
    /// Go on behind this key.
    pub after: Option<String>,
    /// At most so many items.
    pub limit: u32,
}

impl<'a> ListPage<'a> {
    /// The page that a token, where there is one, goes on with. `query` is all that must be the same from page to page.
    pub fn open(
        call: &Call<'a>,
        operation: &'static str,
        query: &str,
        token: Option<&str>,
        limit: u32,
    ) -> Result<Self, ForeignToken> {
        let (key, scope) = (&call.ports.master_key, call.scope.clone());
        let mut page = Self { key, operation, scope, query: query.to_owned(), after: None, limit };
        page.after = token.map(|token| page.token().open(token)).transpose()?;
        Ok(page)
    }

    /// The page of a list that is in memory, sorted by `key`, and the token of the next.
    pub fn of<T>(&self, items: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let mut rest = items.into_iter().filter(|item| self.after.as_ref().is_none_or(|after| key(item) > *after));
        let page: Vec<T> = rest.by_ref().take(self.limit as usize).collect();
        let next = rest.next().and_then(|_| page.last().map(&key));
        (page, self.next(next))
    }

    /// The token behind the key that a page ended at; `None` where nothing follows.
    pub fn next(&self, key: Option<String>) -> Option<String> {
        key.map(|key| self.token().seal(&key))
    }

    fn token(&self) -> PageToken<'_> {
        PageToken { key: self.key, operation: self.operation, scope: &self.scope, query: &self.query }
    }
}
