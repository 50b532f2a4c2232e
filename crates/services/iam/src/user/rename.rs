//! A user gets another name: its keys, its memberships and the other sides of its policies follow in the same transaction.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_rename.html>

use model::Record as _;
use model::iam::{AccessKey, Attachment, Membership, OwnedKey, Owner, Purpose, User};
use operation::{Call, Failure};

use crate::{access_key, attachment};

/// The user under its new name; the record under the old one is gone.
pub(super) async fn to(call: &mut Call<'_>, old: User, name: &str) -> Result<User, Failure> {
    let new = User { name: name.to_owned(), ..old.clone() };
    keys(call, &old, name).await?;
    for group in &old.groups {
        call.tx.delete::<Membership>(&call.scope, &Membership::id_of(group, &old.name));
        call.tx.put(&call.scope, &Membership { group: group.clone(), user: name.to_owned() })?;
    }
    let attached = old.attached.iter().map(|policy| (policy, Purpose::Permissions));
    for (policy, purpose) in attached.chain(old.boundary.iter().map(|policy| (policy, Purpose::Boundary))) {
        let [before, after] = [&old, &new].map(|user| attachment::record::<User>(policy, &user.name, purpose));
        call.tx.delete::<Attachment>(&call.scope, &before.id());
        call.tx.put(&call.scope, &after)?;
    }
    call.tx.delete::<User>(&call.scope, &old.name);
    Ok(new)
}

async fn keys(call: &mut Call<'_>, old: &User, name: &str) -> Result<(), Failure> {
    let owner = Owner::User(old.name.clone());
    for mut key in access_key::all_of(call, &owner).await? {
        call.tx.delete::<OwnedKey>(&call.scope, &key.owned().id());
        key.owner = Owner::User(name.to_owned());
        call.tx.put(&call.scope, &key.owned())?;
        call.tx.put::<AccessKey>(&call.scope, &key)?;
    }
    Ok(())
}
