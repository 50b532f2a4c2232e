//! What a function sees of this machine: the system's programs, the interpreter, its code, and small files of its own.

use std::fs;
use std::path::{Path, PathBuf};

use super::View;
use crate::helper::{GROUP_INSIDE, USER_INSIDE};

/// The size of `/tmp`, in bytes (AWS: 512 MB).
const TMP_BYTES: u64 = 512 * 1024 * 1024;
/// Folders of the system, shown where they are folders and linked where they are links.
const SYSTEM: [&str; 7] = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// What programs need of `/etc`.
const CONFIGURATION: [&str; 9] = [
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/mime.types",
    "/etc/pki",
    "/etc/protocols",
    "/etc/ssl",
];

/// Where the parts of a function lie on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Its code.
    pub(crate) task: PathBuf,
    /// Its layers, laid over one another.
    pub(crate) layers: Option<PathBuf>,
    /// Our own runtime clients.
    pub(crate) clients: PathBuf,
    /// What else the interpreter needs.
    pub(crate) interpreter: Vec<PathBuf>,
    /// Whether names of the network are looked up.
    pub(crate) resolves: bool,
    /// What is never shown.
    pub(crate) hidden: Vec<PathBuf>,
}

/// Where the function finds its parts: at AWS's places, or where they lie if it has no root of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// `/var/task`.
    pub(crate) task: PathBuf,
    /// `/opt`.
    pub(crate) layers: PathBuf,
    /// `/var/runtime`.
    pub(crate) clients: PathBuf,
    /// Where it may write, if not `/tmp`.
    pub(crate) tmp: Option<PathBuf>,
}

/// Plans the view of a cell. `root`: an empty folder over which its root is mounted. `tmp`: where it writes if it gets no root.
pub(crate) fn view(layout: &Layout, root: PathBuf, tmp: Option<PathBuf>) -> (View, Seen) {
    let own_root = tmp.is_none();
    let seen = Seen {
        task: if own_root { "/var/task".into() } else { layout.task.clone() },
        layers: if own_root { "/opt".into() } else { layout.layers.clone().unwrap_or_else(|| "/opt".into()) },
        clients: if own_root { "/var/runtime".into() } else { layout.clients.clone() },
        tmp: tmp.clone(),
    };
    let mut view = View {
        root,
        shown: Vec::new(),
        links: Vec::new(),
        files: files(layout.resolves),
        hidden: Vec::new(),
        tmp_bytes: TMP_BYTES,
        writable: tmp,
    };
    for path in SYSTEM.into_iter().map(Path::new) {
        match fs::read_link(path) {
            Ok(target) => view.links.push((path.into(), target)),
            Err(_) if path.is_dir() => view.shown.push((path.into(), path.into())),
            Err(_) => {}
        }
    }
    let resolver = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"];
    let configuration = CONFIGURATION.iter().chain(resolver.iter().filter(|_| layout.resolves)).map(Path::new);
    view.shown.extend(configuration.filter(|path| path.exists()).map(|path| (path.into(), path.into())));
    let mut parts = vec![(layout.task.clone(), seen.task.clone()), (layout.clients.clone(), seen.clients.clone())];
    parts.extend(layout.layers.clone().map(|layers| (layers, seen.layers.clone())));
    view.shown.extend(parts);
    for path in &layout.interpreter {
        if !view.shown.iter().any(|(shown, _)| path.starts_with(shown)) {
            view.shown.push((path.clone(), path.clone()));
        }
    }
    view.hidden = hidden(&layout.hidden, &view.shown);
    (view, seen)
}

/// Where what is hidden would be seen. What is shown on purpose from inside of it, code above all, stays seen.
fn hidden(hidden: &[PathBuf], shown: &[(PathBuf, PathBuf)]) -> Vec<PathBuf> {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let mut found = Vec::new();
    for path in hidden.iter().map(|path| real(path)) {
        found.extend(shown.iter().filter_map(|(from, to)| {
            let below = path.strip_prefix(real(from)).ok()?;
            Some(to.join(below))
        }));
    }
    found
}

fn files(resolves: bool) -> Vec<(PathBuf, String)> {
    let user = format!("sbx_user1051:x:{USER_INSIDE}:{GROUP_INSIDE}::/:/sbin/nologin\n");
    let mut files =
        vec![("/etc/passwd".into(), user), ("/etc/group".into(), format!("sbx_user1051:x:{GROUP_INSIDE}:\n"))];
    if !resolves {
        files.push(("/etc/hosts".into(), "127.0.0.1 localhost\n".to_owned()));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        Layout {
            task: "/scratch/code/a".into(),
            layers: Some("/scratch/layers/b".into()),
            clients: "/scratch/clients".into(),
            interpreter: vec!["/usr/bin/python3.11".into(), "/srv/python".into()],
            resolves: false,
            hidden: Vec::new(),
        }
    }

    #[test]
    fn its_parts_are_seen_at_awss_places() {
        let (view, seen) = view(&layout(), "/scratch/root".into(), None);
        assert_eq!((seen.task.as_path(), seen.layers.as_path()), (Path::new("/var/task"), Path::new("/opt")));
        for (from, to) in
            [("/scratch/code/a", "/var/task"), ("/scratch/layers/b", "/opt"), ("/scratch/clients", "/var/runtime")]
        {
            assert!(view.shown.contains(&(from.into(), to.into())), "{from}");
        }
    }

    #[test]
    fn an_interpreter_is_shown_once_and_only_where_it_is_not_the_systems() {
        let (view, _) = view(&layout(), "/scratch/root".into(), None);
        let shows = |path: &str| view.shown.iter().any(|(from, _)| from == Path::new(path));
        assert!(shows("/usr") && shows("/srv/python") && !shows("/usr/bin/python3.11"));
    }

    #[test]
    fn what_is_hidden_is_hidden_wherever_it_would_be_seen() {
        let mut layout = layout();
        layout.task = "/srv/app".into();
        layout.hidden = vec!["/srv/app/data".into(), "/usr/data".into(), "/var/data".into()];
        let (view, _) = view(&layout, "/scratch/root".into(), None);
        assert_eq!(view.hidden, [Path::new("/var/task/data"), Path::new("/usr/data")]);
    }

    #[test]
    fn nothing_of_the_machines_users_is_shown() {
        let (view, _) = view(&layout(), "/scratch/root".into(), None);
        for secret in ["/", "/etc", "/etc/shadow", "/etc/passwd", "/root", "/srv", "/var", "/scratch", "/run", "/sys"] {
            assert!(!view.shown.iter().any(|(from, _)| from == Path::new(secret)), "{secret}");
        }
    }
}
