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
    pub(crate) fn with_capacity(exprs: usize, funcs: usize) -> Tree {
        Tree { exprs: Vec::with_capacity(exprs), funcs: Vec::with_capacity(funcs), block: Block::default() }
    }

    /// Adds a tree that was made of a part of the text, which begins at `at`.
    pub(crate) fn append(&mut self, part: &Tree, at: usize) {
        let shift = Shift { at, exprs: self.exprs.len(), funcs: self.funcs.len() };
        self.exprs.extend(part.exprs.iter().map(|expr| shift.expr(expr)));
        self.funcs.extend(part.funcs.iter().map(|func| shift.func(func)));
        self.block.stmts.extend(part.block.stmts.iter().map(|stmt| shift.stmt(stmt)));
    }

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

    /// Returns all statements, also those within others and in functions, each before those inside it.
    pub(crate) fn stmts(&self) -> impl Iterator<Item = &Stmt> {
        let mut blocks: Vec<&Block> = vec![&self.block];
        blocks.extend(self.funcs.iter().map(|func| &func.block));
        let mut rest: std::slice::Iter<Stmt> = [].iter();
        std::iter::from_fn(move || {
            loop {
                if let Some(stmt) = rest.next() {
                    blocks.extend(stmt.blocks());
                    return Some(stmt);
                }
                rest = blocks.pop()?.stmts.iter();
            }
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

impl Stmt {
    /// Returns the blocks that are directly in it.
    pub(crate) fn blocks(&self) -> Vec<&Block> {
        match &self.kind {
            StmtKind::Do(block)
            | StmtKind::While { block, .. }
            | StmtKind::Repeat { block, .. }
            | StmtKind::NumericFor { block, .. }
            | StmtKind::GenericFor { block, .. } => vec![block],
            StmtKind::If { arms, otherwise } => arms.iter().map(|arm| &arm.2).chain(otherwise).collect(),
            _ => Vec::new(),
        }
    }
}

/// Moves a part of a tree to its place in the whole.
#[derive(Clone, Copy)]
struct Shift {
    at: usize,
    exprs: usize,
    funcs: usize,
}

impl Shift {
    fn range(self, range: TextRange) -> TextRange {
        range.shifted(self.at)
    }

    fn id(self, id: ExprId) -> ExprId {
        id + self.exprs
    }

    fn ids(self, ids: &[ExprId]) -> Vec<ExprId> {
        ids.iter().map(|id| self.id(*id)).collect()
    }

    fn param(self, param: &Param) -> Param {
        Param { name: self.range(param.name), ty: param.ty.map(|ty| self.range(ty)) }
    }

    fn params(self, params: &[Param]) -> Vec<Param> {
        params.iter().map(|param| self.param(param)).collect()
    }

    fn expr(self, expr: &Expr) -> Expr {
        let id = |id: ExprId| self.id(id);
        let kind = match &expr.kind {
            ExprKind::Nil => ExprKind::Nil,
            ExprKind::Bool(value) => ExprKind::Bool(*value),
            ExprKind::Number => ExprKind::Number,
            ExprKind::String => ExprKind::String,
            ExprKind::Vararg => ExprKind::Vararg,
            ExprKind::Interpolated(parts) => ExprKind::Interpolated(self.ids(parts)),
            ExprKind::Function(func) => ExprKind::Function(func + self.funcs),
            ExprKind::Name => ExprKind::Name,
            ExprKind::Field { base, name } => ExprKind::Field { base: id(*base), name: self.range(*name) },
            ExprKind::Index { base, key } => ExprKind::Index { base: id(*base), key: id(*key) },
            ExprKind::Call(call) => ExprKind::Call(Call {
                callee: id(call.callee),
                method: call.method.map(|name| self.range(name)),
                args: self.ids(&call.args),
            }),
            ExprKind::Table(entries) => {
                ExprKind::Table(entries.iter().map(|entry| self.entry(entry)).collect())
            }
            ExprKind::Binary { op, left, right } => {
                ExprKind::Binary { op: self.range(*op), left: id(*left), right: id(*right) }
            }
            ExprKind::Unary { op, value } => ExprKind::Unary { op: self.range(*op), value: id(*value) },
            ExprKind::If { conditions, values } => {
                ExprKind::If { conditions: self.ids(conditions), values: self.ids(values) }
            }
            ExprKind::Paren(inner) => ExprKind::Paren(id(*inner)),
            ExprKind::Cast { value, ty } => ExprKind::Cast { value: id(*value), ty: self.range(*ty) },
            ExprKind::Broken => ExprKind::Broken,
        };
        Expr { range: self.range(expr.range), kind }
    }

    fn entry(self, entry: &Entry) -> Entry {
        match entry {
            Entry::Item(value) => Entry::Item(self.id(*value)),
            Entry::Named { key, value } => Entry::Named { key: self.range(*key), value: self.id(*value) },
            Entry::Keyed { key, value } => Entry::Keyed { key: self.id(*key), value: self.id(*value) },
        }
    }

    fn func(self, func: &Func) -> Func {
        Func {
            range: self.range(func.range),
            params: self.params(&func.params),
            variadic: func.variadic,
            method: func.method,
            returns: func.returns.map(|ty| self.range(ty)),
            block: self.block(&func.block),
        }
    }

    fn block(self, block: &Block) -> Block {
        let stmts = block.stmts.iter().map(|stmt| self.stmt(stmt)).collect();
        Block { stmts, range: self.range(block.range) }
    }

    fn stmt(self, stmt: &Stmt) -> Stmt {
        let kind = match &stmt.kind {
            StmtKind::Local { names, values } => {
                StmtKind::Local { names: self.params(names), values: self.ids(values) }
            }
            StmtKind::Assign { targets, values } => {
                StmtKind::Assign { targets: self.ids(targets), values: self.ids(values) }
            }
            StmtKind::Compound { target, value } => {
                StmtKind::Compound { target: self.id(*target), value: self.id(*value) }
            }
            StmtKind::Call(call) => StmtKind::Call(self.id(*call)),
            StmtKind::Do(block) => StmtKind::Do(self.block(block)),
            StmtKind::While { condition, block } => {
                StmtKind::While { condition: self.id(*condition), block: self.block(block) }
            }
            StmtKind::Repeat { block, condition } => {
                StmtKind::Repeat { block: self.block(block), condition: self.id(*condition) }
            }
            StmtKind::If { arms, otherwise } => {
                let arm = |(binding, condition, block): &(Option<Binding>, ExprId, Block)| {
                    let binding = binding.as_ref().map(|binding| self.param(binding));
                    (binding, self.id(*condition), self.block(block))
                };
                StmtKind::If {
                    arms: arms.iter().map(arm).collect(),
                    otherwise: otherwise.as_ref().map(|block| self.block(block)),
                }
            }
            StmtKind::NumericFor { name, values, block } => StmtKind::NumericFor {
                name: self.param(name),
                values: self.ids(values),
                block: self.block(block),
            },
            StmtKind::GenericFor { names, values, block } => StmtKind::GenericFor {
                names: self.params(names),
                values: self.ids(values),
                block: self.block(block),
            },
            StmtKind::LocalFunction { name, func } => {
                StmtKind::LocalFunction { name: self.range(*name), func: func + self.funcs }
            }
            StmtKind::Function { target, func } => {
                StmtKind::Function { target: self.id(*target), func: func + self.funcs }
            }
            StmtKind::Return(values) => StmtKind::Return(self.ids(values)),
            StmtKind::Other => StmtKind::Other,
        };
        Stmt { range: self.range(stmt.range), kind }
    }
}
