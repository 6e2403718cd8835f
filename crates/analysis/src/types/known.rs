//! What need not be worked out again: stamps within an inference, and what is remembered from one to the next.

use super::Inferred;
use super::foreign::{Context, Lookup};
use crate::Script;
use crate::scope::LocalId;
use crate::tree::ExprId;
use std::cell::Cell;
use std::sync::{Arc, Mutex};

/// When each thing was last worked out or changed, by a clock that goes on with each of that.
///
/// An expression that was worked out counts as changed, since what it depends on has.
pub(super) struct Stamps {
    clock: u32,
    /// How often something changed.
    pub(super) changes: usize,
    exprs: Vec<u32>,
    locals: Vec<u32>,
    flows: Vec<u32>,
    /// When a field, an item or a result last changed.
    pub(super) shared: u32,
    /// The expressions and flows that read something of which nothing was known, and whether one just did.
    unknowing: (Vec<ExprId>, Vec<usize>),
    reads_nothing: Cell<bool>,
    /// Works everything out in each pass, to compare with.
    pub(super) careless: bool,
}

impl Stamps {
    pub(super) fn new(script: &Script) -> Self {
        let scopes = &script.scopes;
        Self {
            clock: 1,
            changes: 0,
            exprs: vec![0; script.tree.exprs.len()],
            locals: vec![0; scopes.locals.len()],
            flows: vec![0; scopes.flows.len()],
            shared: 0,
            unknowing: (Vec::new(), Vec::new()),
            reads_nothing: Cell::new(false),
            careless: false,
        }
    }

    /// Something is read of which nothing is known yet.
    pub(super) fn read_nothing(&self) {
        self.reads_nothing.set(true);
    }

    /// Has all that read something unknown worked out once more: it can be anything from now on.
    pub(super) fn settle(&mut self) {
        let (exprs, flows) = std::mem::take(&mut self.unknowing);
        for (stamps, ids) in [(&mut self.exprs, exprs), (&mut self.flows, flows)] {
            for id in ids {
                if let Some(stamp) = stamps.get_mut(id) {
                    *stamp = 0;
                }
            }
        }
    }

    fn tick(&mut self) -> u32 {
        self.clock += 1;
        self.clock
    }

    pub(super) fn expr(&self, id: ExprId) -> u32 {
        self.exprs.get(id).copied().unwrap_or(0)
    }

    pub(super) fn local(&self, id: LocalId) -> u32 {
        self.locals.get(id).copied().unwrap_or(0)
    }

    pub(super) fn flow(&self, i: usize) -> u32 {
        self.flows.get(i).copied().unwrap_or(0)
    }

    /// An expression begins to be worked out.
    pub(super) fn begin_expr(&mut self, id: ExprId) {
        self.reads_nothing.set(false);
        let now = self.tick();
        if let Some(slot) = self.exprs.get_mut(id) {
            *slot = now;
        }
    }

    /// An expression is worked out, and its type is another one or not.
    pub(super) fn end_expr(&mut self, id: ExprId, changed: bool) {
        self.changes += usize::from(changed);
        if self.reads_nothing.get() {
            self.unknowing.0.push(id);
        }
    }

    /// A flow begins to be followed.
    pub(super) fn begin_flow(&mut self, i: usize) {
        self.reads_nothing.set(false);
        let now = self.tick();
        if let Some(slot) = self.flows.get_mut(i) {
            *slot = now;
        }
    }

    /// A flow was followed.
    pub(super) fn end_flow(&mut self, i: usize) {
        if self.reads_nothing.get() {
            self.unknowing.1.push(i);
        }
    }

    pub(super) fn change_local(&mut self, id: LocalId) {
        self.changes += 1;
        let now = self.tick();
        if let Some(slot) = self.locals.get_mut(id) {
            *slot = now;
        }
    }

    pub(super) fn change_shared(&mut self) {
        self.changes += 1;
        self.shared = self.tick();
    }
}

/// What was inferred of a script, and the modules it was inferred with.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Option<(Vec<Lookup>, Arc<Inferred>)>>);

impl Context<'_> {
    /// Returns what was inferred of a script before, if its modules are still the same.
    pub(super) fn remembered(&self, script: &Script) -> Option<Arc<Inferred>> {
        let remembered = script.inferred.0.lock().ok()?.clone();
        let (lookups, data) = remembered?;
        lookups.iter().all(|lookup| self.is_current(lookup)).then(|| {
            self.note(&lookups);
            data
        })
    }

    pub(super) fn remember(&self, script: &Script, data: &Arc<Inferred>, begun: usize) {
        let lookups = self.lookups_since(begun);
        // In a circle a module knows less of itself than it will.
        if lookups.iter().any(|lookup| lookup.circular) {
            return;
        }
        if let Ok(mut slot) = script.inferred.0.lock() {
            *slot = Some((lookups, data.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Files, script};
    use crate::types::Types;

    fn files(inner: &str) -> Files {
        Files::new(&[
            ("a.lua", "local c = require('c')\nreturn { make = function() return c.make() end }"),
            ("b.lua", "local c = require('c')\nreturn { make = c.make }"),
            ("c.lua", "local d = require('d')\nreturn { make = function() return d end }"),
            ("d.lua", inner),
        ])
    }

    #[test]
    fn what_was_inferred_is_remembered_until_a_module_changes() {
        let script = script("local a, b = require('a'), require('b')\nlocal x, y = a.make(), b.make()");
        let shown = |files: &Files| {
            let types = Types::infer(&script, Some(files));
            let again = Types::infer(&script, Some(files));
            assert!(std::ptr::eq(&raw const *types, &raw const *again), "nothing changed");
            types.locals.iter().skip(2).map(|ty| types.display(*ty)).collect::<Vec<_>>()
        };
        let states = files("return bk.image('x')");
        assert_eq!(shown(&states), ["State", "State"]);
        assert_eq!(shown(&files("return 1")), ["number", "number"]);
        assert_eq!(shown(&states), ["State", "State"]);
    }

    #[test]
    fn circles_end_and_are_not_remembered() {
        let files = Files::new(&[
            ("a.lua", "local b = require('b')\nreturn { x = 1, b = b }"),
            ("b.lua", "return require('a')"),
        ]);
        let script = script("local a = require('a')\nlocal x = a.x");
        for _ in 0..2 {
            let types = Types::infer(&script, Some(&files));
            assert_eq!(types.locals.last().map(|ty| types.display(*ty)).as_deref(), Some("number"));
        }
    }
}
