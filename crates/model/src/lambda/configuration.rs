//! How one version of a function runs, and what it runs.

use base::seal::{Place, Sealed};
use base::{Scope, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

/// Code and settings: of `$LATEST`, or fixed in a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Changes with every change of code or settings.
    pub revision_id: String,
    /// When that was.
    pub modified: Timestamp,
    /// What it is for.
    pub description: String,
    /// Which client of the Runtime API runs it.
    pub runtime: Runtime,
    /// `module.function`; passed on to a bootstrap as it is.
    pub handler: String,
    /// The role it was given.
    pub role_arn: String,
    /// How long an invocation may take, in seconds.
    pub timeout_s: u32,
    /// What an instance may hold, in MiB.
    pub memory_mb: u32,
    /// What it was built for.
    pub architecture: Architecture,
    /// Its own code.
    pub code: Code,
    /// What is laid over one another in `/opt`, in this order.
    pub layers: Vec<LayerUse>,
    /// What the process finds in its environment.
    pub environment: Option<Environment>,
}

/// A zip archive among the blobs of the function's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The SHA-256 of its bytes, in base64 as AWS shows it.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

impl Code {
    /// The code under a digest.
    pub fn new(digest: &[u8; 32], bytes: u64) -> Self {
        Self { sha256: BASE64.encode(digest), bytes }
    }

    /// The digest; `None` where the document was damaged.
    pub fn digest(&self) -> Option<[u8; 32]> {
        BASE64.decode(&self.sha256).ok()?.try_into().ok()
    }
}

/// A layer version that a function uses, with its code: it goes on to work when the layer version is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerUse {
    /// `arn:aws:lambda:{region}:{account}:layer:{name}:{number}`, of the function's own account.
    pub arn: String,
    /// Its content.
    pub code: Code,
}

/// Environment variables, sealed: a JSON object of texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Tells this one from all others of the function, so that none can be put in another's place.
    pub id: String,
    /// The variables.
    pub sealed: Sealed<String>,
}

impl Environment {
    /// The text that [`Environment::place`] borrows.
    pub fn place_id(scope: &Scope, function: &str, id: &str) -> String {
        format!("{}/{}/{function}/{id}", scope.account, scope.region)
    }

    /// Where the variables of a function are sealed for; versions keep those of the `$LATEST` they were made of.
    pub fn place(place_id: &str) -> Place<'_> {
        Place { table: "lambda.function", id: place_id, version: 1 }
    }
}

/// The runtimes that run here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Runtime {
    /// `python3.9`
    #[serde(rename = "python3.9")]
    Python39,
    /// `python3.10`
    #[serde(rename = "python3.10")]
    Python310,
    /// `python3.11`
    #[serde(rename = "python3.11")]
    Python311,
    /// `python3.12`
    #[serde(rename = "python3.12")]
    Python312,
    /// `python3.13`
    #[serde(rename = "python3.13")]
    Python313,
    /// `python3.14`
    #[serde(rename = "python3.14")]
    Python314,
    /// `nodejs18.x`
    #[serde(rename = "nodejs18.x")]
    Node18,
    /// `nodejs20.x`
    #[serde(rename = "nodejs20.x")]
    Node20,
    /// `nodejs22.x`
    #[serde(rename = "nodejs22.x")]
    Node22,
    /// `nodejs24.x`
    #[serde(rename = "nodejs24.x")]
    Node24,
    /// `provided.al2`
    #[serde(rename = "provided.al2")]
    ProvidedAl2,
    /// `provided.al2023`
    #[serde(rename = "provided.al2023")]
    ProvidedAl2023,
}

impl Runtime {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Python39,
        Self::Python310,
        Self::Python311,
        Self::Python312,
        Self::Python313,
        Self::Python314,
        Self::Node18,
        Self::Node20,
        Self::Node22,
        Self::Node24,
        Self::ProvidedAl2,
        Self::ProvidedAl2023,
    ];

    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Runtime::Python39 => "python3.9",
            Runtime::Python310 => "python3.10",
            Runtime::Python311 => "python3.11",
            Runtime::Python312 => "python3.12",
            Runtime::Python313 => "python3.13",
            Runtime::Python314 => "python3.14",
            Runtime::Node18 => "nodejs18.x",
            Runtime::Node20 => "nodejs20.x",
            Runtime::Node22 => "nodejs22.x",
            Runtime::Node24 => "nodejs24.x",
            Runtime::ProvidedAl2 => "provided.al2",
            Runtime::ProvidedAl2023 => "provided.al2023",
        }
    }

    /// The runtime of AWS's word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|runtime| runtime.as_str() == text)
    }
}

/// What code is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Architecture {
    /// `x86_64`
    #[serde(rename = "x86_64")]
    X86,
    /// `arm64`
    #[serde(rename = "arm64")]
    Arm,
}

impl Architecture {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Architecture::X86 => "x86_64",
            Architecture::Arm => "arm64",
        }
    }

    /// This machine's own.
    pub fn here() -> Self {
        if cfg!(target_arch = "aarch64") { Architecture::Arm } else { Architecture::X86 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_is_stored_under_its_own_name() {
        for runtime in Runtime::ALL {
            assert_eq!(serde_json::to_string(&runtime).unwrap(), format!("\"{}\"", runtime.as_str()));
            assert_eq!(Runtime::parse(runtime.as_str()), Some(runtime));
        }
        assert_eq!(Runtime::parse("java21"), None);
    }

    #[test]
    fn a_digest_is_read_as_it_was_written_and_a_damaged_one_is_none() {
        let code = Code::new(&[7; 32], 1);
        assert_eq!(code.digest(), Some([7; 32]));
        for bad in ["", "AAAA", "no base64!"] {
            assert_eq!(Code { sha256: bad.to_owned(), bytes: 1 }.digest(), None, "{bad}");
        }
    }
}
