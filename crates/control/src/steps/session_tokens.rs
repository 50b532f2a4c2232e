//! What credentials of `GetSessionToken` are not good for, since no second factor was shown for them.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use operation::Principal;

/// Whether AWS takes such credentials for this call: nothing of IAM, and of STS only what makes no longer-lived ones.
pub(super) fn may_call(principal: &Principal, service: &str, operation: &str) -> bool {
    let (Principal::Root { credentials, .. } | Principal::User { credentials, .. }) = principal else { return true };
    let Some(session) = &credentials.session else { return true };
    match service {
        "iam" => session.mfa.is_some(),
        "sts" => matches!(operation, "AssumeRole" | "GetCallerIdentity"),
        _ => true,
    }
}
