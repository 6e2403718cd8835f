//! What follows `.` and `:`.

use super::{Completer, CompletionItem, CompletionKind, Documentation};
use crate::lua_library::{LuaName, is_library, members_of};
use crate::types::{Kind, Type};
use luakit_api::render::signature;
use luakit_api::{
    BK_PLATFORMS, EVALUATED, EXPECTATIONS, FUNCTIONS, Function, Object, Receiver, TEST_FUNCTIONS, TestName,
    Ty, blocked, is_lua_name, methods_of, properties_of,
};

impl Completer<'_, '_> {
    pub(super) fn members(&self, receiver: usize, colon: bool) -> Vec<CompletionItem> {
        let ty = self.cursor.type_ending(self.types, receiver);
        if let Some(items) = self.of_tests(receiver, ty, colon) {
            return items;
        }
        match (ty.kind(), colon) {
            (Some(Kind::Bk), false) => self.bk(),
            (Some(Kind::Object(object)), true) => self.methods(object),
            (Some(Kind::Object(object)), false) => self.properties(object),
            (Some(Kind::String), true) => self.library("string", true),
            (Some(kind @ (Kind::Table(_) | Kind::Foreign(_))), _) => self.fields(kind, colon),
            // Most of what has methods in a build script is a state.
            (None, true) if ty != Type::Conflict => self.methods(Object::State),
            (None, false) => {
                let name = self.cursor.text(receiver);
                let alone =
                    receiver.checked_sub(1).is_none_or(|at| !matches!(self.cursor.text(at), "." | ":"));
                match alone && !self.is_local(name) {
                    true if is_library(name) => self.library(name, false),
                    true => self.members_of_unrequired(name),
                    false => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn is_local(&self, name: &str) -> bool {
        let script = self.cursor.script;
        let mut visible = script.scopes.visible_at(self.offset);
        visible.any(|(_, local)| script.text(local.name) == name && !local.name.touches(self.offset))
    }

    fn bk(&self) -> Vec<CompletionItem> {
        let functions = FUNCTIONS.iter().copied().filter(|function| function.receiver == Receiver::Bk);
        functions
            .enumerate()
            .flat_map(|(i, function)| {
                let names = std::iter::once(&function.name).chain(function.aliases);
                names.map(move |name| self.function(function, name, CompletionKind::Function, i))
            })
            .chain(BK_PLATFORMS.iter().map(|platform| CompletionItem {
                documentation: platform.doc.into(),
                detail: Object::Platform.name().into(),
                remark: Object::Platform.name().into(),
                sort: "2".into(),
                ..self.item(platform.name, CompletionKind::Property)
            }))
            .collect()
    }

    fn methods(&self, object: Object) -> Vec<CompletionItem> {
        let methods = methods_of(object).enumerate();
        methods.map(|(i, method)| self.function(method, method.name, CompletionKind::Method, i)).collect()
    }

    fn properties(&self, object: Object) -> Vec<CompletionItem> {
        let properties = properties_of(object).iter();
        properties
            .map(|property| CompletionItem {
                documentation: property.doc.into(),
                detail: "string".into(),
                remark: "string".into(),
                ..self.item(property.name, CompletionKind::Property)
            })
            .collect()
    }

    fn function(
        &self,
        function: &Function,
        name: &str,
        kind: CompletionKind,
        order: usize,
    ) -> CompletionItem {
        let params: Vec<String> = function.params.iter().map(short_param).collect();
        let called = self.is_called();
        CompletionItem {
            detail: signature(function),
            parameters: format!("({})", params.join(", ")),
            remark: if function.returns.display() == "nil" {
                String::new()
            } else {
                function.returns.display()
            },
            documentation: Documentation::Named(function.script_name()),
            snippet: (!called).then(|| snippet(function, name)),
            sort: format!("1{order:03}"),
            commit: if called { &[] } else { &["("] },
            ..self.item(name, kind)
        }
    }

    /// Tells whether arguments already follow the name.
    pub(super) fn is_called(&self) -> bool {
        let rest = self.cursor.script.masked.get(self.cursor.word.end..).unwrap_or("");
        rest.trim_start_matches([' ', '\t']).starts_with(['(', '{', '"', '\'', '[', '`'])
    }

    fn fields(&self, kind: Kind, colon: bool) -> Vec<CompletionItem> {
        let fields = self.types.fields_of(kind).into_iter();
        let fields = fields.filter(|(name, ty)| {
            // What is being typed may be taken for a field that is assigned.
            let typed = self.cursor.script.text(self.cursor.word) == name && *ty == Type::Unknown;
            is_lua_name(name) && !typed && (!colon || self.types.is_function(*ty))
        });
        fields.map(|(name, ty)| self.field(name, ty)).collect()
    }

    pub(super) fn field(&self, name: String, ty: Type) -> CompletionItem {
        let function = self.types.is_function(ty);
        let kind = if function { CompletionKind::Function } else { CompletionKind::Property };
        let shown = self.types.display(ty);
        let (parameters, remark) = parts(&shown);
        CompletionItem {
            snippet: self.call_snippet(function, &name, &parameters),
            parameters,
            remark,
            detail: shown,
            documentation: Documentation::Text(self.types.documentation(ty)),
            deprecated: self.types.deprecation(ty).is_some(),
            sort: "1".into(),
            commit: if function { &["("] } else { &[] },
            ..self.item(name, kind)
        }
    }

    fn library(&self, name: &str, colon: bool) -> Vec<CompletionItem> {
        let functions = members_of(name).filter(|it| !colon || it.params.is_some() && it.name() != "char");
        let mut items: Vec<CompletionItem> = functions.map(|it| self.lua(it, colon)).collect();
        if name == "os" && !colon {
            let functions = FUNCTIONS.iter().filter(|function| function.receiver == Receiver::Os);
            items.extend(functions.map(|it| self.function(it, it.name, CompletionKind::Function, 0)));
        }
        items.retain(|item| blocked(&format!("{name}.{}", item.label)).is_none());
        items
    }

    pub(super) fn lua(&self, found: &'static LuaName, colon: bool) -> CompletionItem {
        let kind = match (found.params, colon) {
            (Some(_), true) => CompletionKind::Method,
            (Some(_), false) => CompletionKind::Function,
            (None, _) => CompletionKind::Property,
        };
        let (parameters, _) = parts(&found.signature());
        CompletionItem {
            detail: found.signature(),
            parameters: if found.params.is_some() { parameters } else { String::new() },
            remark: found.returns.into(),
            documentation: Documentation::Named(found.path.into()),
            commit: if found.params.is_some() { &["("] } else { &[] },
            ..self.item(found.name(), kind)
        }
    }

    /// Returns what the names of test files have.
    fn of_tests(&self, receiver: usize, ty: Type, colon: bool) -> Option<Vec<CompletionItem>> {
        if !luakit_api::modules::is_test_name(&self.cursor.script.file.name) || ty.kind().is_some() {
            return None;
        }
        let called = match self.cursor.text(receiver) {
            ")" => self.cursor.called_before(receiver),
            _ => None,
        };
        match (self.cursor.text(receiver), colon, called) {
            ("luakit" | "test", false, _) => {
                let prefix = format!("{}.", self.cursor.text(receiver));
                let names =
                    TEST_FUNCTIONS.iter().filter_map(|it| Some((it, it.name.strip_prefix(&*prefix)?)));
                Some(names.map(|(it, name)| self.test_name(it, name, CompletionKind::Function)).collect())
            }
            (_, true, Some("expect")) => Some(
                EXPECTATIONS.iter().map(|it| self.test_name(it, it.name, CompletionKind::Method)).collect(),
            ),
            (_, false, _) if self.is_evaluated(receiver) => Some(
                EVALUATED
                    .iter()
                    .map(|(name, ty, doc)| CompletionItem {
                        detail: (*ty).into(),
                        documentation: (*doc).into(),
                        ..self.item(*name, CompletionKind::Property)
                    })
                    .collect(),
            ),
            _ => None,
        }
    }

    /// Tells whether a name is that of what `luakit.evaluate` returned.
    fn is_evaluated(&self, receiver: usize) -> bool {
        let script = self.cursor.script;
        let name = self.cursor.text(receiver);
        let found = script.visible(name, self.offset);
        let value = found.and_then(|(_, local)| local.value).map(|value| &script.tree.expr(value).kind);
        matches!(value, Some(crate::tree::ExprKind::Call(call)) if script.global_path(call.callee).as_deref() == Some("luakit.evaluate"))
    }

    pub(super) fn test_name(&self, it: &TestName, name: &str, kind: CompletionKind) -> CompletionItem {
        let params: Vec<String> = it.params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let returns = if it.returns.is_empty() { String::new() } else { format!(" -> {}", it.returns) };
        CompletionItem {
            detail: format!("{}({}){returns}", it.name, params.join(", ")),
            documentation: it.doc.into(),
            sort: "1".into(),
            ..self.item(name, kind)
        }
    }
}

/// Splits `function(a: State, b) -> State` into what lists show behind a name.
pub(super) fn parts(shown: &str) -> (String, String) {
    let Some(open) = shown.find('(') else { return (String::new(), shown.to_owned()) };
    let Some(close) = shown.rfind(')') else { return (String::new(), shown.to_owned()) };
    let result = shown.get(close + 1..).and_then(|rest| rest.trim_start().strip_prefix("->")).unwrap_or("");
    (shown.get(open..=close).unwrap_or("").to_owned(), result.trim().to_owned())
}

fn short_param(param: &luakit_api::Param) -> String {
    match (param.variadic, param.optional) {
        (true, _) => "…".into(),
        (_, true) => format!("{}?", param.name),
        _ => param.name.into(),
    }
}

/// Writes a call with a place for each argument that must be given.
fn snippet(function: &Function, name: &str) -> String {
    let required = function.params.iter().filter(|param| !param.optional && !param.variadic);
    let args: Vec<String> = required
        .enumerate()
        .map(|(i, param)| match param.ty {
            Ty::String => format!("\"${{{}:{}}}\"", i + 1, param.name),
            Ty::Special(special) if matches!(special.written.first(), Some(Ty::String)) => {
                format!("\"${{{}:{}}}\"", i + 1, param.name)
            }
            Ty::Callback(_) => "function(${1:f})\n  $2\nend".into(),
            _ => format!("${{{}:{}}}", i + 1, param.name),
        })
        .collect();
    if args.is_empty() && !function.params.is_empty() {
        return format!("{name}($1)$0");
    }
    format!("{name}({})$0", args.join(", "))
}
