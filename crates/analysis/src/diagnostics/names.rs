//! Names that nothing declares.

use super::exports::is_entry;
use super::{Checker, suggestion};
use crate::Script;
use crate::scope::{Local, LocalKind};
use crate::tokens::TokenKind;
use crate::tree::{Call, ExprId, ExprKind, StmtKind};
use crate::types::parsed;
use luakit_api::modules::{Found, find, is_entry_name, is_test_name};
use luakit_api::{GLOBALS, TEST_GLOBALS, nearest};
use luakit_diagnostics::{Code, Fix};
use std::collections::HashSet;

/// For how many names others are looked for that could be meant: who has more has not mistyped them, and each is compared
/// with all that is visible.
const GUESSES: usize = 100;

impl Checker<'_, '_> {
    /// Warns of names that nothing gives a value, where nil is of no use.
    ///
    /// A name that is tested anywhere, as in `if DEBUG then`, may well be nil on purpose.
    pub(super) fn names(&mut self) {
        let Some(given) = self.given_by_modules() else { return };
        let script = self.script;
        let tree = &script.tree;
        let mut used: HashSet<ExprId> = HashSet::new();
        for expr in &tree.exprs {
            match &expr.kind {
                ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => used.insert(*base),
                ExprKind::Call(Call { callee, .. }) => used.insert(*callee),
                _ => false,
            };
        }
        let tested = Tested::of(script);
        // A module may be given globals by the script that requires it.
        let is_entry = is_entry(script) || is_entry_name(&script.file.name);
        let tests: &[&str] = if is_test_name(&script.file.name) { TEST_GLOBALS } else { &[] };
        let mut count = 0;
        for (id, expr) in tree.exprs.iter().enumerate() {
            let name = script.text(expr.range);
            let declared = !matches!(script.scopes.names.get(id), Some(None));
            if !matches!(expr.kind, ExprKind::Name)
                || declared
                || GLOBALS.contains(&name)
                || tests.contains(&name)
                || given.contains(name)
                || tested.0.contains(name)
                || self.guarded.covers(expr.range)
            {
                continue;
            }
            let locals = script.scopes.visible_at(expr.range.start);
            let locals = locals.map(|(_, local)| script.text(local.name));
            // Nobody means `_G` or `_VERSION` by another name.
            let globals = GLOBALS.iter().chain(tests).copied().filter(|it| !it.starts_with('_'));
            count += 1;
            let near = if count > GUESSES { None } else { nearest(name, locals.chain(globals)) };
            if !used.contains(&id) && !is_entry && near.is_none() {
                continue;
            }
            let mut finding =
                self.finding(Code::UNKNOWN_NAME, expr.range, format!("`{name}` is not defined"));
            if let Some(near) = near {
                finding.message += &format!(", did you mean `{near}`?");
                let fix = suggestion(format!("Write `{near}`"), expr.range, near);
                // A value that is merely given to something could be meant to be another one.
                finding.fixes.push(Fix { safe: used.contains(&id), ..fix });
            }
            self.found.push(finding);
        }
    }

    /// Returns the globals that the modules of the script make; nothing if any of it makes some in a way that the text
    /// does not show.
    fn given_by_modules(&self) -> Option<HashSet<String>> {
        let mut given = HashSet::new();
        let mut names = modules(self.script)?;
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(name) = names.pop() {
            if seen.len() >= MODULES {
                return None;
            }
            let Found::File(path, file) = find(&name, self.loader?) else { return None };
            if !seen.insert(path) {
                continue;
            }
            let module = parsed(&file);
            names.extend(modules(&module)?);
            let is_made = |it: &&Local| it.kind == LocalKind::Global && it.exists();
            let globals = module.scopes.locals.iter().filter(is_made);
            given.extend(globals.map(|local| module.text(local.name).to_owned()));
        }
        Some(given)
    }
}

/// How many modules are looked into for globals that they make.
const MODULES: usize = 64;

