//! Where a script writes the names of images out, for whoever gives them a digest.

use crate::Script;
use crate::project::inside_quotes;
use crate::scope::LocalKind;
use crate::seen::called;
use crate::slot::Slot;
use crate::strings::decode;
use crate::tree::{Entry, ExprId, ExprKind};
use luakit_api::FunctionId;
use luakit_diagnostics::{Edit, TextRange};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What an identifier of `bk.source` begins with if it is that of an image.
const SCHEME: &str = "docker-image://";

/// How many expressions are looked at for one argument; more alternatives than that nobody writes.
const MOST: usize = 64;

/// The name of an image as a script writes it out, and gives it to the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// Inside the quotes.
    pub range: TextRange,
    /// What stands there, such as `alpine:3.19` or `alpine:3.19@sha256:…`; it need not be right.
    pub text: String,
    /// The literal with its quotes, and the arguments that lead to it.
    pub places: Vec<TextRange>,
}

impl ImageName {
    /// Returns the name without its digest.
    pub fn tagged(&self) -> &str {
        self.text.split('@').next().unwrap_or("")
    }

    /// Tells whether somebody who points there means it.
    pub fn is_at(&self, asked: TextRange) -> bool {
        self.places.iter().any(|place| place.start <= asked.end && asked.start <= place.end)
    }

    /// Returns the edit that gives the name a digest. Name and tag stay as they are spelled.
    pub fn with_digest(&self, digest: &str) -> Edit {
        let range = TextRange::new(self.range.start + self.tagged().len(), self.range.end);
        Edit { range, text: format!("@{digest}") }
    }
}

/// Returns the names of images in a script, in their order: those that `bk.image` is given, also through a local, a
/// field of a table, or as one of several values.
pub fn image_names(script: &Script) -> Vec<ImageName> {
    let mut walk = Walk { script, tables: FxHashMap::default() };
    let mut names: BTreeMap<TextRange, ImageName> = BTreeMap::new();
    for (_, call) in script.tree.calls() {
        let Some(arg) = call.args.first() else { continue };
        let slot = called(script, call).and_then(|function| Slot::of(function, 0, &[]));
        let Some(slot) = slot.filter(Slot::names_image) else { continue };
        for literal in walk.literals(*arg) {
            let expr = script.tree.expr(literal).range;
            let Some((range, text)) = written(script, expr) else { continue };
            let (range, text) = match (slot.function.id, text.strip_prefix(SCHEME)) {
                (FunctionId::Image, _) => (range, text),
                (_, Some(rest)) => (TextRange::new(range.start + SCHEME.len(), range.end), rest),
                (_, None) => continue,
            };
            let new = || ImageName { range, text: text.to_owned(), places: vec![expr] };
            let name = names.entry(range).or_insert_with(new);
            let place = script.tree.expr(*arg).range;
            if !name.places.contains(&place) {
                name.places.push(place);
            }
        }
    }
    names.into_values().collect()
}

/// Returns what a string says, if that is just what is written between its quotes.
fn written(script: &Script, literal: TextRange) -> Option<(TextRange, &str)> {
    let whole = script.text(literal);
    let range = inside_quotes(whole, literal);
    let text = script.text(range);
    (decode(whole)? == text.as_bytes()).then_some((range, text))
}

struct Walk<'s> {
    script: &'s Script,
    /// The entries of tables that were looked into, by their names.
    tables: FxHashMap<ExprId, FxHashMap<&'s str, ExprId>>,
}

impl<'s> Walk<'s> {
    /// Returns the strings that a value may be.
    fn literals(&mut self, value: ExprId) -> Vec<ExprId> {
        let script = self.script;
        let mut found = Vec::new();
        let mut values = vec![value];
        for _ in 0..MOST {
            let Some(id) = values.pop() else { break };
            let id = script.tree.inner(id);
            match &script.tree.expr(id).kind {
                ExprKind::String => found.push(id),
                // `os.getenv("X") or "alpine"`: either may be what is given.
                ExprKind::Binary { op, left, right } if matches!(script.text(*op), "or" | "and") => {
                    values.extend([*right, *left]);
                }
                ExprKind::If { values: branches, .. } => values.extend(branches),
                ExprKind::Name => values.extend(self.declared(id)),
                ExprKind::Field { base, name } => values.extend(self.field(*base, script.text(*name))),
                _ => {}
            }
        }
        found
    }

    /// Returns what a local is declared with, if it is never assigned anything else.
    fn declared(&self, name: ExprId) -> Option<ExprId> {
        let local = (*self.script.scopes.names.get(self.script.tree.inner(name))?)?;
        let local = self.script.scopes.locals.get(local)?;
        local.value.filter(|_| local.kind == LocalKind::Variable && local.writes == 0)
    }

