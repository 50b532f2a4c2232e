//! Why a call was denied, sealed for those of its account who may know.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use base::seal::{MasterKey, Place, SealError, Sealed};
use base::{AccountId, Secret};
use zeroize::Zeroizing;

/// No message is longer: it travels in one header of an answer, and back in one parameter (AWS: 10,240).
pub const MESSAGE_CHARS_MAX: usize = 8_192;
/// No message unpacks to more. SECURITY: only sealed bytes are unpacked, but nothing is unbounded.
const TEXT_BYTES_MAX: usize = 256 * 1024;
const LEVEL: i32 = 3;

/// The message of a text for an account; `None` when it would be too long.
pub fn seal(master_key: &MasterKey, account: AccountId, text: &str) -> Option<String> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let packed = Secret::new(zstd::bulk::compress(text.as_bytes(), LEVEL).ok()?);
    let message = master_key.seal(place(&account), &packed).bare().to_owned();
    (message.len() <= MESSAGE_CHARS_MAX).then_some(message)
}

/// The text of a message that was made for this account.
pub fn open(master_key: &MasterKey, account: AccountId, message: &str) -> Result<String, SealError> {
    if message.len() > MESSAGE_CHARS_MAX {
        return Err(SealError::Malformed);
    }
    let packed = master_key.open(place(&account), &Sealed::<Vec<u8>>::from_bare(message))?;
    let text = zstd::bulk::decompress(packed.expose(), TEXT_BYTES_MAX).map_err(|_| SealError::Malformed)?;
    let text = Zeroizing::new(text);
    std::str::from_utf8(&text).map(str::to_owned).map_err(|_| SealError::Malformed)
}

fn place(account: &AccountId) -> Place<'_> {
    Place { table: "sts.authorization_message", id: account.as_str(), version: 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_opens_for_its_own_account_only() {
        let key = MasterKey::random();
        let account = |digits: &str| AccountId::parse(digits).expect("an account");
        let (one, two) = (account("111111111111"), account("222222222222"));
        let message = seal(&key, one, "{\"allowed\":false}").expect("short");
        assert_eq!(open(&key, one, &message).as_deref(), Ok("{\"allowed\":false}"));
        assert!(open(&key, two, &message).is_err() && open(&MasterKey::random(), one, &message).is_err());
        for bad in ["", "x", "!!", &message[1..], &"A".repeat(MESSAGE_CHARS_MAX + 1)] {
            assert!(open(&key, one, bad).is_err(), "{bad}");
        }
        assert_eq!(seal(&key, one, &base::id::random_text(20_000)), None);
    }
}
