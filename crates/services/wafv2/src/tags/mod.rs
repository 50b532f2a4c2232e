//! Tags. <https://docs.aws.amazon.com/waf/latest/developerguide/tagging.html>

pub(crate) mod access;
mod tag;
mod untag;
mod list;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use base::{Arn, Scope as Place};
use model::wafv2::{IpSet, Owned, RegexPatternSet, RuleGroup, WebAcl};
use operation::{Call, Failure, Registered, Transaction};

use crate::arn;
use crate::error::Error;
use crate::shapes::Tag;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<tag::TagResource>(),
        Registered::of::<untag::UntagResource>(),
        Registered::of::<list::ListTagsForResource>(),
    ]
}

/// What a call that makes something with tags must be allowed besides.
pub(crate) fn further(tags: &[Tag], arn: String) -> Vec<(&'static str, String)> {
    if tags.is_empty() { Vec::new() } else { vec![("wafv2:TagResource", arn)] }
}

/// What kinds of things have tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tagged {
    WebAcl,
    RuleGroup,
    IpSet,
    RegexPatternSet,
}

impl Tagged {
    fn of(text: &str) -> Result<Self, Error> {
        let unknown = || Error::parameter("RESOURCE_ARN", text, "The ARN isn't valid, or names what has no tags");
        let arn = Arn::parse(text).map_err(|_| unknown())?;
        match arn.resource.split('/').nth(1) {
            Some(WebAcl::KIND) => Ok(Self::WebAcl),
            Some(RuleGroup::KIND) => Ok(Self::RuleGroup),
            Some(IpSet::KIND) => Ok(Self::IpSet),
            Some(RegexPatternSet::KIND) => Ok(Self::RegexPatternSet),
            Some(_) | None => Err(unknown()),
        }
    }
}

/// The ARN that policies name.
fn resource(text: &str, place: &Place) -> String {
    match Tagged::of(text) {
        Ok(Tagged::WebAcl) | Err(_) => arn::given::<WebAcl>(place, text),
        Ok(Tagged::RuleGroup) => arn::given::<RuleGroup>(place, text),
        Ok(Tagged::IpSet) => arn::given::<IpSet>(place, text),
        Ok(Tagged::RegexPatternSet) => arn::given::<RegexPatternSet>(place, text),
    }
}

/// The tags of what an ARN names.
async fn read(text: &str, place: &Place, tx: &mut Transaction) -> Result<BTreeMap<String, String>, Failure> {
    match Tagged::of(text)? {
        Tagged::WebAcl => tags_of::<WebAcl>(text, place, tx).await,
        Tagged::RuleGroup => tags_of::<RuleGroup>(text, place, tx).await,
        Tagged::IpSet => tags_of::<IpSet>(text, place, tx).await,
        Tagged::RegexPatternSet => tags_of::<RegexPatternSet>(text, place, tx).await,
    }
}

async fn tags_of<R: Owned>(
    text: &str,
    place: &Place,
    tx: &mut Transaction,
) -> Result<BTreeMap<String, String>, Failure> {
    let (name, id) = arn::parse::<R>(place, text)?;
    let found = tx.get::<R>(place, &name).await?.filter(|found| found.entity().id == id);
    found.map(|found| found.entity().tags.clone()).ok_or_else(|| Error::Nonexistent.into())
}

/// Gives what an ARN names these tags and no others. Its lock stays: tags are no part of what it guards.
async fn write(text: &str, tags: BTreeMap<String, String>, call: &mut Call<'_>) -> Result<(), Failure> {
    match Tagged::of(text)? {
        Tagged::WebAcl => replace::<WebAcl>(text, tags, call).await,
        Tagged::RuleGroup => replace::<RuleGroup>(text, tags, call).await,
        Tagged::IpSet => replace::<IpSet>(text, tags, call).await,
        Tagged::RegexPatternSet => replace::<RegexPatternSet>(text, tags, call).await,
    }
}

async fn replace<R: Owned>(text: &str, tags: BTreeMap<String, String>, call: &mut Call<'_>) -> Result<(), Failure> {
    let mut found = crate::find::by_arn::<R>(call, text).await?;
    found.entity_mut().tags = tags;
    call.tx.put(&call.scope, &found)
}
