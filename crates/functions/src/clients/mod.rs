//! Which client of the Runtime API runs a function: one that its code or a layer brings, else our own.

pub(crate) mod interpreter;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use snapshot::{FunctionRuntime, LocalFunction};

use crate::cell::{Layout, Seen};
use interpreter::Interpreter;

/// Our own clients, embedded.
const OURS: [(&str, &str); 2] =
    [("bootstrap.py", include_str!("bootstrap.py")), ("bootstrap.js", include_str!("bootstrap.js"))];

/// Writes our own clients where cells find them.
pub(crate) fn write(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    for (name, text) in OURS {
        std::fs::write(folder.join(name), text)?;
        std::fs::set_permissions(folder.join(name), Permissions::from_mode(0o644))?;
    }
    Ok(())
}

/// What starts a function.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// The executable, as the cell sees it.
    pub(crate) executable: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
}

/// Chooses the client. An error is a sentence for the function's owner.
pub(crate) fn command(
    function: &LocalFunction,
    interpreter: Option<&Interpreter>,
    layout: &Layout,
    seen: &Seen,
) -> Result<Command, String> {
    match function.runtime {
        FunctionRuntime::Provided => bootstrap(layout, seen),
        FunctionRuntime::Python => {
            let interpreter = interpreter.ok_or("there is no interpreter")?;
            let brought = [
                layout.task.clone(),
                below_layers(layout, "python"),
                below_layers(layout, &format!("python/lib/python{}/site-packages", interpreter.version)),
            ];
            let arguments = if brought.iter().any(|folder| folder.join("awslambdaric/__main__.py").is_file()) {
                vec!["-m".to_owned(), "awslambdaric".to_owned(), function.handler.to_string()]
            } else {
                // Without `site`: start-up files of this machine are none of the function's.
                vec!["-S".to_owned(), text(&seen.clients.join("bootstrap.py"))]
            };
            Ok(Command { executable: interpreter.executable.clone(), arguments })
        }
        FunctionRuntime::Node => {
            let interpreter = interpreter.ok_or("there is no interpreter")?;
            let places = [
                (layout.task.clone(), seen.task.clone()),
                (below_layers(layout, "nodejs"), seen.layers.join("nodejs")),
            ];
            let brought = places.iter().find_map(|(place, seen)| {
                let client = Path::new("node_modules/aws-lambda-ric/bin");
                let name =
                    ["index.mjs", "index.js"].into_iter().find(|name| place.join(client).join(name).is_file())?;
                Some(text(&seen.join(client).join(name)))
            });
            let arguments = match brought {
                Some(client) => vec![client, function.handler.to_string()],
                None => vec![text(&seen.clients.join("bootstrap.js"))],
            };
            Ok(Command { executable: interpreter.executable.clone(), arguments })
        }
    }
}

fn bootstrap(layout: &Layout, seen: &Seen) -> Result<Command, String> {
    let places = [(Some(&layout.task), &seen.task), (layout.layers.as_ref(), &seen.layers)];
    let found = places.into_iter().find_map(|(place, seen)| {
        place.filter(|place| place.join("bootstrap").is_file()).map(|_| seen.join("bootstrap"))
    });
    let executable = found.ok_or("neither its code nor a layer has an executable named `bootstrap`")?;
    Ok(Command { executable, arguments: Vec::new() })
}

fn below_layers(layout: &Layout, path: &str) -> PathBuf {
    layout.layers.as_ref().map(|layers| layers.join(path)).unwrap_or_default()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
