//! What a stage's own settings may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html>

use base::id::StageName;

use crate::choices::CacheClusterSize;
use crate::error::Error;

/// Checks and takes a stage's name.
pub(crate) fn name(text: &str) -> Result<StageName, Error> {
    StageName::parse(text).map_err(|_| Error::bad_request("Stage name only allows a-zA-Z0-9_-"))
}

/// What belongs to later capabilities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Later {
    /// A cache for this stage.
    pub(crate) cache_cluster_enabled: bool,
    /// Its size.
    pub(crate) cache_cluster_size: Option<CacheClusterSize>,
    /// A version of the documentation.
    pub(crate) documentation_version: Option<String>,
    /// Whether a canary is asked for.
    pub(crate) canary: bool,
    /// X-Ray.
    pub(crate) tracing_enabled: bool,
    /// The certificate shown to backends.
    pub(crate) client_certificate_id: Option<String>,
}

/// Refuses what is not enforced yet; defaults pass.
pub(crate) fn later(later: &Later) -> Result<(), Error> {
    let is_set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    if later.cache_cluster_enabled {
        return Err(Error::not_enforced("cacheClusterEnabled `true`"));
    }
    if later.cache_cluster_size.is_some() {
        return Err(Error::not_enforced("cacheClusterSize"));
    }
    if is_set(&later.documentation_version) {
        return Err(Error::not_enforced("documentationVersion"));
    }
    if later.canary {
        return Err(Error::not_enforced("canarySettings"));
    }
    if later.tracing_enabled {
        return Err(Error::not_enforced("tracingEnabled `true`"));
    }
    if is_set(&later.client_certificate_id) {
        return Err(Error::not_enforced("clientCertificateId"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_enforced_is_refused_and_its_default_is_not() {
        assert_eq!(later(&Later::default()), Ok(()));
        for refused in [
            Later { cache_cluster_enabled: true, ..Later::default() },
            Later { cache_cluster_size: Some(CacheClusterSize::Half), ..Later::default() },
            Later { documentation_version: Some("v1".to_owned()), ..Later::default() },
            Later { canary: true, ..Later::default() },
            Later { tracing_enabled: true, ..Later::default() },
            Later { client_certificate_id: Some("abc".to_owned()), ..Later::default() },
        ] {
            assert!(matches!(later(&refused), Err(Error::NotEnforced { .. })), "{refused:?}");
        }
    }

    #[test]
    fn a_stage_name_has_its_alphabet() {
        for (text, good) in [("prod", true), ("v1-beta_2", true), ("", false), ("a.b", false), ("a/b", false)] {
            assert_eq!(name(text).is_ok(), good, "{text}");
        }
    }
}