/// Returns the modules that a script requires; nothing if it can do things with globals that the text does not show.
fn modules(script: &Script) -> Option<Vec<String>> {
    let hidden = ["_G", "setfenv", "getfenv", "rawset", "load", "loadstring", "_ENV"];
    let mut requires = 0;
    for token in script.tokens.iter().filter(|token| token.kind == TokenKind::Name) {
        match script.text(token.range) {
            "require" => requires += 1,
            name if hidden.contains(&name) => return None,
            _ => {}
        }
    }
    let names = if requires == 0 { Vec::new() } else { script.required_modules() };
    // One that is put together may be any.
    (names.len() == requires).then_some(names)
}

/// The names that are looked at before they are used.
struct Tested<'a>(HashSet<&'a str>);

impl<'a> Tested<'a> {
    fn of(script: &'a Script) -> Tested<'a> {
        let mut tested = Tested(HashSet::new());
        for expr in &script.tree.exprs {
            match &expr.kind {
                ExprKind::Binary { op, left, right } => match script.text(*op) {
                    "and" | "or" => tested.add(script, *left),
                    "==" | "~=" => [left, right].into_iter().for_each(|it| tested.add(script, *it)),
                    _ => {}
                },
                ExprKind::Unary { op, value } if script.text(*op) == "not" => tested.add(script, *value),
                ExprKind::If { conditions, .. } => conditions.iter().for_each(|it| tested.add(script, *it)),
                ExprKind::Call(Call { callee, args, method: None })
                    if TAKES_NIL.contains(&script.text(script.tree.expr(*callee).range)) =>
                {
                    args.iter().for_each(|it| tested.add(script, *it));
                }
                _ => {}
            }
        }
        for stmt in script.tree.stmts() {
            match &stmt.kind {
                StmtKind::While { condition, .. } | StmtKind::Repeat { condition, .. } => {
                    tested.add(script, *condition);
                }
                StmtKind::If { arms, .. } => arms.iter().for_each(|arm| tested.add(script, arm.1)),
                _ => {}
            }
        }
        tested
    }

    /// Takes note of an expression of which only the truth counts.
    fn add(&mut self, script: &'a Script, id: ExprId) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let id = script.tree.inner(id);
            let expr = script.tree.expr(id);
            match &expr.kind {
                ExprKind::Name => {
                    self.0.insert(script.text(expr.range));
                }
                ExprKind::Binary { op, left, right } if matches!(script.text(*op), "and" | "or") => {
                    open.extend([*left, *right]);
                }
                _ => {}
            }
        }
    }
}

/// Functions that can well be given nil.
const TAKES_NIL: &[&str] =
    &["type", "typeof", "tostring", "tonumber", "print", "assert", "error", "rawequal", "select", "pcall"];

#[cfg(test)]
mod tests {
    use crate::testing::check_findings;

    #[test]
    fn names_that_nothing_declares_are_told_wherever_nil_is_of_no_use() {
        check_findings(
            r#"
local tools = require("lib.tools")
local base = bk.image("alpine:3.19")
local app = base:run("make " .. versoin, { env = { A = flags } })
--                              ^^^^^^^ unknown-name: `versoin` is not defined
--                                                     ^^^^^ unknown-name: `flags` is not defined
for _, each in ipairs(list) do tools.use(each) end
--                    ^^^^ unknown-name: `list` is not defined
local port = os.getenv("PORT") or defalt
--                                ^^^^^^ unknown-name: `defalt` is not defined
FROM_MODULE(port)
bk.export(tools.use(ap))
--                  ^^ unknown-name: `ap` is not defined, did you mean `app`?
--- lib/tools.lua
FROM_MODULE = print
return { use = function(state) return state end }
"#,
        );
    }

    #[test]
    fn names_that_may_be_nil_on_purpose_are_left_alone() {
        check_findings(
            r#"
if DEBUG and VERBOSE then print(DEBUG) end
local level = LEVEL or 1
local known = TAG ~= nil
local name = type(NAME) == "string" and NAME
own = level
print(known, name)
bk.export(bk.scratch():run(own, DEBUG))
"#,
        );
        // What a module that is put together makes, nobody knows.
        check_findings("require(os.getenv('X'))\nbk.export(made)");
    }
}
