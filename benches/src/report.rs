//! `docs/benchmarks.md`: each benchmark writes its own section and leaves the others.

use std::fs;
use std::io;
use std::path::PathBuf;

const HEAD: &str = "# Benchmarks\n\nMade by `cargo xtask bench`; each section is one run. Medians; the machine's noise is in the spread.\n";

/// Writes a section into the report, and prints it.
pub fn section(name: &str, title: &str, body: &str) -> io::Result<()> {
    section_of("benchmarks.md", HEAD, name, title, body)
}

/// Writes a section into one of the reports in `docs/`, which begins with `head` where it is new, and prints it.
pub fn section_of(file: &str, head: &str, name: &str, title: &str, body: &str) -> io::Result<()> {
    println!("\n## {title}\n\n{body}");
    let path = path(file);
    let before = fs::read_to_string(&path).unwrap_or_else(|_| head.to_owned());
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let text =
        format!("{open}\n## {title}\n\n{machine}\n\n{body}\n{close}\n", body = body.trim_end(), machine = machine());
    let after = match (before.find(&open), before.find(&close)) {
        (Some(start), Some(end)) => {
            let end = end + close.len();
            format!("{}{}{}", &before[..start], text.trim_end(), &before[end..])
        }
        _ => format!("{}\n\n{text}", before.trim_end()),
    };
    fs::write(path, after)
}

/// What one of the reports says by now; nothing where there is none.
pub fn text(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_default()
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs")).join(file)
}

/// The machine in one line.
fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |line: &str| line.split_once(':').map(|(_, value)| value.trim().to_owned());
    let model = info.lines().find(|line| line.starts_with("model name")).and_then(value).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let version = kernel.trim().split('-').next().unwrap_or_default().to_owned();
    format!("{cores} cores, {model}; Linux {version}; Portcullis {}", env!("CARGO_PKG_VERSION"))
}
