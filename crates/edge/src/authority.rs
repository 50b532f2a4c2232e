//! The local certificate authority: makes its root once, and issues the certificates of the local zone.
//!
//! Pure: whoever calls keeps the root (its key sealed) and the leaves, and says what time it is.
//! <https://www.rfc-editor.org/rfc/rfc5280#section-4.2>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use base::{Secret, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256,
    PublicKeyData as _, SanType,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

const ROOT_LIFE: Duration = Duration::from_hours(3650 * 24);
const LEAF_LIFE: Duration = Duration::from_hours(30 * 24);
/// Certificates begin a little in the past, for clients whose clocks are slow.
const BACKDATED: Duration = Duration::from_hours(1);

/// Why the authority cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// Making a key or a certificate failed.
    #[error("cannot make the certificate")]
    Make(#[source] rcgen::Error),
    /// What was stored is no certificate, or its key is another's.
    #[error("the stored certificate or key is malformed")]
    Malformed,
    /// The root is not allowed to name this.
    #[error("the local root may not certify `{name}`")]
    NotOurs {
        /// The name asked for.
        name: String,
    },
}

/// The root certificate with its key.
#[derive(Debug)]
pub struct Authority {
    certificate_pem: String,
    key_pem: Secret<String>,
    issuer: Issuer<'static, KeyPair>,
    zones: Vec<String>,
}

impl Authority {
    /// Makes a root that may certify names under `zone` and `localhost`, and loopback addresses, for ten years.
    pub fn create(now: Timestamp, zone: &str) -> Result<Self, AuthorityError> {
        let key = new_key()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        // The date tells roots of several installations apart in a trust store.
        let name = format!("Portcullis local root {}", now.strftime("%Y-%m-%d %H:%M"));
        params.distinguished_name.push(DnType::CommonName, name);
        params.distinguished_name.push(DnType::OrganizationName, "Portcullis");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // SECURITY: whoever trusts this root trusts it for these names only, even if its key is stolen.
        params.name_constraints =
            Some(NameConstraints { permitted_subtrees: permitted(zone), excluded_subtrees: Vec::new() });
        set_validity(&mut params, now, ROOT_LIFE);
        let certificate = params.self_signed(&key).map_err(AuthorityError::Make)?;
        let key_pem = Secret::new(key.serialize_pem());
        Self::restore(certificate.pem(), key_pem)
    }

    /// Takes up a root that was made earlier.
    pub fn restore(certificate_pem: String, key_pem: Secret<String>) -> Result<Self, AuthorityError> {
        let zones = permitted_zones(&certificate_pem)?;
        let key = KeyPair::from_pem(key_pem.expose()).map_err(|_| AuthorityError::Malformed)?;
        if public_key(&certificate_pem)? != key.subject_public_key_info() {
            return Err(AuthorityError::Malformed);
        }
        let issuer = Issuer::from_ca_cert_pem(&certificate_pem, key).map_err(|_| AuthorityError::Malformed)?;
        Ok(Self { certificate_pem, key_pem, issuer, zones })
    }

    /// The root certificate, for trust stores and `DIR/ca.pem`.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The root's key, to be stored sealed.
    pub fn key_pem(&self) -> &Secret<String> {
        &self.key_pem
    }

    /// Whether the root may certify `name`: a host name, `*.` and a host name, or a loopback address.
    pub fn covers(&self, name: &str) -> bool {
        if let Ok(address) = name.parse::<IpAddr>() {
            return address.is_loopback();
        }
        let name = name.strip_prefix("*.").unwrap_or(name).to_ascii_lowercase();
        self.zones.iter().any(|zone| {
            name.strip_suffix(zone.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
    }

    /// Issues a server certificate with a new key for `names`, for thirty days.
    pub fn issue(&self, names: &[&str], now: Timestamp) -> Result<Leaf, AuthorityError> {
        if let Some(name) = names.iter().find(|name| !self.covers(name)) {
            return Err(AuthorityError::NotOurs { name: (*name).to_owned() });
        }
        let key = new_key()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "Portcullis");
        params.subject_alt_names = names.iter().map(|name| alt_name(name)).collect::<Result<_, _>>()?;
        // A leaf that says it is none also gets its own key's identifier.
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, LEAF_LIFE);
        let certificate = params.signed_by(&key, &self.issuer).map_err(AuthorityError::Make)?;
        Leaf::restore(certificate.pem(), Secret::new(key.serialize_pem()))
    }
}

/// The names of the local zone's certificate: every API by its id, and the loopback.
pub fn local_names(region: &str, zone: &str) -> Vec<String> {
    let mut names = vec![format!("*.execute-api.{region}.{zone}"), zone.to_owned()];
    names.extend(["localhost", "127.0.0.1", "::1"].into_iter().filter(|name| *name != zone).map(str::to_owned));
    names
}

/// A server certificate with its key.
#[derive(Debug)]
pub struct Leaf {
    /// The chain that the server sends, in PEM. The root is not in it: who trusts it has it.
    pub chain_pem: String,
    /// The key, to be stored sealed.
    pub key_pem: Secret<String>,
    /// When it begins to be valid.
    pub not_before: Timestamp,
    /// When it ends to be valid.
    pub not_after: Timestamp,
}

impl Leaf {
    /// Takes up a certificate that was issued earlier.
    pub fn restore(chain_pem: String, key_pem: Secret<String>) -> Result<Self, AuthorityError> {
        let (not_before, not_after) = with_certificate(&chain_pem, |certificate| {
            let validity = certificate.validity();
            let time = |seconds| Timestamp::from_second(seconds).map_err(|_| AuthorityError::Malformed);
            Ok((time(validity.not_before.timestamp())?, time(validity.not_after.timestamp())?))
        })?;
        Ok(Self { chain_pem, key_pem, not_before, not_after })
    }
}

/// Whether two thirds of the certificate's life are over.
pub fn needs_renewal(leaf: &Leaf, now: Timestamp) -> bool {
    let life = leaf.not_after.as_second() - leaf.not_before.as_second();
    now.as_second() >= leaf.not_before.as_second() + life / 3 * 2
}

fn new_key() -> Result<KeyPair, AuthorityError> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Make)
}

