//! Looks up what a call names; what is not there, or is somebody else's, does not exist.

use base::Scope as Place;
use model::Record;
use model::apigateway::Stage;
use model::wafv2::{Entity, Owned, RuleGroup, WebAcl};
use operation::{Call, Failure};

use crate::arn::{self, StageRef};
use crate::error::Error;
use crate::rules;
use crate::shapes::{Tag, by_key};

/// What has this name and this id.
pub(crate) async fn named<R: Owned>(call: &mut Call<'_>, name: &str, id: &str) -> Result<R, Failure> {
    rules::name(name)?;
    rules::id(id)?;
    same(call, name, id).await?.ok_or_else(|| Error::Nonexistent.into())
}

/// What an ARN names.
pub(crate) async fn by_arn<R: Owned>(call: &mut Call<'_>, text: &str) -> Result<R, Failure> {
    let (name, id) = arn::parse::<R>(&call.scope, text)?;
    same(call, &name, &id).await?.ok_or_else(|| Error::Nonexistent.into())
}

/// The rule group that an ARN names, whosever it is, with its owner's place. Whoever asks has been allowed to.
pub(crate) async fn shared_group(call: &mut Call<'_>, text: &str) -> Result<(Place, RuleGroup), Failure> {
    let (place, name, id) = arn::anywhere::<RuleGroup>(&call.scope, text)?;
    let found = call.tx.get::<RuleGroup>(&place, &name).await?.filter(|found| found.entity.id == id);
    found.map(|group| (place, group)).ok_or_else(|| Error::Nonexistent.into())
}

/// What has this name, if it still has this id.
pub(crate) async fn same<R: Owned>(call: &mut Call<'_>, name: &str, id: &str) -> Result<Option<R>, Failure> {
    let found = call.tx.get::<R>(&call.scope, name).await?;
    Ok(found.filter(|found| found.entity().id == id))
}

/// What a call names that may only change what it has seen; it gets a new lock.
pub(crate) async fn locked<R: Owned>(
    call: &mut Call<'_>,
    name: &str,
    id: &str,
    lock_token: &str,
) -> Result<R, Failure> {
    rules::lock_token(lock_token)?;
    let mut found = named::<R>(call, name, id).await?;
    if found.entity().lock_token != lock_token {
        return Err(Error::OptimisticLock.into());
    }
    found.entity_mut().lock_token = uuid();
    Ok(found)
}

/// The common part of something new, whose name must be free and which must find room among `max` of its kind.
pub(crate) async fn room_for<R: Owned>(
    call: &mut Call<'_>,
    (name, description, tags): (&str, Option<&str>, &[Tag]),
    max: u64,
) -> Result<Entity, Failure> {
    rules::name(name)?;
    let description = rules::description(description)?;
    let tags = by_key(tags);
    rules::tags(&tags)?;
    if call.tx.get::<R>(&call.scope, name).await?.is_some() {
        return Err(Error::Duplicate.into());
    }
    if !call.tx.has_room::<R>(&call.scope, "", 1, max).await? {
        return Err(Error::Limits { what: format!("{max} of the kind {} in an account and region", R::KIND) }.into());
    }
    Ok(Entity { name: name.to_owned(), id: uuid(), description, lock_token: uuid(), tags })
}

/// Refuses to remove what a rule group or a web ACL names.
pub(crate) async fn unused<R: Owned>(call: &mut Call<'_>, record: &R) -> Result<(), Failure> {
    let arn = record.arn(&call.scope);
    let groups = call.tx.all::<RuleGroup>(&call.scope, "").await?;
    let by_group = groups.iter().find(|group| group.references.contains(&arn)).map(|group| group.arn(&call.scope));
    let acls = call.tx.all::<WebAcl>(&call.scope, "").await?;
    let by_acl = acls.iter().find(|acl| acl.references.contains(&arn)).map(|acl| acl.arn(&call.scope));
    match by_group.or(by_acl) {
        Some(user) => Err(Error::Associated { user }.into()),
        None => Ok(()),
    }
}

/// The web ACLs, of whatever account, that name a rule group. Whoever begins to name it meanwhile either belongs to the
/// account, whose web ACLs this relies on, or has changed the group's record.
pub(crate) async fn web_acls_with(call: &mut Call<'_>, group: &RuleGroup) -> Result<Vec<WebAcl>, Failure> {
    let arn = group.arn(&call.scope);
    let mut found = call.tx.all::<WebAcl>(&call.scope, "").await?;
    let others = call.tx.everywhere::<WebAcl>().await?;
    found.extend(others.into_iter().filter(|acl| acl.scope != call.scope));
    found.retain(|acl| acl.references.contains(&arn));
    Ok(found)
}

/// What one account is told of another's web ACL: that there is one.
pub(crate) fn told_to(place: &Place, acl: &WebAcl) -> String {
    if acl.scope == *place { acl.arn(place) } else { "a web ACL of another account".to_owned() }
}

/// A stage of the caller's account.
pub(crate) async fn stage(call: &mut Call<'_>, text: &str) -> Result<Stage, Failure> {
    let named = StageRef::parse(&call.scope, text)?;
    let found = call.tx.get::<Stage>(&call.scope, &Stage::id_of(&named.api, &named.name)).await?;
    found.ok_or_else(|| Error::Nonexistent.into())
}

/// Removes a record.
pub(crate) fn remove<R: Record>(call: &mut Call<'_>, record: &R) {
    call.tx.delete::<R>(&call.scope, &record.id());
}

/// A fresh id or lock.
pub(crate) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}
