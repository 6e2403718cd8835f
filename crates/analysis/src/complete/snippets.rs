//! Whole pieces of a script: blocks of Lua, and the shapes that builds have.

use super::{Completer, CompletionItem, CompletionKind};

/// A label, what it is, and its text.
type Snippet = (&'static str, &'static str, &'static str);

/// A line for each, with the text as it is inserted.
#[rustfmt::skip]
const SNIPPETS: &[Snippet] = &[
    ("fn", "a function", "local function ${1:name}($2)\n  $0\nend"),
    ("method", "a function of a module", "function ${1:M}.${2:name}($3)\n  $0\nend"),
    ("if", "a condition", "if ${1:condition} then\n  $0\nend"),
    ("ife", "a condition and its opposite", "if ${1:condition} then\n  $2\nelse\n  $0\nend"),
    ("for", "a loop over a list", "for _, ${1:item} in ipairs(${2:list}) do\n  $0\nend"),
    ("forp", "a loop over a map", "for ${1:key}, ${2:value} in pairs(${3:map}) do\n  $0\nend"),
    ("fori", "a loop that counts", "for ${1:i} = 1, ${2:10} do\n  $0\nend"),
    ("while", "a loop with a condition", "while ${1:condition} do\n  $0\nend"),
    ("repeat", "a loop that ends by a condition", "repeat\n  $0\nuntil ${1:condition}"),
    ("req", "a module", "local ${1:name} = require(\"${2:lib.name}\")"),
    ("module", "a module's own table", "local ${1:M} = {}\n\n$0\n\nreturn ${1:M}"),
    ("target", "a result with a name", "bk.target(\"${1:name}\", ${2:state})"),
    ("export", "the result", "bk.export(${1:image}, {\n  entrypoint = { \"${2:/app}\" },\n})"),
    ("arg", "an argument of the build", "local ${1:version} = bk.arg(\"${2:VERSION}\", \"${3:dev}\", { description = \"${4:what it is for}\" })"),
    ("multi-stage", "a build in two stages: one compiles, the other ships",
        "local src = bk.local_(\"context\", { exclude = { \".git\" } })\n\nlocal built = bk.image(\"${1:golang:1.22-alpine}\")\n  :copy(src, \".\", \"/src\")\n  :run(\"${2:go build -o /out/app .}\", { cwd = \"/src\" })\n\nlocal image = bk.image(\"${3:alpine:3.19}\"):copy(built, \"${4:/out/app}\", \"/usr/local/bin/\")\n\nbk.export(image, { entrypoint = { \"/usr/local/bin/${5:app}\" } })"),
    ("platforms", "the same for several platforms", "for _, platform in ipairs({ \"linux/amd64\", \"linux/arm64\" }) do\n  local base = bk.image(\"${1:alpine:3.19}\", { platform = platform })\n  bk.target(platform:gsub(\"/\", \"-\"), base:run(\"$0\"))\nend"),
];

impl Completer<'_, '_> {
    /// Returns the pieces that can begin here.
    pub(super) fn snippets(&self) -> Vec<CompletionItem> {
        let items = SNIPPETS.iter().map(|(label, detail, text)| {
            let insert = plain(text);
            CompletionItem {
                detail: (*detail).into(),
                documentation: super::Documentation::Text(format!("```lua\n{insert}\n```")),
                insert,
                snippet: Some((*text).into()),
                sort: "6".into(),
                ..self.item(*label, CompletionKind::Snippet)
            }
        });
        items.collect()
    }

    /// Returns a call of a function of the project, with a place for each parameter that has to be given; `parameters`
    /// is what a list shows of them.
    pub(super) fn call_snippet(&self, is_function: bool, name: &str, parameters: &str) -> Option<String> {
        if !is_function || self.is_called() {
            return None;
        }
        let inner = parameters.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or("");
        let names = split(inner).into_iter().filter(|name| *name != "..." && !name.ends_with('?'));
        let places = names.enumerate().map(|(i, name)| format!("${{{}:{name}}}", i + 1));
        let places = places.collect::<Vec<_>>().join(", ");
        Some(match (places.is_empty(), inner.is_empty()) {
            (true, true) => format!("{name}()$0"),
            (true, false) => format!("{name}($1)$0"),
            (false, _) => format!("{name}({places})$0"),
        })
    }
}

/// Returns the names of parameters that are written as `a: State, b?: { c: string }`.
fn split(parameters: &str) -> Vec<&str> {
    let mut depth = 0usize;
    let mut start = 0;
    let mut names = Vec::new();
    let name = |text: &str| text.find(':').unwrap_or(text.len());
    for (at, c) in parameters.char_indices() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                names.extend(parameters.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    names.extend(parameters.get(start..));
    names.into_iter().map(|it| it.get(..name(it)).unwrap_or(it).trim()).filter(|it| !it.is_empty()).collect()
}

/// Writes a snippet without its marks.
fn plain(snippet: &str) -> String {
    let mut out = String::new();
    let mut rest = snippet;
    while let Some((before, mark)) = rest.split_once('$') {
        out.push_str(before);
        rest = match mark.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((inner, after)) => {
                out.push_str(inner.split_once(':').map_or("", |(_, name)| name));
                after
            }
            None => mark.trim_start_matches(|c: char| c.is_ascii_digit()),
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_snippet_is_lua_once_its_places_are_filled() {
        for (label, _, text) in SNIPPETS {
            let text = plain(text);
            let script = crate::testing::script(&text);
            assert!(script.syntax_errors().is_empty(), "{label}: {text}");
            assert!(!text.contains('\t'), "{label}");
        }
    }

    #[test]
    fn marks_are_taken_out() {
        assert_eq!(plain("f(${1:a}, \"${2:b}\")$0"), "f(a, \"b\")");
    }
}
