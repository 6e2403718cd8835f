//! What follows `.` and `:`.

use super::{Completer, CompletionItem, CompletionKind};
use crate::types::{Kind, Type};
use luakit_api::render::{function_markdown, signature};
use luakit_api::{BK_PLATFORMS, FUNCTIONS, Function, Object, Receiver, Ty, methods_of, properties_of};

/// The functions of Lua's libraries that scripts have.
pub(crate) const LIBRARIES: &[(&str, &[&str])] = &[
    (
        "string",
        &[
            "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse",
            "split", "sub", "upper",
        ],
    ),
    (
        "table",
        &[
            "clear", "clone", "concat", "create", "find", "freeze", "insert", "maxn", "move", "pack",
            "remove", "sort", "unpack",
        ],
    ),
    (
        "math",
        &[
            "abs", "ceil", "clamp", "floor", "fmod", "huge", "log", "max", "min", "modf", "pi", "pow",
            "round", "sign", "sqrt",
        ],
    ),
    ("os", &["clock", "date", "getenv", "time"]),
    ("coroutine", &["close", "create", "isyieldable", "resume", "running", "status", "wrap", "yield"]),
    ("bit32", &["band", "bnot", "bor", "bxor", "lshift", "rshift"]),
];

impl Completer<'_, '_> {
    pub(super) fn members(&self, receiver: usize, colon: bool) -> Vec<CompletionItem> {
        let ty = self.cursor.type_ending(self.types, receiver);
        match (ty.kind(), colon) {
            (Some(Kind::Bk), false) => self.bk(),
            (Some(Kind::Object(object)), true) => self.methods(object),
            (Some(Kind::Object(object)), false) => self.properties(object),
            (Some(Kind::String), true) => self.library("string", true),
            (Some(kind @ (Kind::Table(_) | Kind::Foreign(_))), _) => self.fields(kind, colon),
            // Most of what has methods in a build script is a state.
            (None, true) if ty != Type::Conflict => self.methods(Object::State),
            (None, false) => self.library(self.cursor.text(receiver), false),
            _ => Vec::new(),
        }
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
        CompletionItem {
            detail: signature(function),
            documentation: function_markdown(function),
            snippet: (!self.is_called()).then(|| snippet(function, name)),
            sort: format!("1{order:03}"),
            ..self.item(name, kind)
        }
    }

    /// Tells whether arguments already follow the name.
    fn is_called(&self) -> bool {
        let rest = self.cursor.script.masked.get(self.cursor.word.end..).unwrap_or("");
        rest.starts_with(['(', '{', '"', '\'', '['])
    }

    fn fields(&self, kind: Kind, colon: bool) -> Vec<CompletionItem> {
        let fields = self.types.fields_of(kind).into_iter();
        let fields = fields.filter(|(name, ty)| {
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            is_name && (!colon || self.types.is_function(*ty))
        });
        fields
            .map(|(name, ty)| {
                let function = self.types.is_function(ty);
                let kind = if function { CompletionKind::Function } else { CompletionKind::Property };
                CompletionItem {
                    detail: self.types.display(ty),
                    documentation: self.types.documentation(ty),
                    sort: "1".into(),
                    ..self.item(name, kind)
                }
            })
            .collect()
    }

    fn library(&self, name: &str, colon: bool) -> Vec<CompletionItem> {
        let Some((library, functions)) = LIBRARIES.iter().find(|(library, _)| *library == name) else {
            return Vec::new();
        };
        let functions = functions.iter().filter(|function| !colon || !matches!(**function, "char"));
        functions
            .map(|function| CompletionItem {
                detail: format!("{library}.{function}"),
                ..self.item(*function, CompletionKind::Function)
            })
            .collect()
    }
}

/// Writes a call with a place for each argument that must be given.
fn snippet(function: &Function, name: &str) -> String {
    let required = function.params.iter().filter(|param| !param.optional && !param.variadic);
    let args: Vec<String> = required
        .enumerate()
        .map(|(i, param)| match param.ty {
            Ty::String => format!("\"${{{}:{}}}\"", i + 1, param.name),
            _ => format!("${{{}:{}}}", i + 1, param.name),
        })
        .collect();
    if args.is_empty() && !function.params.is_empty() {
        return format!("{name}($1)$0");
    }
    format!("{name}({})$0", args.join(", "))
}
