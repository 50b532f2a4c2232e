//! `[functions.NAME]` in `portcullis.toml`: functions out of a folder of this machine, or at a URL.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base::Secret;
use serde::Deserialize;
use snapshot::FunctionRuntime;

/// A section as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Section {
    folder: Option<PathBuf>,
    url: Option<String>,
    runtime: Option<String>,
    handler: Option<String>,
    timeout: Option<u64>,
    memory: Option<u32>,
    #[serde(default)]
    environment: BTreeMap<String, Hidden>,
    network: Option<Network>,
}

/// A text that is never printed.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
struct Hidden(Secret<String>);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}

/// What a function reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Network {
    None,
    Host,
}

/// A section, read and checked.
#[derive(Debug, Clone)]
pub(crate) struct Configured {
    pub(crate) source: Source,
    pub(crate) timeout: Duration,
    pub(crate) memory_mb: u32,
}

/// Where it runs.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// On this node.
    Folder {
        folder: PathBuf,
        runtime: FunctionRuntime,
        handler: String,
        environment: BTreeMap<String, Secret<String>>,
        reaches_network: bool,
    },
    /// Behind a URL that speaks Lambda's Invoke API.
    Url(http::Uri),
}

/// Why a section cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("[functions.{name}]: {why}")]
pub(crate) struct FunctionError {
    name: String,
    why: String,
}

const TIMEOUT_S: u64 = 30;
const TIMEOUT_S_MAX: u64 = 900;
const MEMORY_MB: u32 = 128;
const MEMORY_MB_MAX: u32 = 10_240;

/// Reads the sections of a file that lies in `beside`.
pub(crate) fn read(
    sections: BTreeMap<String, Section>,
    beside: &Path,
) -> Result<BTreeMap<String, Configured>, FunctionError> {
    let one = |(name, section): (String, Section)| {
        let read = section.read(&name, beside);
        let read = read.map_err(|why| FunctionError { name: name.clone(), why })?;
        Ok((name, read))
    };
    sections.into_iter().map(one).collect()
}

impl Section {
    fn read(self, name: &str, beside: &Path) -> Result<Configured, String> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if name.is_empty() || name.len() > 64 || !name.bytes().all(is_word) {
            return Err("a name has 1 to 64 letters, digits, hyphens and underscores".to_owned());
        }
        let timeout = self.timeout.unwrap_or(TIMEOUT_S);
        if !(1..=TIMEOUT_S_MAX).contains(&timeout) {
            return Err(format!("`timeout` is 1 to {TIMEOUT_S_MAX} seconds"));
        }
        let memory_mb = self.memory.unwrap_or(MEMORY_MB);
        if !(MEMORY_MB..=MEMORY_MB_MAX).contains(&memory_mb) {
            return Err(format!("`memory` is {MEMORY_MB} to {MEMORY_MB_MAX} MB"));
        }
        let source = match (self.folder.is_some(), self.url.is_some()) {
            (true, false) => self.folder(beside)?,
            (false, true) => self.url()?,
            (true, true) | (false, false) => return Err("give either `folder` or `url`".to_owned()),
        };
        Ok(Configured { source, timeout: Duration::from_secs(timeout), memory_mb })
    }

    fn folder(self, beside: &Path) -> Result<Source, String> {
        let folder = beside.join(self.folder.unwrap_or_default());
        let folder = std::fs::canonicalize(&folder).map_err(|fault| format!("`{}`: {fault}", folder.display()))?;
        if !folder.is_dir() {
            return Err(format!("`{}` is not a folder", folder.display()));
        }
        let runtime = self.runtime.as_deref().ok_or("`runtime` is missing, such as `python3.12`")?;
        let handler = self.handler.ok_or("`handler` is missing, such as `app.handler`")?;
        if handler.is_empty() || handler.chars().any(|char| char.is_whitespace() || char.is_control()) {
            return Err("`handler` is one word, such as `app.handler`".to_owned());
        }
        Ok(Source::Folder {
            folder,
            runtime: self::runtime(runtime)?,
            handler,
            environment: self.environment.into_iter().map(|(name, Hidden(value))| (name, value)).collect(),
            reaches_network: self.network == Some(Network::Host),
        })
    }

    fn url(self) -> Result<Source, String> {
        let here =
            [self.runtime.is_some(), self.handler.is_some(), !self.environment.is_empty(), self.network.is_some()];
        if here.contains(&true) {
            return Err("`runtime`, `handler`, `environment` and `network` belong to a `folder`".to_owned());
        }
        let text = self.url.unwrap_or_default();
        let url: http::Uri = text.parse().map_err(|fault| format!("`{text}`: {fault}"))?;
        let is_whole = matches!(url.scheme_str(), Some("http" | "https")) && url.authority().is_some();
        if is_whole && url.query().is_none() {
            Ok(Source::Url(url))
        } else {
            Err(format!("`{text}` is not the URL of a service"))
        }
    }
}

fn runtime(text: &str) -> Result<FunctionRuntime, String> {
    let known = model::lambda::Runtime::parse(text);
    known.map(compiler::runtime).ok_or_else(|| {
        let all = model::lambda::Runtime::ALL.map(model::lambda::Runtime::as_str).join(", ");
        format!("the runtime `{text}` does not run here; there are {all}")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sections(text: &str) -> Result<BTreeMap<String, Configured>, String> {
        #[derive(Deserialize)]
        struct File {
            functions: BTreeMap<String, Section>,
        }
        let file: File = toml::from_str(text).map_err(|fault| fault.to_string())?;
        read(file.functions, &std::env::temp_dir()).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_function_is_a_folder_or_a_url() {
        let whole = sections(
            "[functions.a]\nfolder='.'\nruntime='python3.12'\nhandler='app.handler'\nenvironment={A='b'}\nnetwork='host'\n\
             [functions.b]\nurl='http://127.0.0.1:9001'\ntimeout=5",
        );
        let whole = whole.expect("sound");
        assert!(matches!(&whole["a"].source, Source::Folder { reaches_network: true, .. }));
        assert!(matches!(&whole["b"].source, Source::Url(_)));
        assert_eq!(whole["b"].timeout, Duration::from_secs(5));
        for bad in [
            "[functions.a]",
            "[functions.a]\nfolder='.'\nurl='http://x'",
            "[functions.a]\nfolder='.'",
            "[functions.a]\nfolder='.'\nruntime='java21'\nhandler='a'",
            "[functions.a]\nfolder='.'\nruntime='python3.12'\nhandler='a b'",
            "[functions.a]\nfolder='nowhere at all'\nruntime='python3.12'\nhandler='a'",
            "[functions.a]\nurl='ftp://x'",
            "[functions.a]\nurl='/x'",
            "[functions.a]\nurl='http://x'\nnetwork='host'",
            "[functions.a]\nurl='http://x'\ntimeout=901",
            "[functions.a]\nurl='http://x'\nmemory=1",
            "[functions.a]\nurl='http://x'\nnetwrok='none'",
            "[functions.'a b']\nurl='http://x'",
            "[functions.a]\nfolder='.'\nruntime='python3.12'\nhandler='a'\nnetwork='all'",
        ] {
            assert!(sections(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_section_is_read_or_refused(text in "(folder|url|runtime|handler|network)='[ -~&&[^']]{0,30}'\n(timeout|memory)=-?[0-9]{0,12}") {
            let _ = sections(&format!("[functions.a]\n{text}"));
        }
    }
}
