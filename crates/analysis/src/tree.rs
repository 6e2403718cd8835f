//! The syntax tree that questions are asked of: full_moon's, without trivia and with a range on everything.
//!
//! Expressions live in one list, children before their parents, so that an answer for each can be made in one pass
//! without recursion.

use luakit_diagnostics::TextRange;

pub(crate) type ExprId = usize;
pub(crate) type FuncId = usize;

/// A name where it stands in the text.
pub(crate) type Name = TextRange;

#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) exprs: Vec<Expr>,
    pub(crate) funcs: Vec<Func>,
    pub(crate) block: Block,
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) range: TextRange,
    pub(crate) kind: ExprKind,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Nil,
    Bool(bool),
    Number,
    String,
    Vararg,
    Interpolated(Vec<ExprId>),
    Function(FuncId),
    Name,
    Field {
        base: ExprId,
        name: Name,
    },
    Index {
        base: ExprId,
        key: ExprId,
    },
    Call(Call),
    Table(Vec<Entry>),
    Binary {
        op: Name,
        left: ExprId,
        right: ExprId,
    },
    Unary {
        op: Name,
        value: ExprId,
    },
    /// The conditions, then the values; there is one value more.
    If {
        conditions: Vec<ExprId>,
        values: Vec<ExprId>,
    },
    Paren(ExprId),
    /// `value :: Type`.
    Cast {
        value: ExprId,
        ty: TextRange,
    },
    /// Something that was not understood.
    Broken,
}

#[derive(Debug)]
pub(crate) struct Call {
    /// What is called, or the object of a method call.
    pub(crate) callee: ExprId,
    pub(crate) method: Option<Name>,
    pub(crate) args: Vec<ExprId>,
}

/// An entry of a table constructor.
#[derive(Debug)]
pub(crate) enum Entry {
    Item(ExprId),
    Named { key: Name, value: ExprId },
    Keyed { key: ExprId, value: ExprId },
}

#[derive(Debug)]
pub(crate) struct Func {
    pub(crate) range: TextRange,
    pub(crate) params: Vec<Param>,
    pub(crate) variadic: bool,
    /// Whether it is a method, with a `self` that is not written.
    pub(crate) method: bool,
    pub(crate) returns: Option<TextRange>,
    pub(crate) block: Block,
}

#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: Name,
    /// The type after its `:`.
    pub(crate) ty: Option<TextRange>,
}

#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) stmts: Vec<Stmt>,
    /// Where the names that are declared in it are visible, at most.
    pub(crate) range: TextRange,
}

#[derive(Debug)]
pub(crate) struct Stmt {
    pub(crate) range: TextRange,
    pub(crate) kind: StmtKind,
}

#[derive(Debug)]
pub(crate) enum StmtKind {
    Local {
        names: Vec<Param>,
        values: Vec<ExprId>,
    },
    Assign {
        targets: Vec<ExprId>,
        values: Vec<ExprId>,
    },
    Compound {
        target: ExprId,
        value: ExprId,
    },
    Call(ExprId),
    Do(Block),
    While {
        condition: ExprId,
        block: Block,
    },
    Repeat {
        block: Block,
        condition: ExprId,
    },
    If {
        arms: Vec<(Option<Binding>, ExprId, Block)>,
        otherwise: Option<Block>,
    },
    NumericFor {
        name: Param,
        values: Vec<ExprId>,
        block: Block,
    },
    GenericFor {
        names: Vec<Param>,
        values: Vec<ExprId>,
        block: Block,
    },
    LocalFunction {
        name: Name,
        func: FuncId,
    },
    /// `function a.b:c() end`, with the path as an expression.
    Function {
        target: ExprId,
        func: FuncId,
    },
    Return(Vec<ExprId>),
    /// `break`, `continue`, types.
    Other,
}

/// `local name =` in front of a condition.
pub(crate) type Binding = Param;

impl Tree {
    pub(crate) fn expr(&self, id: ExprId) -> &Expr {
        // Ids are made by pushing, so each is in the list.
        &self.exprs[id]
    }

    pub(crate) fn func(&self, id: FuncId) -> &Func {
        &self.funcs[id]
    }

    /// Returns the expression inside parentheses and casts.
    pub(crate) fn inner(&self, mut id: ExprId) -> ExprId {
        loop {
            match self.expr(id).kind {
                ExprKind::Paren(inner) | ExprKind::Cast { value: inner, .. } => id = inner,
                _ => return id,
            }
        }
    }

    /// Returns all calls with their ids, inner ones first.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (ExprId, &Call)> {
        self.exprs.iter().enumerate().filter_map(|(id, expr)| match &expr.kind {
            ExprKind::Call(call) => Some((id, call)),
            _ => None,
        })
    }

    /// Returns the name that a call calls: `run` in `base:run("x")`.
    pub(crate) fn called_name(&self, call: &Call) -> Option<Name> {
        match (call.method, &self.expr(call.callee).kind) {
            (Some(method), _) => Some(method),
            (None, ExprKind::Name) => Some(self.expr(call.callee).range),
            (None, ExprKind::Field { name, .. }) => Some(*name),
            _ => None,
        }
    }
}
