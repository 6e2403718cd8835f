//! The texts that scripts give to the API, each with the place that it goes to: images, names of arguments, paths.

use crate::Script;
use crate::slot::Slot;
use crate::strings::decode;
use crate::tree::{Call, Entry, ExprId, ExprKind};
use luakit_api::{Function, Object, Receiver, bk_function, function_named, method};
use luakit_diagnostics::TextRange;

/// A text that is given to the API.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) slot: Slot,
    pub(crate) text: String,
    /// The literal, with its quotes.
    pub(crate) range: TextRange,
}

/// Returns the texts that a script gives to the API, as far as they are written out.
pub(crate) fn texts(script: &Script) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (_, call) in script.tree.calls() {
        let Some(function) = called(script, call) else { continue };
        let mut values: Vec<(ExprId, Slot)> = Vec::new();
        for (i, arg) in call.args.iter().enumerate() {
            values.extend(Slot::of(function, i, &[]).map(|slot| (*arg, slot)));
        }
        while let Some((id, slot)) = values.pop() {
            let expr = script.tree.expr(script.tree.inner(id));
            match &expr.kind {
                ExprKind::String => {
                    let text = decode(script.text(expr.range)).and_then(|text| String::from_utf8(text).ok());
                    seen.extend(text.map(|text| Seen { slot, text, range: expr.range }));
                }
                ExprKind::Table(entries) => {
                    for entry in entries {
                        let next = match entry {
                            Entry::Item(value) => slot.item().map(|slot| (*value, slot)),
                            Entry::Named { key, value } => {
                                slot.key(script.text(*key)).map(|slot| (*value, slot))
                            }
                            Entry::Keyed { .. } => None,
                        };
                        values.extend(next);
                    }
                }
                // `os.getenv("X") or "dev"`: either may be what is given.
                ExprKind::Binary { op, left, right } if script.text(*op) == "or" => {
                    values.extend([(*left, slot), (*right, slot)]);
                }
                _ => {}
            }
        }
    }
    seen
}

/// Returns the function of the API that a call calls, told by its names alone.
pub(crate) fn called(script: &Script, call: &Call) -> Option<&'static Function> {
    match call.method {
        Some(name) => {
            let name = script.text(name);
            method(Object::State, name).or_else(|| method(Object::Files, name))
        }
        None => {
            let path = script.global_path(call.callee)?;
            match path.split_once('.')? {
                ("bk", name) => bk_function(name),
                ("os", name) => function_named(Receiver::Os, name),
                _ => None,
            }
        }
    }
}
