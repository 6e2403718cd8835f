//! The codes of all findings, each declared once with its level and its meaning.

use crate::Severity;

/// The stable name of a kind of finding, such as `unknown-option`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(&'static CodeInfo);

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct CodeInfo {
    name: &'static str,
    severity: Severity,
    off: bool,
    meaning: &'static str,
    page: &'static str,
}

impl Code {
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns the level a finding of this kind has unless it is configured otherwise.
    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// Tells whether findings of this kind are shown only where a configuration asks for them.
    pub fn is_off_by_default(self) -> bool {
        self.0.off
    }

    /// Returns what the finding means, in a sentence or two.
    pub fn meaning(self) -> &'static str {
        self.0.meaning
    }

    /// Returns the page of the manual on it, in Markdown: what it says, why it matters, an example, what to write
    /// instead, how to silence it.
    pub fn page(self) -> &'static str {
        self.0.page
    }

    pub fn from_name(name: &str) -> Option<Code> {
        CODES.iter().copied().find(|code| code.name() == name)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Makes the codes: a constant, its name, its level, and `off` where it is shown only on demand.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $konst:ident = $name:literal $severity:ident $($off:ident)?;)+) => {
        impl Code {
            $($(#[doc = $doc])+ pub const $konst: Code =
                Code(&CodeInfo {
                    name: $name,
                    severity: Severity::$severity,
                    off: !concat!($(stringify!($off))?).is_empty(),
                    meaning: concat!($($doc, "\n"),+),
                    page: include_str!(concat!("../pages/", $name, ".md")),
                });)+
        }

        /// Every code there is, in the order of their declaration.
        pub const CODES: &[Code] = &[$(Code::$konst),+];
    };
}

codes! {
    /// The text is not valid Lua.
    SYNTAX = "syntax" Error;
    /// The file is not valid UTF-8, so that no position in it could be named.
    NOT_UTF8 = "not-utf8" Error;
    /// A `bk` function that does not exist.
    UNKNOWN_FUNCTION = "unknown-function" Error;
    /// A method that the object does not have.
    UNKNOWN_METHOD = "unknown-method" Error;
    /// A method called with `.`, so that it gets no object to work on.
    DOT_CALL = "dot-call" Error;
    /// An option key that the call does not have.
    UNKNOWN_OPTION = "unknown-option" Error;
    /// A required argument or option that is not there.
    MISSING_ARGUMENT = "missing-argument" Error;
    /// More arguments than the call takes.
    SURPLUS_ARGUMENT = "surplus-argument" Error;
    /// A value of another type than the call takes.
    WRONG_TYPE = "wrong-type" Error;
    /// A value of the right type that is not allowed there.
    INVALID_VALUE = "invalid-value" Error;
    /// A value outside an enumeration.
    NOT_A_CHOICE = "not-a-choice" Error;
    /// A mode written as a number that looks octal but is decimal in Lua.
    OCTAL_MODE = "octal-mode" Warning;
    /// A name of Lua's libraries that build scripts do not have.
    SANDBOXED = "sandboxed" Error;
    /// A module that `require` does not find.
    UNRESOLVED_REQUIRE = "unresolved-require" Error;
    /// Modules that require each other in a circle.
    REQUIRE_CYCLE = "require-cycle" Error;
    /// A script that never calls `bk.export`.
    MISSING_EXPORT = "missing-export" Error;
    /// A second call of `bk.export`.
    DUPLICATE_EXPORT = "duplicate-export" Error;
    /// A `--target` that the script does not name.
    UNKNOWN_TARGET = "unknown-target" Error;
    /// An operation that LLB or BuildKit refuses.
    INVALID_OP = "invalid-op" Error;
    /// An error that Lua itself raised while the script ran.
    RUNTIME_ERROR = "runtime-error" Error;
    /// A script that was stopped by a limit on time, memory, stack, operations or output.
    LIMIT = "limit" Error;
    /// A script whose two runs gave different graphs.
    NOT_DETERMINISTIC = "not-deterministic" Warning;
    /// A name that nothing declares, so that it is nil.
    UNKNOWN_NAME = "unknown-name" Warning;
    /// A result that nothing uses, such as the State of a `run` that is thrown away.
    UNUSED_STATE = "unused-state" Warning;
    /// A local variable or function that nothing reads.
    UNUSED_NAME = "unused-name" Hint;
    /// A function that its comment calls deprecated.
    DEPRECATED = "deprecated" Hint;
    /// Another thing that is called `bk`, so that the API cannot be reached by its name.
    SHADOWED_BK = "shadowed-bk" Warning;
    /// An operation that no export depends on, so that it is never built.
    UNREACHED_OP = "unreached-op" Warning;
    /// A value that looks like a secret and can be read in the definition, the image or its history.
    LEAKED_SECRET = "leaked-secret" Warning;
    /// A shell's operator in a command that is a list, which no shell reads.
    OPERATOR_IN_LIST = "operator-in-list" Warning;
    /// A `$NAME` where nothing puts the variable's value in its place.
    UNEXPANDED_VARIABLE = "unexpanded-variable" Warning;
    /// Cache mounts that have one id and disagree about where they are mounted or who may use them at a time.
    CACHE_CONFLICT = "cache-conflict" Warning;
    /// A copy of everything before an installation of dependencies, which each edit then repeats.
    BROAD_COPY = "broad-copy" Note;
    /// A package manager that leaves its lists or downloads in the image.
    PACKAGE_LEFTOVERS = "package-leftovers" Note;
    /// A download of which nobody says what it must be.
    UNVERIFIED_DOWNLOAD = "unverified-download" Note;
    /// An image that is named without a digest, so that it can be another one tomorrow.
    UNPINNED_IMAGE = "unpinned-image" Note off;
    /// An argument of the build that no script reads, or whose value a script throws away.
    UNUSED_ARGUMENT = "unused-argument" Warning;
    /// A comment `luakit: ignore[…]` that silences nothing.
    UNUSED_IGNORE = "unused-ignore" Warning;
    /// A code of findings that does not exist, in a comment `luakit: ignore[…]` or in luakit.toml.
    UNKNOWN_RULE = "unknown-rule" Warning;
    /// A key of luakit.toml that does not exist.
    UNKNOWN_SETTING = "unknown-setting" Warning;
    /// A value in luakit.toml that its key does not take.
    INVALID_SETTING = "invalid-setting" Error;
    /// Something that could not be done here, such as pinning a digest without a resolver.
    NOTE = "note" Note;
    /// An expectation of a test that did not hold.
    FAILED_TEST = "failed-test" Error;
    /// luakit itself failed while it looked at the script.
    INTERNAL = "internal" Error;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_kebab_case_unique_and_explained() {
        let mut seen = std::collections::BTreeSet::new();
        for code in CODES {
            let name = code.name();
            assert!(
                name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{name} is not kebab-case"
            );
            assert!(seen.insert(name), "{name} is declared twice");
            assert!(code.meaning().trim().ends_with('.'), "{name} is not explained in a sentence");
            assert_eq!(Code::from_name(name), Some(*code));
        }
    }

    #[test]
    fn every_page_has_the_same_headings() {
        for code in CODES {
            let headings = code.page().lines().filter_map(|line| line.strip_prefix("## "));
            let expected = ["What it says", "Why it matters", "Example", "Instead", "How to silence it"]
                .map(str::to_owned);
            assert_eq!(headings.collect::<Vec<_>>(), expected, "{code}");
        }
    }
}