    /// Returns what a field has in the table that a local is declared with.
    fn field(&mut self, base: ExprId, name: &str) -> Option<ExprId> {
        let script = self.script;
        let table = script.tree.inner(self.declared(base)?);
        let ExprKind::Table(entries) = &script.tree.expr(table).kind else { return None };
        let named = |entry: &Entry| match entry {
            Entry::Named { key, value } => Some((script.text(*key), *value)),
            _ => None,
        };
        let fields = self.tables.entry(table).or_insert_with(|| entries.iter().filter_map(named).collect());
        fields.get(name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::script;
    use expect_test::{Expect, expect};

    /// Shows each name with what it becomes and where it is found.
    #[track_caller]
    fn check(text: &str, expected: Expect) {
        let script = script(text);
        let shown: String = image_names(&script)
            .iter()
            .map(|name| {
                let edit = name.with_digest("DIGEST");
                let literal = script.text(name.places[0]);
                let mut pinned = literal.to_owned();
                let at = name.places[0].start;
                pinned.replace_range(edit.range.start - at..edit.range.end - at, &edit.text);
                let others: Vec<&str> = name.places[1..].iter().map(|it| script.text(*it)).collect();
                format!("{literal} -> {pinned} {}", others.join(" ")).trim_end().to_owned() + "\n"
            })
            .collect();
        expected.assert_eq(&shown);
    }

    #[test]
    fn names_are_kept_as_they_are_spelled_and_get_a_digest() {
        check(
            "bk.image('alpine')\nbk.image(\"alpine:3.19\", {})\nbk.image [[ghcr.io/a/b:1]]\n\
             bk.image(\"127.0.0.1:5000/x\")\nbk.image('a:1@sha256:0123')\nbk.image(('a'))\nbk.image('b' :: string)",
            expect![[r#"
                'alpine' -> 'alpine@DIGEST'
                "alpine:3.19" -> "alpine:3.19@DIGEST"
                [[ghcr.io/a/b:1]] -> [[ghcr.io/a/b:1@DIGEST]]
                "127.0.0.1:5000/x" -> "127.0.0.1:5000/x@DIGEST"
                'a:1@sha256:0123' -> 'a:1@DIGEST'
                'a' -> 'a@DIGEST' ('a')
                'b' -> 'b@DIGEST' 'b' :: string
            "#]],
        );
    }

    #[test]
    fn names_are_found_where_they_are_written() {
        check(
            "local base = 'alpine:3.19'\nbk.export(bk.image(base))\nlocal again = base\nbk.image(again)\n\
             local images = { go = 'golang:1.22', ['x'] = 'no' }\nbk.image(images.go)\nbk.image(images.none)\n\
             bk.image(bk.arg('BASE') or 'debian')\nbk.image(if x then 'a' else 'b')\n\
             bk.source('docker-image://docker.io/library/alpine:3.19')\nbk.source('https://example.com')",
            expect![[r#"
                'alpine:3.19' -> 'alpine:3.19@DIGEST' base again
                'golang:1.22' -> 'golang:1.22@DIGEST' images.go
                'debian' -> 'debian@DIGEST' bk.arg('BASE') or 'debian'
                'a' -> 'a@DIGEST' if x then 'a' else 'b'
                'b' -> 'b@DIGEST' if x then 'a' else 'b'
                'docker-image://docker.io/library/alpine:3.19' -> 'docker-image://docker.io/library/alpine:3.19@DIGEST'
            "#]],
        );
    }

    #[test]
    fn what_is_not_surely_the_name_of_an_image_is_left_alone() {
        check(
            "local x = 'a'\nx = 'b'\nbk.image(x)\nbk.image('a' .. tag)\nbk.image('a\\x3a1')\nbk.image([[\na]])\n\
             bk.image(`a`)\nlocal bk = {}\nbk.image('a')\nfor _, y in { 'a' } do bk.image(y) end\nbk.git('a')\n\
             local function f(z) return bk.image(z) end\nlocal w = w\nbk.image(w)\nbk.image()",
            expect![[r#""#]],
        );
    }

    #[test]
    fn a_script_amid_typing_is_no_reason_to_find_nothing() {
        check(
            "bk.image('alpine:3.19@'\nbk.image('alpine'",
            expect![[r#"
            'alpine:3.19@' -> 'alpine:3.19@DIGEST'
            'alpine' -> 'alpine@DIGEST'
        "#]],
        );
        check(
            "local s = bk.image('alpine'):run(\nbk.image(\"deb",
            expect![[r#"
            'alpine' -> 'alpine@DIGEST'
        "#]],
        );
    }

    #[test]
    fn chains_and_tables_of_any_length_are_followed_in_linear_time() {
        let mut text = String::from("local t = {\n");
        for i in 0..10_000 {
            text.push_str(&format!("k{i} = 'a:{i}',\n"));
        }
        text.push_str("}\nlocal function f()\n");
        for i in 0..10_000 {
            text.push_str(&format!("bk.image(t.k{i})\n"));
        }
        text.push_str("end\n");
        // Each of these is twice the one before.
        text.push_str("local a0 = 'x'\n");
        for i in 0..100 {
            text.push_str(&format!("local a{} = a{i} or a{i}\n", i + 1));
        }
        text.push_str("bk.image(a4)\nbk.image(a100)\n");
        let script = script(&text);
        let start = std::time::Instant::now();
        assert_eq!(image_names(&script).len(), 10_001);
        assert!(start.elapsed() < std::time::Duration::from_secs(2));
    }
}
