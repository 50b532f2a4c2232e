//! An access key: its secret opened once, here.

use base::id::AccessKeyId;
use base::seal::MasterKey;
use model::iam;
use snapshot::Name;
use snapshot::access_key::{KeyOwner, Noted};

/// Opens a key. An error is the finding's sentence and remedy; such a key signs nothing.
pub(crate) fn compile(
    master_key: &MasterKey,
    id: &AccessKeyId,
    found: Result<Box<iam::AccessKey>, String>,
) -> Result<snapshot::AccessKey, (String, &'static str)> {
    let key = found.map_err(|why| (why, "Nobody can sign with this key. Delete it and make another."))?;
    let place_id = iam::AccessKey::place_id(&key.account, id);
    let opened = master_key.open_text(iam::AccessKey::place(&place_id, key.version), &key.secret);
    let remedy = "Nobody can sign with this key. Start the node with the master key the installation was made with.";
    let secret = opened.map_err(|fault| (format!("the secret of access key `{id}` does not open: {fault}"), remedy))?;
    let owner = match key.owner {
        iam::Owner::Root => KeyOwner::Root,
        iam::Owner::User(name) => KeyOwner::User(Name::new(key.account, &name)),
    };
    Ok(snapshot::AccessKey { account: key.account, secret, active: key.active, owner, noted: Noted::default() })
}
