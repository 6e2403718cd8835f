//! Secrets in clear: a definition can be read by everybody who sees the build, an image's config by all who have it.
//!
//! No message repeats the value.

use super::{Linter, arg, env, option};
use luakit_api::Step;
use luakit_diagnostics::{Code, Diagnostic};
use luakit_llb::pb::file_action::Action;
use luakit_llb::{Op, Vertex};

pub(super) fn check(linter: &mut Linter<'_>) {
    for (_, vertex) in linter.reached() {
        match &vertex.op {
            Op::Exec(exec) => {
                for (index, word) in exec.args.iter().enumerate() {
                    let Some(kind) = secret_in(word) else { continue };
                    let path = vec![Step::Arg(0), Step::Index(index)];
                    let what = format!("bk.run: the command holds what looks like {kind}");
                    let finding = leak(linter, vertex, &path, what);
                    linter.say(finding.map(|it| it.with_hint(MOUNT)));
                }
            }
            Op::File(file) => {
                for (action, _) in file.actions() {
                    let Action::Mkfile(mkfile) = action else { continue };
                    let Some(kind) = secret_in(&String::from_utf8_lossy(&mkfile.data)) else { continue };
                    let what = format!("bk.mkfile: the file holds what looks like {kind}");
                    let finding = leak(linter, vertex, &arg(1), what);
                    linter.say(finding.map(|it| it.with_hint(MOUNT)));
                }
            }
            Op::Source(source) => {
                let mut texts = std::iter::once(&source.identifier).chain(source.attrs.values());
                let Some(kind) = texts.find_map(|text| secret_in(text)) else { continue };
                // The calls of their own refuse a password in a URL.
                let what = format!("bk.source: the source holds what looks like {kind}");
                let finding = leak(linter, vertex, &arg(0), what);
                linter.say(
                    finding.map(|it| it.with_hint("name a secret instead, as `auth_header_secret` does")),
                );
            }
            _ => {}
        }
    }
    for (said, name, kind) in env::variables(linter, secret_variable) {
        let what = format!("{}: env `{name}` holds what looks like {kind}", said.function);
        let hint = if said.function == "bk.export" {
            "give it to the container when it runs".to_owned()
        } else {
            format!(
                "give the command a secret: `secret_env = {{ {name} = \"…\" }}`, or mount one with `bk.secret`"
            )
        };
        let finding = linter.at(Code::LEAKED_SECRET, said.place, format!("{what}, {IN_CLEAR}"));
        linter.say(Some(finding.with_hint(hint)));
    }
    labels(linter);
}

const IN_CLEAR: &str = "which is kept in clear";
const MOUNT: &str =
    "mount it with `bk.secret` where it is needed: a secret enters neither definition nor image";

fn leak(linter: &Linter<'_>, vertex: &Vertex, path: &[Step], what: String) -> Option<Diagnostic> {
    linter.finding(Code::LEAKED_SECRET, vertex, path, format!("{what}, {IN_CLEAR}"))
}

fn labels(linter: &mut Linter<'_>) {
    let mut found = Vec::new();
    for export in linter.exports {
        let Some(labels) = export.config["config"]["Labels"].as_object() else { continue };
        for (name, value) in labels {
            let Some(kind) = value.as_str().and_then(secret_in) else { continue };
            let what = format!("bk.export: label `{name}` holds what looks like {kind}, {IN_CLEAR}");
            let place = env::export_place(linter, export, &option(1, &["labels", name]));
            found.push(
                linter
                    .at(Code::LEAKED_SECRET, place, what)
                    .with_hint("take it out: a label is for everybody"),
            );
        }
    }
    found.into_iter().for_each(|finding| linter.say(Some(finding)));
}

/// Returns what kind of secret a variable seems to hold, by its value or by its name.
fn secret_variable(name: &str, value: &str) -> Option<&'static str> {
    secret_in(value).or_else(|| (names_secret(name) && !is_harmless(value)).then_some("a secret"))
}

/// Tells whether a variable is called like one that holds a secret, and not what only points to it.
fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let ends = [
        "TOKEN",
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "SECRET_KEY",
        "API_KEY",
        "APIKEY",
        "PRIVATE_KEY",
        "ACCESS_KEY",
    ];
    let is_one =
        |end: &str| name.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_'));
    !name.contains("PUBLIC") && ends.iter().any(|end| is_one(end))
}

