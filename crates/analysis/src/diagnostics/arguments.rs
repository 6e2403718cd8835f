//! What calls of the API are given.

use super::Checker;
use crate::prepare::call_site;
use crate::tree::{Call, ExprId, ExprKind};
use crate::types::{Kind, builtin};
use crate::view::SyntaxView;
use luakit_api::{CallSite, Cx, Focus, Function, Problem, Replacement, Step, check};
use luakit_diagnostics::{Code, Diagnostic, TextRange};

impl<'a> Checker<'_, 'a> {
    pub(super) fn arguments(&mut self, id: ExprId, call: &'a Call) {
        let Some(function) = self.called(call) else { return };
        let site = call_site(self.script, id, call);
        let args = self.args(call, function);
        let written = self.script.tree.called_name(call).map_or("", |name| self.script.text(name));
        let called = if function.aliases.contains(&written) { written } else { function.name };
        let mut cx = Cx::new(function.error_name(called));
        check(function.id, &args, &mut cx);
        for problem in &cx.problems {
            let finding = self.problem(problem, &site);
            self.found.push(finding);
        }
        self.octal_modes(function, called, call);
    }

    /// Returns the function of the API that a call calls as it should be called.
    fn called(&self, call: &Call) -> Option<&'static Function> {
        let Some(name) = call.method else {
            let function = match self.types.of(call.callee).certain() {
                Some(Kind::Builtin(id)) => {
                    let function = builtin(id)?;
                    // A misspelt name has the type of what was probably meant, but its arguments are not checked.
                    let name = self.script.tree.called_name(call).map_or("", |name| self.script.text(name));
                    let exact = function.name == name || function.aliases.contains(&name);
                    let aliased = matches!(self.script.tree.expr(call.callee).kind, ExprKind::Name);
                    (exact || aliased).then_some(function)?
                }
                _ if self.script.global_path(call.callee)? == "os.getenv" => {
                    luakit_api::function_named(luakit_api::Receiver::Os, "getenv")?
                }
                _ => return None,
            };
            return (!function.is_method()).then_some(function);
        };
        match self.types.of(call.callee).certain()? {
            Kind::Object(object) => luakit_api::method(object, self.script.text(name)),
            _ => None,
        }
    }

    /// Returns the arguments; if the last one can be any number of values, that many are unknown.
    fn args(&self, call: &Call, function: &Function) -> Vec<SyntaxView<'_, 'a>> {
        let mut args: Vec<_> = call.args.iter().map(|arg| SyntaxView::new(self.types, *arg)).collect();
        if call.args.last().is_some_and(|last| self.script.gives_many(*last)) {
            let last = call.args.len() - 1;
            // A call gives at least what it is known to give first, if it is one of ours.
            let known = call.args.last().is_some_and(|last| self.types.of(*last).certain().is_some());
            if !known {
                args.truncate(last);
            }
            let variadic = function.params.iter().any(|param| param.variadic);
            let wanted = if variadic { args.len() + 2 } else { function.params.len() };
            while args.len() < wanted {
                args.push(SyntaxView::unknown(self.types));
            }
        }
        args
    }

    fn problem(&self, problem: &Problem, site: &CallSite) -> Diagnostic {
        let range = site.locate(problem);
        let mut finding = self.finding(problem.code, range, &problem.message);
        finding.hints.clone_from(&problem.hints);
        // Where the value is behind a name, the text at the range is not what is wrong.
        let literal =
            self.script.text(range).starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\''));
        let written = self.is_written(problem, site) && (literal || problem.focus == Focus::Key);
        let replacement = problem.replacement.as_ref().filter(|_| written);
        if let Some(replacement) = replacement {
            let text = self.replacement(replacement, range);
            finding = finding.with_fix(format!("Write `{text}`"), range, text);
        }
        finding
    }

    /// Tells whether all steps of a problem's path are written out in the call.
    fn is_written(&self, problem: &Problem, site: &CallSite) -> bool {
        let mut steps = problem.path.iter();
        let Some(Step::Arg(index)) = steps.next() else { return false };
        let Some(mut arg) = site.args.get(*index) else { return false };
        for step in steps {
            let next = match step {
                Step::Key(name) => {
                    arg.fields.iter().rev().find(|field| field.name == *name).map(|f| &f.value)
                }
                Step::Index(index) => arg.items.get(*index),
                Step::Arg(_) => None,
            };
            let Some(next) = next else { return false };
            arg = next;
        }
        true
    }

    /// Writes a replacement as it must stand at its place.
    fn replacement(&self, replacement: &Replacement, range: TextRange) -> String {
        let text = self.script.text(range);
        let quote = if text.starts_with('\'') { '\'' } else { '"' };
        match replacement {
            Replacement::Name(name) if text.starts_with(['"', '\'']) => format!("{quote}{name}{quote}"),
            Replacement::Name(name) => name.clone(),
            Replacement::String(string) => format!("{quote}{string}{quote}"),
        }
    }

    /// Takes out the finding that the validator made of the value at a range.
    pub(super) fn take_finding(&mut self, range: TextRange) -> Option<Diagnostic> {
        let found = self.found.iter().position(|finding| {
            finding.place.range == range && matches!(finding.code, Code::OCTAL_MODE | Code::INVALID_VALUE)
        })?;
        Some(self.found.remove(found))
    }
}
