//! Commands that are lists: no shell reads them, so `&&`, `>` and `$HOME` are words like any other.

use super::{Linter, env};
use luakit_api::Step;
use luakit_diagnostics::Code;

const OPERATORS: &[&str] = &["&&", "||", "|", ">", ">>", "<", "2>", "2>&1", "&>", ";"];

/// Programs that give such words a meaning of their own.
const OWN_MEANING: &[&str] =
    &["test", "[", "expr", "find", "awk", "gawk", "mawk", "jq", "yq", "xargs", "parallel"];

/// Programs that expand `$NAME` themselves.
const EXPANDING: &[&str] =
    &["envsubst", "perl", "php", "make", "sed", "node", "powershell", "pwsh", "su", "ssh"];

pub(super) fn check(linter: &mut Linter<'_>) {
    for (vertex, exec) in linter.commands() {
        let Some((program, words)) = exec.args.split_first() else { continue };
        let program = program.rsplit('/').next().unwrap_or(program);
        // A shell reads what it is given.
        if is_shell(program) || words.iter().any(|word| is_shell(word.rsplit('/').next().unwrap_or(word))) {
            continue;
        }
        if OWN_MEANING.contains(&program) {
            continue;
        }
        for (index, word) in words.iter().enumerate() {
            let path = vec![Step::Arg(0), Step::Index(index + 1)];
            let followed = index + 1 < words.len();
            if OPERATORS.contains(&word.as_str()) && (followed || word == "2>&1") {
                let message =
                    format!("bk.run: `{word}` in a list is an argument of `{program}`, no shell reads it");
                let finding = linter.finding(Code::OPERATOR_IN_LIST, vertex, &path, message);
                linter.say(
                    finding.map(|it| it.with_hint("write the command as a string: `/bin/sh -c` runs it")),
                );
                break;
            }
            if let Some(name) = whole_reference(word).filter(|_| !EXPANDING.contains(&program)) {
                let message = format!("bk.run: `${name}` in a list stays as it is, no shell replaces it");
                let finding = linter.finding(Code::UNEXPANDED_VARIABLE, vertex, &path, message);
                linter.say(
                    finding.map(|it| it.with_hint("write the command as a string: `/bin/sh -c` runs it")),
                );
            }
        }
    }
}

fn is_shell(program: &str) -> bool {
    matches!(
        program,
        "sh" | "bash"
            | "ash"
            | "dash"
            | "zsh"
            | "ksh"
            | "fish"
            | "nu"
            | "busybox"
            | "cmd"
            | "cmd.exe"
            | "pwsh"
            | "powershell"
            | "-c"
            | "-ec"
            | "-lc"
            | "-exc"
    )
}

/// Returns the variable in a word that is nothing but a path or option with it, such as `--prefix=$HOME/x`.
fn whole_reference(word: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=,@{}$-".contains(c);
    let name = *env::references(word).first().filter(|_| word.chars().all(plain))?;
    name.bytes().all(|byte| !byte.is_ascii_lowercase()).then_some(name)
}