fn permitted(zone: &str) -> Vec<GeneralSubtree> {
    let mut subtrees = vec![GeneralSubtree::DnsName(zone.to_ascii_lowercase())];
    if !zone.eq_ignore_ascii_case("localhost") {
        subtrees.push(GeneralSubtree::DnsName("localhost".to_owned()));
    }
    subtrees.push(GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv4Addr::LOCALHOST.into(), 8)));
    subtrees.push(GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv6Addr::LOCALHOST.into(), 128)));
    subtrees
}

fn permitted_zones(pem: &str) -> Result<Vec<String>, AuthorityError> {
    use x509_parser::extensions::GeneralName;
    with_certificate(pem, |certificate| {
        let constraints = certificate.name_constraints().map_err(|_| AuthorityError::Malformed)?;
        let subtrees = constraints.and_then(|constraints| constraints.value.permitted_subtrees.as_ref());
        let name = |base: &GeneralName<'_>| match base {
            GeneralName::DNSName(zone) => Some((*zone).to_owned()),
            _ => None,
        };
        Ok(subtrees.into_iter().flatten().filter_map(|subtree| name(&subtree.base)).collect())
    })
}

fn public_key(pem: &str) -> Result<Vec<u8>, AuthorityError> {
    with_certificate(pem, |certificate| Ok(certificate.public_key().raw.to_vec()))
}

fn with_certificate<T>(
    pem: &str,
    read: impl FnOnce(&X509Certificate<'_>) -> Result<T, AuthorityError>,
) -> Result<T, AuthorityError> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).map_err(|_| AuthorityError::Malformed)?;
    let (_, certificate) = X509Certificate::from_der(&pem.contents).map_err(|_| AuthorityError::Malformed)?;
    read(&certificate)
}

fn alt_name(name: &str) -> Result<SanType, AuthorityError> {
    match name.parse::<IpAddr>() {
        Ok(address) => Ok(SanType::IpAddress(address)),
        Err(_) => Ok(SanType::DnsName(name.to_ascii_lowercase().try_into().map_err(AuthorityError::Make)?)),
    }
}

fn set_validity(params: &mut CertificateParams, now: Timestamp, life: Duration) {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let now = epoch + Duration::from_secs(u64::try_from(now.as_second()).unwrap_or_default());
    params.not_before = now - BACKDATED;
    params.not_after = now + life;
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn now() -> Timestamp {
        Timestamp::from_second(1_790_000_000).expect("a time")
    }

    #[test]
    fn a_restored_root_issues_like_the_first() {
        let first = Authority::create(now(), "gate.example").expect("a root");
        let again = Authority::restore(first.certificate_pem().to_owned(), first.key_pem().clone()).expect("the same");
        let names = local_names("us-east-1", "gate.example");
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let leaf = again.issue(&names, now()).expect("a leaf");
        assert_eq!(leaf.not_after, now() + LEAF_LIFE);
        let other = Authority::create(now(), "gate.example").expect("a root");
        assert!(Authority::restore(first.certificate_pem().to_owned(), other.key_pem().clone()).is_err());
    }

    #[test]
    fn a_leaf_is_renewed_after_two_thirds_of_its_life() {
        let leaf =
            Authority::create(now(), "localhost").and_then(|root| root.issue(&["localhost"], now())).expect("a leaf");
        for (days, due) in [(0, false), (19, false), (20, true), (31, true)] {
            assert_eq!(needs_renewal(&leaf, now() + DAY * days), due, "{days}");
        }
    }

    #[test]
    fn a_root_certifies_only_its_own_zone() {
        let root = Authority::create(now(), "gate.example").expect("a root");
        for (name, ours) in [
            ("gate.example", true),
            ("*.execute-api.us-east-1.gate.example", true),
            ("LOCALHOST", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("10.0.0.1", false),
            ("notgate.example", false),
            ("example.com", false),
        ] {
            assert_eq!(root.issue(&[name], now()).is_ok(), ours, "{name}");
        }
    }

    #[test]
    fn a_stored_root_that_is_no_certificate_is_refused() {
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(Authority::restore(text.to_owned(), Secret::new(String::new())).is_err());
            assert!(Leaf::restore(text.to_owned(), Secret::new(String::new())).is_err());
        }
    }
}
