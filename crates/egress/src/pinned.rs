//! Certificates that no authority of the system stands behind, known by a thumbprint of their chain instead.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html>

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::trust::{NameAndDates, chains_to, provider};

/// The SHA-1 of a certificate in DER, as AWS takes it. A certificate would have to be made to fit one that is known
/// already, which not even SHA-1 lets anybody do.
pub(crate) type Thumbprint = [u8; 20];

/// Believes the system's authorities, and else a chain to a certificate of the server's with one of the thumbprints.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) system: RootCertStore,
    pub(crate) thumbprints: Vec<Thumbprint>,
}

impl Pinned {
    fn is_known(&self, certificate: &CertificateDer<'_>) -> bool {
        let found = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate);
        self.thumbprints.iter().any(|thumbprint| thumbprint == found.as_ref())
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if !self.system.is_empty() {
            let by_system = chains_to(self.system.clone())?;
            if let Ok(verified) =
                by_system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            {
                return Ok(verified);
            }
        }
        if self.is_known(end_entity) {
            return NameAndDates.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        }
        let mut known = RootCertStore::empty();
        known.add_parsable_certificates(
            intermediates.iter().filter(|one| self.is_known(one)).map(|one| one.clone().into_owned()),
        );
        if known.is_empty() {
            return Err(CertificateError::UnknownIssuer.into());
        }
        chains_to(known)?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        NameAndDates.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        NameAndDates.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}
