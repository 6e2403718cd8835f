//! `cargo xtask twins [--check]`: what BuildKit's Dockerfile frontend makes of the Dockerfiles in `examples/`, as listings beside them.
//!
//! Each example is a `build.lua` with a Dockerfile that does the same. The frontend runs in a Go program, `tests/twins`; here is what
//! compares: the script's graph has to have the listing of its twin.

mod listing;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine;
use luakit_llb::Definition;
use luakit_testkit::tools;

pub(crate) const USAGE: &str =
    "cargo xtask twins [--check]    list the graphs of the examples' Dockerfiles anew, or compare them";

/// Writes the listings, or with `--check` says which are stale.
pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    match args {
        [] => twins()?.iter().try_for_each(|(path, text)| {
            fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
        }),
        ["--check"] => check(&twins()?),
        _ => Err(format!("usage:\n{USAGE}")),
    }
}

fn check(twins: &[(PathBuf, String)]) -> Result<(), String> {
    let mut stale = String::new();
    for (path, text) in twins {
        let found = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
        if found != *text {
            stale += &format!("{} is stale\n", path.display());
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("{stale}hint: run `cargo xtask twins` and commit the result"))
    }
}

/// The folders of `examples/` that have a Dockerfile.
fn folders() -> Result<Vec<PathBuf>, String> {
    let examples = tools::workspace().join("examples");
    let entries = fs::read_dir(&examples).map_err(|error| format!("{}: {error}", examples.display()))?;
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    folders.retain(|folder| folder.join("Dockerfile").exists());
    folders.sort();
    Ok(folders)
}

/// The listing of each Dockerfile, with the file it belongs in.
fn twins() -> Result<Vec<(PathBuf, String)>, String> {
    let folders = folders()?;
    let mut go = Command::new("go");
    go.args(["run", "."]).args(folders.iter().map(|folder| folder.join("Dockerfile")));
    go.current_dir(tools::workspace().join("tests/twins")).stderr(Stdio::inherit());
    let output = go.output().map_err(|error| format!("cannot run `go run .` in tests/twins: {error}"))?;
    if !output.status.success() {
        return Err(format!("`go run .` in tests/twins ended with {}", output.status));
    }
    let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    let listings = text.lines().map(|line| {
        let bytes = base64::prelude::BASE64_STANDARD.decode(line).map_err(|error| error.to_string())?;
        let definition = Definition::decode(&bytes).map_err(|error| error.to_string())?;
        Ok::<_, String>(listing::list(&definition))
    });
    let files = folders.iter().map(|folder| folder.join("twin.txt"));
    files.zip(listings).map(|(file, listing)| Ok((file, listing?))).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use luakit_check::{DiskLoader, Options, check, worker};
    use luakit_diagnostics::{SourceFile, render_text};

    use super::{folders, listing};

    /// The listing of the script in a folder, which has to be without findings.
    fn listed(folder: &std::path::Path) -> String {
        let path = folder.join("build.lua");
        let file = Arc::new(SourceFile::new("build.lua", fs::read_to_string(&path).unwrap()));
        let options =
            Options { platform: Some(luakit_llb::Platform::new("linux", "amd64")), ..Options::default() };
        let loader = DiskLoader::beside(&path);
        let (findings, run) =
            worker::run(|| check(&Arc::new(luakit_analysis::Script::parse(file)), &loader, &options))
                .unwrap();
        let told: String = findings.iter().map(|finding| render_text(finding, false)).collect();
        assert!(told.is_empty(), "{}:\n{told}", path.display());
        listing::list(run.definition().unwrap())
    }

    #[test]
    fn each_example_is_the_graph_of_its_dockerfile() {
        let folders = folders().unwrap();
        assert!(folders.len() >= 6, "the examples were not found");
        for folder in folders {
            let twin = fs::read_to_string(folder.join("twin.txt")).unwrap_or_default().replace("\r\n", "\n");
            let ours = listed(&folder);
            assert!(ours == twin, "{}\n--- twin.txt\n{twin}\n--- build.lua\n{ours}", folder.display());
        }
    }
}
