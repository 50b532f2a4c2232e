//! A function's settings within AWS's bounds, and within what runs here.
//! <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>

use model::lambda::{Architecture, Runtime};

use crate::error::Error;

/// How long an invocation takes at most, unless said, in seconds.
pub(crate) const TIMEOUT_S: u32 = 3;
const TIMEOUT_S_MAX: i32 = 900;
/// What an instance holds, unless said, in MiB.
pub(crate) const MEMORY_MB: u32 = 128;
const MEMORY_MB_MAX: i32 = 10_240;
/// The size of `/tmp`, in MiB: the only one there is here.
pub(crate) const STORAGE_MB: i32 = 512;
const DESCRIPTION_CHARS_MAX: usize = 256;
const HANDLER_CHARS_MAX: usize = 128;

/// Reads a runtime. Those of AWS that do not run here are refused by name.
pub(crate) fn runtime(text: &str) -> Result<Runtime, Error> {
    if let Some(runtime) = Runtime::parse(text) {
        return Ok(runtime);
    }
    if is_of_aws(text) {
        return Err(Error::invalid(format!(
            "The runtime {text} is not run by this version of Portcullis, so it is refused. It runs {}.",
            served()
        )));
    }
    let constraint = format!("Member must satisfy enum value set: [{}] or be a valid ARN", served());
    Err(Error::form("runtime", text, constraint))
}

fn served() -> String {
    Runtime::ALL.map(Runtime::as_str).join(", ")
}

/// Whether AWS has, or had, a runtime of this name.
pub(crate) fn is_of_aws(text: &str) -> bool {
    const FAMILIES: [&str; 8] = ["nodejs", "python", "java", "dotnet", "dotnetcore", "ruby", "go", "provided"];
    let family: String = text.chars().take_while(char::is_ascii_lowercase).collect();
    FAMILIES.contains(&family.as_str()) && text.len() <= 32
}

/// Reads a time-out in seconds.
pub(crate) fn timeout(seconds: i32) -> Result<u32, Error> {
    within("timeout", seconds, 1, TIMEOUT_S_MAX)
}

/// Reads a memory size in MiB.
pub(crate) fn memory(megabytes: i32) -> Result<u32, Error> {
    within("memorySize", megabytes, 128, MEMORY_MB_MAX)
}

/// Reads a reserved concurrency.
pub(crate) fn concurrency(number: i32) -> Result<u32, Error> {
    within("reservedConcurrentExecutions", number, 0, i32::MAX)
}

fn within(member: &'static str, number: i32, min: i32, max: i32) -> Result<u32, Error> {
    if number < min {
        return Err(Error::form(
            member,
            number.to_string(),
            format!("Member must have value greater than or equal to {min}"),
        ));
    }
    if number > max {
        return Err(Error::form(
            member,
            number.to_string(),
            format!("Member must have value less than or equal to {max}"),
        ));
    }
    Ok(number.unsigned_abs())
}

/// Reads a description.
pub(crate) fn description(text: &str) -> Result<String, Error> {
    if text.chars().count() > DESCRIPTION_CHARS_MAX {
        let constraint = format!("Member must have length less than or equal to {DESCRIPTION_CHARS_MAX}");
        return Err(Error::form("description", text, constraint));
    }
    Ok(text.to_owned())
}

/// Reads a handler: one word, which a bootstrap may leave empty.
pub(crate) fn handler(text: Option<&str>) -> Result<String, Error> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Err(Error::invalid(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ));
    };
    if text.len() > HANDLER_CHARS_MAX || text.chars().any(|char| char.is_whitespace() || char.is_control()) {
        let constraint = format!(
            "Member must satisfy regular expression pattern: [^\\s]+ and have length less than or equal to {HANDLER_CHARS_MAX}"
        );
        return Err(Error::form("handler", text, constraint));
    }
    Ok(text.to_owned())
}

/// Reads architectures: one, which must be this machine's.
pub(crate) fn architecture(given: Option<&[String]>) -> Result<Architecture, Error> {
    let here = Architecture::here();
    let Some(given) = given else { return Ok(here) };
    let [one] = given else {
        return Err(Error::form("architectures", format!("{given:?}"), "Member must have length equal to 1"));
    };
    match one.as_str() {
        text if text == here.as_str() => Ok(here),
        "x86_64" | "arm64" => Err(Error::invalid(format!(
            "This node is {}; code for {one} cannot run here, so it is refused",
            here.as_str()
        ))),
        _ => Err(Error::form("architectures", one.clone(), "Member must satisfy enum value set: [x86_64, arm64]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_that_run_here_are_taken_and_others_refused_by_name() {
        for runtime in Runtime::ALL {
            assert_eq!(super::runtime(runtime.as_str()), Ok(runtime));
        }
        for (text, words) in [
            ("java21", "The runtime java21 is not run by this version"),
            ("nodejs16.x", "The runtime nodejs16.x is not run by this version"),
            ("provided", "The runtime provided is not run by this version"),
            ("cobol", "failed to satisfy constraint"),
            ("", "failed to satisfy constraint"),
        ] {
            assert!(super::runtime(text).unwrap_err().to_string().contains(words), "{text}");
        }
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!((timeout(1), timeout(900)), (Ok(1), Ok(900)));
        assert_eq!((memory(128), memory(10_240)), (Ok(128), Ok(10_240)));
        for bad in [timeout(0), timeout(901), timeout(-1), memory(127), memory(10_241), concurrency(-1)] {
            assert!(bad.is_err());
        }
    }

    #[test]
    fn code_for_another_machine_is_refused() {
        let here = Architecture::here();
        let other = if here == Architecture::X86 { "arm64" } else { "x86_64" };
        assert_eq!(architecture(None), Ok(here));
        assert_eq!(architecture(Some(&[here.as_str().to_owned()])), Ok(here));
        for bad in [&[other.to_owned()][..], &["mips".to_owned()], &[], &[other.to_owned(), other.to_owned()]] {
            assert!(architecture(Some(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_handler_is_one_word() {
        assert!(handler(Some("app.handler")).is_ok());
        for bad in [None, Some(""), Some("a b"), Some("a\n"), Some("a\0b")] {
            assert!(handler(bad).is_err(), "{bad:?}");
        }
    }
}
