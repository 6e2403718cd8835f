//! Values that may be the same one: a union-find, with what is known of the members of each class.
//!
//! What flows together is one class, whichever way it flows. That knows less than an analysis with directions, but a
//! name in a class can be changed everywhere or nowhere, which is what renaming needs to know.

use super::{FileId, Location};
use crate::tree::{ExprId, FuncId};
use std::collections::HashMap;

pub(crate) type Node = u32;
pub(crate) type Sym = u32;

/// What makes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Maker {
    Func(FileId, FuncId),
    Table(FileId, ExprId),
    /// A call of something that is not in the project.
    Call(FileId, ExprId),
}

/// What is known of the values of a class.
#[derive(Debug, Default)]
pub(crate) struct Class {
    pub(crate) fields: HashMap<Sym, Node>,
    pub(crate) item: Option<Node>,
    /// The parameters and results, where some of the values are functions of the project.
    pub(crate) signature: Option<Signature>,
    pub(crate) makers: Vec<Maker>,
    /// Where its names are read as data.
    pub(crate) iterated: Option<Location>,
    /// Where it is given to something that is not in the project.
    pub(crate) given: Option<Location>,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Signature {
    pub(crate) params: Vec<Node>,
    /// What `...` holds, and how many parameters are in front of it.
    pub(crate) rest: Option<(usize, Node)>,
    pub(crate) results: Vec<Node>,
}

#[derive(Debug, Default)]
pub(crate) struct Classes {
    parents: Vec<Node>,
    sizes: Vec<u32>,
    classes: Vec<Option<Box<Class>>>,
    /// How many classes have become one with another.
    pub(crate) unions: usize,
}

impl Classes {
    pub(crate) fn fresh(&mut self) -> Node {
        let node = self.parents.len() as Node;
        self.grow(1);
        node
    }

    /// Adds nodes and returns the first one.
    pub(crate) fn grow(&mut self, count: usize) -> Node {
        let first = self.parents.len() as Node;
        self.parents.extend((0..count).map(|i| first + i as Node));
        self.sizes.resize(self.parents.len(), 1);
        self.classes.resize_with(self.parents.len(), || None);
        first
    }

    pub(crate) fn find(&mut self, mut node: Node) -> Node {
        while let Some(up) = self.parents.get(node as usize).copied().filter(|up| *up != node) {
            let top = self.parents.get(up as usize).copied().unwrap_or(up);
            if let Some(slot) = self.parents.get_mut(node as usize) {
                *slot = top;
            }
            node = top;
        }
        node
    }

    /// Returns the class of a node without making paths shorter, so that it can be asked through a shared reference.
    pub(crate) fn root(&self, mut node: Node) -> Node {
        while let Some(up) = self.parents.get(node as usize).copied().filter(|up| *up != node) {
            node = up;
        }
        node
    }

    pub(crate) fn get(&self, node: Node) -> Option<&Class> {
        self.classes.get(self.root(node) as usize)?.as_deref()
    }

    pub(crate) fn class(&mut self, node: Node) -> &mut Class {
        let root = self.find(node) as usize;
        if root >= self.classes.len() {
            self.classes.resize_with(root + 1, || None);
        }
        self.classes[root].get_or_insert_with(Box::default)
    }

    /// Returns the node of what a field holds.
    pub(crate) fn field(&mut self, base: Node, name: Sym) -> Node {
        if let Some(node) = self.class(base).fields.get(&name) {
            return *node;
        }
        let node = self.fresh();
        let class = self.class(base);
        class.fields.insert(name, node);
        if class.iterated.is_some() {
            let item = self.item(base);
            self.unify(node, item);
        }
        node
    }

    /// Returns the node of the elements.
    pub(crate) fn item(&mut self, base: Node) -> Node {
        if let Some(node) = self.class(base).item {
            return node;
        }
        let node = self.fresh();
        self.class(base).item = Some(node);
        node
    }

    /// Notes that all fields are read as elements.
    pub(crate) fn iterate(&mut self, base: Node, place: Location) {
        let class = self.class(base);
        if class.iterated.is_some() {
            return;
        }
        class.iterated = Some(place);
        let fields: Vec<Node> = class.fields.values().copied().collect();
        let item = self.item(base);
        for field in fields {
            self.unify(field, item);
        }
    }

    /// Makes two values one, and all that follows from it.
    pub(crate) fn unify(&mut self, a: Node, b: Node) {
        let mut open = vec![(a, b)];
        while let Some((a, b)) = open.pop() {
            let (mut a, mut b) = (self.find(a), self.find(b));
            if a == b {
                continue;
            }
            self.unions += 1;
            if self.size(a) < self.size(b) {
                (a, b) = (b, a);
            }
            let size = self.size(a).saturating_add(self.size(b));
            if let (Some(parent), Some(own)) =
                (self.parents.get_mut(b as usize), self.sizes.get_mut(a as usize))
            {
                *parent = a;
                *own = size;
            }
            if let Some(other) = self.classes.get_mut(b as usize).and_then(Option::take) {
                self.absorb(a, *other, &mut open);
            }
        }
    }

    fn size(&self, node: Node) -> u32 {
        self.sizes.get(node as usize).copied().unwrap_or(1)
    }

    fn absorb(&mut self, into: Node, mut other: Class, open: &mut Vec<(Node, Node)>) {
        let class = self.class(into);
        // Fields that become elements now; those that were so already are known.
        let iterated: Vec<Node> = match (class.iterated, other.iterated) {
            (Some(_), None) => other.fields.values().copied().collect(),
            (None, Some(_)) => class.fields.values().copied().collect(),
            _ => Vec::new(),
        };
        // The smaller one moves, so that each field moves seldom.
        if other.fields.len() > class.fields.len() {
            std::mem::swap(&mut other.fields, &mut class.fields);
        }
        for (name, node) in other.fields {
            match class.fields.get(&name) {
                Some(own) => open.push((*own, node)),
                None => {
                    class.fields.insert(name, node);
                }
            }
        }
        match (class.item, other.item) {
            (Some(own), Some(node)) => open.push((own, node)),
            (None, Some(node)) => class.item = Some(node),
            _ => {}
        }
        match (&mut class.signature, other.signature) {
            (Some(own), Some(signature)) => own.join(signature, open),
            (own @ None, Some(signature)) => *own = Some(signature),
            _ => {}
        }
        if other.makers.len() > class.makers.len() {
            std::mem::swap(&mut other.makers, &mut class.makers);
        }
        class.makers.append(&mut other.makers);
        class.iterated = class.iterated.or(other.iterated);
        class.given = class.given.or(other.given);
        if !iterated.is_empty() {
            let item = self.item(into);
            open.extend(iterated.into_iter().map(|field| (field, item)));
        }
    }
}

impl Signature {
    fn join(&mut self, other: Signature, open: &mut Vec<(Node, Node)>) {
        let Signature { params, rest, results } = other;
        for (own, other) in [(&mut self.params, params), (&mut self.results, results)] {
            open.extend(own.iter().copied().zip(other.iter().copied()));
            let known = own.len();
            own.extend(other.into_iter().skip(known));
        }
        self.rest = match (self.rest, rest) {
            (Some((a, own)), Some((b, other))) => {
                open.push((own, other));
                Some((a.min(b), own))
            }
            (own, other) => own.or(other),
        };
    }
}