/// Tells whether a value is too plain to be a secret: a path, a switch, a number, a placeholder.
fn is_harmless(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let placeholders = [
        "changeme",
        "change-me",
        "change_me",
        "dummy",
        "example",
        "placeholder",
        "redacted",
        "todo",
        "unset",
        "none",
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "disabled",
        "enabled",
        "test",
        "fake",
        "secret",
    ];
    let first = value.chars().next();
    value.is_empty()
        || value.starts_with(['/', '.', '~', '<', '$', '{', '%'])
        || value.contains("/run/secrets/")
        || value.bytes().all(|byte| byte.is_ascii_digit())
        || value.chars().all(|c| Some(c) == first)
        || placeholders.contains(&lower.as_str())
        || ["dummy", "placeholder", "example", "not-a-"].iter().any(|word| lower.contains(word))
}

/// Prefixes that only a secret has, how many characters follow at least, and what it is.
const PREFIXES: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("ghp_", 36, "a GitHub token"),
    ("gho_", 36, "a GitHub token"),
    ("ghu_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("ghr_", 36, "a GitHub token"),
    ("github_pat_", 22, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("xoxb-", 10, "a Slack token"),
    ("xoxp-", 10, "a Slack token"),
    ("sk_live_", 16, "a Stripe key"),
    ("rk_live_", 16, "a Stripe key"),
    ("npm_", 36, "an npm token"),
];

/// Returns what kind of secret a text holds.
fn secret_in(text: &str) -> Option<&'static str> {
    if let Some((_, rest)) = text.split_once("-----BEGIN ")
        && rest.split_once("-----").is_some_and(|(what, _)| what.ends_with("PRIVATE KEY"))
    {
        return Some("a private key");
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (prefix, length, kind) in PREFIXES {
        for (at, _) in text.match_indices(prefix) {
            let starts = !text[..at].ends_with(is_word);
            let rest = &text[at + prefix.len()..];
            // What is longer is enough: a text of nothing but prefixes is not to be read once for each.
            let token: String =
                rest.chars().take(length + 32).take_while(|c| is_word(*c) || *c == '-').collect();
            let plain = prefix.starts_with('A') && token.bytes().any(|byte| byte.is_ascii_lowercase());
            if starts && token.len() >= *length && !plain && !token.contains("EXAMPLE") {
                return Some(kind);
            }
        }
    }
    has_password(text).then_some("a URL with a password")
}

/// Tells whether a URL `scheme://user:password@host` is in a text.
fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let end = rest.find(|c: char| c == '/' || c.is_whitespace() || matches!(c, '"' | '\''));
        let Some((user, _)) = rest[..end.unwrap_or(rest.len())].rsplit_once('@') else { return false };
        user.split_once(':').is_some_and(|(_, password)| {
            !password.is_empty()
                && !password.starts_with(['$', '{', '<', '%'])
                && !password.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_form() {
        let token = |prefix: &str, length| format!("x {prefix}{}", "a1".repeat(length));
        for (text, kind) in [
            (token("ghp_", 18), Some("a GitHub token")),
            (token("ghp_", 10), None),
            (token("not_ghp_", 18), None),
            (format!("AKIA{}", "A1".repeat(8)), Some("an AWS access key")),
            ("AKIAIOSFODNN7EXAMPLE".into(), None),
            ("-----BEGIN RSA PRIVATE KEY-----\nx".into(), Some("a private key")),
            ("-----BEGIN PUBLIC KEY-----\nx".into(), None),
            ("https://me:hunter2@host/x".into(), Some("a URL with a password")),
            ("curl https://me:$PASSWORD@host/x".into(), None),
            ("ssh://git@host:22/x https://host/a:b@c".into(), None),
        ] {
            assert_eq!(secret_in(&text), kind, "{text}");
        }
    }

    #[test]
    fn a_variable_is_known_by_its_name_unless_its_value_is_plain() {
        for (name, value, found) in [
            ("NPM_TOKEN", "hunter2", true),
            ("password", "hunter2", true),
            ("AWS_SECRET_ACCESS_KEY", "hunter2", true),
            ("NPM_TOKEN_FILE", "hunter2", false),
            ("NEXT_PUBLIC_API_KEY", "hunter2", false),
            ("MAX_TOKEN", "4096", false),
            ("TOKEN", "/run/secrets/token", false),
            ("TOKEN", "$TOKEN", false),
            ("TOKEN", "", false),
            ("DB_PASSWORD", "changeme", false),
            ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes", false),
            ("TOKENIZERS", "hunter2", false),
        ] {
            assert_eq!(secret_variable(name, value).is_some(), found, "{name}={value}");
        }
    }
}
