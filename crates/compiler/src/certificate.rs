//! A server certificate: its key opened once, here.

use base::seal::MasterKey;
use model::installation::LocalLeaf;

/// Opens a certificate's key. An error is the finding's sentence and remedy; such a certificate is not presented.
pub(crate) fn compile(
    master_key: &MasterKey,
    found: Result<Box<LocalLeaf>, String>,
) -> Result<snapshot::Certificate, (String, &'static str)> {
    let remedy = "Handshakes for its names get another certificate. Start the node with the installation's master key.";
    let leaf = found.map_err(|why| (why, remedy))?;
    let opened = master_key.open_text(LocalLeaf::place(&leaf.name, leaf.version), &leaf.key_pem);
    let key_pem =
        opened.map_err(|fault| (format!("the key of certificate `{}` does not open: {fault}", leaf.name), remedy))?;
    Ok(snapshot::Certificate {
        names: leaf.names.iter().map(|name| name.as_str().into()).collect(),
        chain_pem: leaf.chain_pem.clone(),
        key_pem,
        not_after: leaf.not_after,
    })
}
