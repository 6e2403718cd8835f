//! Package managers that leave their lists and downloads in the image.

use super::{Linter, arg, command};
use luakit_diagnostics::Code;
use luakit_llb::{ExecOp, MountKind, Op};

/// What a package manager leaves behind, and what keeps it from doing so.
struct Manager {
    programs: &'static [&'static str],
    install: &'static str,
    /// The option that leaves nothing behind.
    option: Option<&'static str>,
    /// The folders where it keeps what is left: one as a mount is enough.
    folders: &'static [&'static str],
    hint: &'static str,
}

const MANAGERS: &[Manager] = &[
    Manager {
        programs: &["apt-get", "apt"],
        install: "install",
        option: None,
        folders: &["/var/lib/apt/lists", "/var/cache/apt"],
        hint: "end the command with `rm -rf /var/lib/apt/lists/*`, or mount `bk.cache(\"/var/lib/apt/lists\")` and \
               `bk.cache(\"/var/cache/apt\")`",
    },
    Manager {
        programs: &["apk"],
        install: "add",
        option: Some("--no-cache"),
        folders: &["/var/cache/apk", "/etc/apk/cache"],
        hint: "write `apk add --no-cache`, or mount `bk.cache(\"/etc/apk/cache\")`",
    },
];

/// Reports installations into what is exported; what a builder leaves behind stays there.
pub(super) fn check(linter: &mut Linter<'_>) {
    for (_, vertex) in linter.shipped() {
        let Op::Exec(exec) = &vertex.op else { continue };
        let commands = command::commands(exec);
        for manager in MANAGERS {
            let Some(program) = commands.iter().find_map(|words| manager.installs(words)) else { continue };
            if manager.cleans(exec, &commands) {
                continue;
            }
            let message =
                format!("bk.run: `{program} {}` leaves its package lists in the image", manager.install);
            let finding = linter.finding(Code::PACKAGE_LEFTOVERS, vertex, &arg(0), message);
            linter.say(finding.map(|it| it.with_hint(manager.hint)));
        }
    }
}

impl Manager {
    /// Returns the program, if the command installs with it and takes no care of itself.
    fn installs<'w>(&self, words: &'w [String]) -> Option<&'w str> {
        let (program, rest) = words.split_first()?;
        let verb = rest.iter().find(|word| !word.starts_with('-'))?;
        let careful = self.option.is_some_and(|option| rest.iter().any(|word| word == option));
        (self.programs.contains(&program.as_str()) && verb == self.install && !careful).then_some(program)
    }

    fn cleans(&self, exec: &ExecOp, commands: &[Vec<String>]) -> bool {
        let is_in = |path: &str| {
            self.folders.iter().any(|folder| path.starts_with(folder) || folder.starts_with(path))
        };
        let mounted = exec.mounts.iter().any(|mount| {
            let kept = matches!(mount.kind, MountKind::Cache { .. } | MountKind::Tmpfs { .. });
            kept && is_in(mount.dest.trim_end_matches('/'))
        });
        let removes = |words: &Vec<String>| {
            let program = words.first().map_or("", String::as_str);
            matches!(program, "rm" | "find") && words.iter().any(|word| word.len() > 1 && is_in(word))
        };
        mounted || commands.iter().any(removes)
    }
}
