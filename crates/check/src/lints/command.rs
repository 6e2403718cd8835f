//! The simple commands of a command line, as far as they can be told without running a shell.

use luakit_llb::ExecOp;

/// Returns the simple commands that a run makes, each as its words, without assignments and `sudo` in front.
pub(super) fn commands(exec: &ExecOp) -> Vec<Vec<String>> {
    let line = match exec.args.as_slice() {
        // `/bin/sh -c LINE`, or another shell with its options.
        [shell, options @ .., line] if is_shell(shell) && options.iter().any(|it| is_command_option(it)) => {
            line
        }
        words => return vec![bare(words.to_vec())],
    };
    split(line).into_iter().map(bare).collect()
}

fn is_shell(program: &str) -> bool {
    matches!(program.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash" | "zsh" | "ksh"))
}

fn is_command_option(word: &str) -> bool {
    word.starts_with('-') && word.ends_with('c')
}

fn bare(words: Vec<String>) -> Vec<String> {
    let in_front = |word: &String| {
        let assigns = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        assigns
            || matches!(
                word.as_str(),
                "sudo" | "env" | "exec" | "then" | "else" | "do" | "if" | "{" | "(" | "!"
            )
    };
    words.into_iter().skip_while(in_front).collect()
}

/// Splits a line at the operators between commands, and each command at its blanks; quotes hold words together.
fn split(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some('\''), _) | (Some(_), ' ' | '\t' | '\n' | ';' | '&' | '|') => {
                word.get_or_insert_default().push(c);
            }
            (_, '\\') => match chars.next() {
                Some('\n') | None => {}
                Some(next) => word.get_or_insert_default().push(next),
            },
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t' | '\n' | ';' | '&' | '|') => {
                if let Some(commands) = commands.last_mut() {
                    commands.extend(word.take());
                }
                if !matches!(c, ' ' | '\t') {
                    commands.push(Vec::new());
                }
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    if let Some(last) = commands.last_mut() {
        last.extend(word);
    }
    commands.retain(|command| !command.is_empty());
    commands
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_line_is_split_as_a_shell_would() {
        for (line, expected) in [
            ("a && b c; d | e", "a/b c/d/e"),
            ("echo 'a && b' \"c; d\"", "echo a && b c; d"),
            ("a \\\n  b\nc\\ d", "a b/c d"),
            ("", ""),
            ("'open", "open"),
        ] {
            let commands: Vec<String> = split(line).iter().map(|words| words.join(" ")).collect();
            assert_eq!(commands.join("/"), expected, "{line}");
        }
    }
}
