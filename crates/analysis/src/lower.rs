//! From full_moon's tree to ours.
//!
//! Spans come from tokens: `Node::range()` is exponential in the nesting. A tree of broken text has tokens that are
//! not in it, at position 0; they are passed over.

use crate::tree::{
    Block, Call, Entry, Expr, ExprId, ExprKind, Func, FuncId, Name, Param, Stmt, StmtKind, Tree,
};
use full_moon::ast;
use full_moon::ast::luau::{IfConditionBinding, TypeSpecifier};
use full_moon::ast::punctuated::Punctuated;
use full_moon::ast::span::ContainedSpan;
use full_moon::tokenizer::{Symbol, TokenReference, TokenType};
use luakit_diagnostics::TextRange;

/// Makes our tree of full_moon's.
pub(crate) fn lower(ast: &ast::Ast, end: usize) -> Tree {
    let mut lower = Lower { tree: Tree::default(), last: 0, end };
    let block = lower.block(ast.nodes());
    lower.tree.block = Block { range: TextRange::new(0, end), ..block };
    lower.tree
}

struct Lower {
    tree: Tree,
    /// The end of the last token seen: where something begins that has no token of its own.
    last: usize,
    /// The end of the text.
    end: usize,
}

impl Lower {
    fn token(&mut self, token: &TokenReference) -> TextRange {
        let (start, end) = (token.start_position().bytes(), token.end_position().bytes());
        if end == 0 {
            return TextRange::new(self.last, self.last);
        }
        self.last = self.last.max(end);
        TextRange::new(start, end)
    }

    fn push(&mut self, range: TextRange, kind: ExprKind) -> ExprId {
        self.tree.exprs.push(Expr { range, kind });
        self.tree.exprs.len() - 1
    }

    fn broken(&mut self) -> ExprId {
        self.push(TextRange::new(self.last, self.last), ExprKind::Broken)
    }

    fn range(&self, id: ExprId) -> TextRange {
        self.tree.expr(id).range
    }

    fn block(&mut self, block: &ast::Block) -> Block {
        let start = self.last;
        let mut stmts = Vec::new();
        for stmt in block.stmts() {
            let kind = self.stmt(stmt);
            stmts.push(kind);
        }
        if let Some(last) = block.last_stmt() {
            stmts.push(self.last_stmt(last));
        }
        Block { stmts, range: TextRange::new(start, self.last) }
    }

    /// Lowers a block up to and including the token that ends it.
    fn closed(&mut self, block: &ast::Block, end: &TokenReference) -> Block {
        let mut block = self.block(block);
        self.close(&mut block, end);
        block
    }

    /// Lets a block last to the token after it, so that a cursor on an empty line at its end is in it.
    fn close(&mut self, block: &mut Block, next: &TokenReference) {
        // Where the end is not there yet, all that follows is typed into the block.
        let missing = next.end_position().bytes() == 0;
        let next = self.token(next);
        block.range.end = if missing { self.end } else { block.range.end.max(next.start) };
    }

    fn last_stmt(&mut self, stmt: &ast::LastStmt) -> Stmt {
        match stmt {
            ast::LastStmt::Return(stmt) => {
                let token = self.token(stmt.token());
                let values = self.list(stmt.returns());
                Stmt { range: TextRange::new(token.start, self.last), kind: StmtKind::Return(values) }
            }
            ast::LastStmt::Break(token) => Stmt { range: self.token(token), kind: StmtKind::Other },
            ast::LastStmt::Continue(token) => Stmt { range: self.token(token), kind: StmtKind::Other },
            _ => Stmt { range: TextRange::new(self.last, self.last), kind: StmtKind::Other },
        }
    }

    fn stmt(&mut self, stmt: &ast::Stmt) -> Stmt {
        let (start, kind) = self.stmt_parts(stmt);
        Stmt { range: TextRange::new(start, self.last.max(start)), kind }
    }

    fn stmt_parts(&mut self, stmt: &ast::Stmt) -> (usize, StmtKind) {
        match stmt {
            ast::Stmt::Assignment(stmt) => {
                let targets: Vec<ExprId> = stmt.variables().iter().map(|var| self.var(var)).collect();
                let start = targets.first().map_or(self.last, |id| self.range(*id).start);
                self.token(stmt.equal_token());
                let values = self.list(stmt.expressions());
                (start, StmtKind::Assign { targets, values })
            }
            ast::Stmt::CompoundAssignment(stmt) => {
                let target = self.var(stmt.lhs());
                let start = self.range(target).start;
                let value = self.expr(stmt.rhs());
                (start, StmtKind::Compound { target, value })
            }
            ast::Stmt::Do(stmt) => {
                let start = self.token(stmt.do_token()).start;
                (start, StmtKind::Do(self.closed(stmt.block(), stmt.end_token())))
            }
            ast::Stmt::FunctionCall(call) => {
                let id = self.chain(call.prefix(), call.suffixes());
                (self.range(id).start, StmtKind::Call(id))
            }
            ast::Stmt::FunctionDeclaration(stmt) => {
                let start = self.token(stmt.function_token()).start;
                let target = self.function_name(stmt.name());
                let method = stmt.name().method_name().is_some();
                let func = self.function(start, stmt.body(), method);
                (start, StmtKind::Function { target, func })
            }
            ast::Stmt::LocalFunction(stmt) => {
                let start = self.token(stmt.local_token()).start;
                let name = self.token(stmt.name());
                (start, StmtKind::LocalFunction { name, func: self.function(start, stmt.body(), false) })
            }
            ast::Stmt::ConstFunction(stmt) => {
                let start = self.token(stmt.const_token()).start;
                let name = self.token(stmt.name());
                (start, StmtKind::LocalFunction { name, func: self.function(start, stmt.body(), false) })
            }
            ast::Stmt::LocalAssignment(stmt) => {
                let start = self.token(stmt.local_token()).start;
                let types: Vec<_> = stmt.type_specifiers().collect();
                let names = self.names(stmt.names(), &types);
                (start, StmtKind::Local { names, values: self.list(stmt.expressions()) })
            }
            ast::Stmt::ConstAssignment(stmt) => {
                let start = self.token(stmt.const_token()).start;
                let types: Vec<_> = stmt.type_specifiers().collect();
                let names = self.names(stmt.names(), &types);
                (start, StmtKind::Local { names, values: self.list(stmt.expressions()) })
            }
            ast::Stmt::GenericFor(stmt) => {
                let start = self.token(stmt.for_token()).start;
                let types: Vec<_> = stmt.type_specifiers().collect();
                let names = self.names(stmt.names(), &types);
                let values = self.list(stmt.expressions());
                self.token(stmt.do_token());
                let block = self.closed(stmt.block(), stmt.end_token());
                (start, StmtKind::GenericFor { names, values, block })
            }
            ast::Stmt::NumericFor(stmt) => {
                let start = self.token(stmt.for_token()).start;
                let name = self.param(stmt.index_variable(), stmt.type_specifier());
                let mut values = vec![self.expr(stmt.start()), self.expr(stmt.end())];
                if let Some(step) = stmt.step() {
                    values.push(self.expr(step));
                }
                self.token(stmt.do_token());
                let block = self.closed(stmt.block(), stmt.end_token());
                (start, StmtKind::NumericFor { name, values, block })
            }
            ast::Stmt::If(stmt) => self.if_stmt(stmt),
            ast::Stmt::Repeat(stmt) => {
                let start = self.token(stmt.repeat_token()).start;
                let mut block = self.closed(stmt.block(), stmt.until_token());
                let condition = self.expr(stmt.until());
                block.range.end = self.last;
                (start, StmtKind::Repeat { block, condition })
            }
            ast::Stmt::While(stmt) => {
                let start = self.token(stmt.while_token()).start;
                let condition = self.expr(stmt.condition());
                self.token(stmt.do_token());
                (start, StmtKind::While { condition, block: self.closed(stmt.block(), stmt.end_token()) })
            }
            ast::Stmt::TypeDeclaration(stmt) => {
                let start = self.token(stmt.type_token()).start;
                (start, StmtKind::Other)
            }
            ast::Stmt::ExportedTypeDeclaration(stmt) => {
                let start = self.token(stmt.export_token()).start;
                (start, StmtKind::Other)
            }
            _ => (self.last, StmtKind::Other),
        }
    }

    fn if_stmt(&mut self, stmt: &ast::If) -> (usize, StmtKind) {
        let start = self.token(stmt.if_token()).start;
        let mut arms = Vec::new();
        let binding = stmt.binding().map(|binding| self.binding(binding));
        let condition = self.expr(stmt.condition());
        self.token(stmt.then_token());
        let mut block = self.block(stmt.block());
        let mut arm = (binding, condition);
        for next in stmt.else_if().into_iter().flatten() {
            self.close(&mut block, next.else_if_token());
            arms.push((arm.0, arm.1, block));
            let binding = next.binding().map(|binding| self.binding(binding));
            arm = (binding, self.expr(next.condition()));
            self.token(next.then_token());
            block = self.block(next.block());
        }
        let otherwise = match (stmt.else_token(), stmt.else_block()) {
            (Some(token), Some(otherwise)) => {
                self.close(&mut block, token);
                Some(self.closed(otherwise, stmt.end_token()))
            }
            _ => {
                self.close(&mut block, stmt.end_token());
                None
            }
        };
        arms.push((arm.0, arm.1, block));
        (start, StmtKind::If { arms, otherwise })
    }

    fn binding(&mut self, binding: &IfConditionBinding) -> Param {
        self.param(binding.name(), binding.type_specifier())
    }

    fn function_name(&mut self, name: &ast::FunctionName) -> ExprId {
        let mut path = None;
        for token in name.names().iter().chain(name.method_name()) {
            let range = self.token(token);
            path = Some(match path {
                None => self.push(range, ExprKind::Name),
                Some(base) => {
                    let start = self.range(base).start;
                    let whole = TextRange::new(start, range.end);
                    self.push(whole, ExprKind::Field { base, name: range })
                }
            });
        }
        path.unwrap_or_else(|| self.broken())
    }

    fn function(&mut self, start: usize, body: &ast::FunctionBody, method: bool) -> FuncId {
        self.token(body.parameters_parentheses().tokens().0);
        let types: Vec<_> = body.type_specifiers().collect();
        let mut params = Vec::new();
        let mut variadic = false;
        for (i, param) in body.parameters().iter().enumerate() {
            match param {
                ast::Parameter::Name(name) => params.push(self.param(name, types.get(i).copied().flatten())),
                _ => variadic = true,
            }
        }
        self.token(body.parameters_parentheses().tokens().1);
        let returns = body.return_type().map(|ty| self.type_range(ty));
        let block = self.closed(body.block(), body.end_token());
        let range = TextRange::new(start, self.last);
        self.tree.funcs.push(Func { range, params, variadic, method, returns, block });
        self.tree.funcs.len() - 1
    }

    fn names(&mut self, names: &Punctuated<TokenReference>, types: &[Option<&TypeSpecifier>]) -> Vec<Param> {
        let name = |(i, name)| self.param(name, types.get(i).copied().flatten());
        names.iter().enumerate().map(name).collect()
    }

    fn param(&mut self, name: &TokenReference, ty: Option<&TypeSpecifier>) -> Param {
        let name: Name = self.token(name);
        Param { name, ty: ty.map(|ty| self.type_range(ty)) }
    }

    /// Returns the range of a plain type, else an empty one: no other is asked for.
    fn type_range(&mut self, ty: &TypeSpecifier) -> TextRange {
        match ty.type_info() {
            ast::luau::TypeInfo::Basic(name) => self.token(name),
            _ => TextRange::new(self.last, self.last),
        }
    }

    fn list(&mut self, list: &Punctuated<ast::Expression>) -> Vec<ExprId> {
        list.iter().map(|expr| self.expr(expr)).collect()
    }

    fn var(&mut self, var: &ast::Var) -> ExprId {
        match var {
            ast::Var::Name(name) => {
                let range = self.token(name);
                self.push(range, ExprKind::Name)
            }
            ast::Var::Expression(var) => self.chain(var.prefix(), var.suffixes()),
            _ => self.broken(),
        }
    }

    fn expr(&mut self, expr: &ast::Expression) -> ExprId {
        match expr {
            ast::Expression::BinaryOperator { lhs, binop, rhs } => {
                let left = self.expr(lhs);
                let op = self.token(binop.token());
                let right = self.expr(rhs);
                let range = TextRange::new(self.range(left).start, self.range(right).end);
                self.push(range, ExprKind::Binary { op, left, right })
            }
            ast::Expression::Parentheses { contained, expression } => {
                let (open, close) = contained.tokens();
                let open = self.token(open);
                let inner = self.expr(expression);
                let close = self.token(close);
                self.push(TextRange::new(open.start, close.end), ExprKind::Paren(inner))
            }
            ast::Expression::UnaryOperator { unop, expression } => {
                let op = self.token(unop.token());
                let value = self.expr(expression);
                let range = TextRange::new(op.start, self.range(value).end);
                self.push(range, ExprKind::Unary { op, value })
            }
            ast::Expression::Function(function) => {
                let start = self.token(function.function_token()).start;
                let func = self.function(start, function.body(), false);
                let range = self.tree.func(func).range;
                self.push(range, ExprKind::Function(func))
            }
            ast::Expression::FunctionCall(call) => self.chain(call.prefix(), call.suffixes()),
            ast::Expression::IfExpression(expr) => self.if_expr(expr),
            ast::Expression::InterpolatedString(string) => {
                let start = match string.segments().next() {
                    Some(segment) => segment.literal.start_position().bytes(),
                    None => string.last_string().start_position().bytes(),
                };
                let parts = string.expressions().map(|expr| self.expr(expr)).collect();
                let end = self.token(string.last_string()).end;
                self.push(TextRange::new(start, end), ExprKind::Interpolated(parts))
            }
            ast::Expression::TableConstructor(table) => self.table(table),
            ast::Expression::Number(token) => {
                let range = self.token(token);
                self.push(range, ExprKind::Number)
            }
            ast::Expression::String(token) => {
                let range = self.token(token);
                self.push(range, ExprKind::String)
            }
            ast::Expression::Symbol(token) => {
                let range = self.token(token);
                let kind = match token.token_type() {
                    TokenType::Symbol { symbol: Symbol::Nil } => ExprKind::Nil,
                    TokenType::Symbol { symbol: Symbol::True } => ExprKind::Bool(true),
                    TokenType::Symbol { symbol: Symbol::False } => ExprKind::Bool(false),
                    TokenType::Symbol { symbol: Symbol::Ellipsis } => ExprKind::Vararg,
                    _ => ExprKind::Broken,
                };
                self.push(range, kind)
            }
            ast::Expression::TypeAssertion { expression, type_assertion } => {
                let value = self.expr(expression);
                self.token(type_assertion.assertion_op());
                let ty = match type_assertion.cast_to() {
                    ast::luau::TypeInfo::Basic(name) => self.token(name),
                    _ => TextRange::new(self.last, self.last),
                };
                let range = TextRange::new(self.range(value).start, self.last);
                self.push(range, ExprKind::Cast { value, ty })
            }
            ast::Expression::Var(var) => self.var(var),
            _ => self.broken(),
        }
    }

    fn if_expr(&mut self, expr: &ast::luau::IfExpression) -> ExprId {
        let start = self.token(expr.if_token()).start;
        let mut conditions = vec![self.expr(expr.condition())];
        let mut values = vec![self.expr(expr.if_expression())];
        for arm in expr.else_if_expressions().into_iter().flatten() {
            conditions.push(self.expr(arm.condition()));
            values.push(self.expr(arm.expression()));
        }
        self.token(expr.else_token());
        values.push(self.expr(expr.else_expression()));
        self.push(TextRange::new(start, self.last), ExprKind::If { conditions, values })
    }

    fn table(&mut self, table: &ast::TableConstructor) -> ExprId {
        let (open, close) = table.braces().tokens();
        let open = self.token(open);
        let mut entries = Vec::new();
        for field in table.fields() {
            entries.push(match field {
                ast::Field::NameKey { key, value, .. } => {
                    let key = self.token(key);
                    Entry::Named { key, value: self.expr(value) }
                }
                ast::Field::ExpressionKey { key, value, .. } => {
                    let key = self.expr(key);
                    Entry::Keyed { key, value: self.expr(value) }
                }
                ast::Field::NoKey(value) => Entry::Item(self.expr(value)),
                _ => Entry::Item(self.broken()),
            });
        }
        let close = self.token(close);
        self.push(TextRange::new(open.start, close.end), ExprKind::Table(entries))
    }

    fn chain<'a>(&mut self, prefix: &ast::Prefix, suffixes: impl Iterator<Item = &'a ast::Suffix>) -> ExprId {
        let mut id = match prefix {
            ast::Prefix::Name(name) => {
                let range = self.token(name);
                self.push(range, ExprKind::Name)
            }
            ast::Prefix::Expression(expr) => self.expr(expr),
            _ => self.broken(),
        };
        for suffix in suffixes {
            let start = self.range(id).start;
            let kind = match suffix {
                ast::Suffix::Index(ast::Index::Dot { name, .. }) => {
                    ExprKind::Field { base: id, name: self.token(name) }
                }
                ast::Suffix::Index(ast::Index::Brackets { brackets, expression }) => {
                    let key = self.expr(expression);
                    self.token(brackets.tokens().1);
                    ExprKind::Index { base: id, key }
                }
                ast::Suffix::Call(ast::Call::AnonymousCall(args)) => {
                    ExprKind::Call(Call { callee: id, method: None, args: self.arguments(args) })
                }
                ast::Suffix::Call(ast::Call::MethodCall(call)) => {
                    let method = Some(self.token(call.name()));
                    ExprKind::Call(Call { callee: id, method, args: self.arguments(call.args()) })
                }
                ast::Suffix::TypeInstantiation(_) => continue,
                _ => ExprKind::Broken,
            };
            id = self.push(TextRange::new(start, self.last.max(start)), kind);
        }
        id
    }

    fn arguments(&mut self, args: &ast::FunctionArgs) -> Vec<ExprId> {
        match args {
            ast::FunctionArgs::Parentheses { parentheses, arguments } => {
                let (open, close) = ContainedSpan::tokens(parentheses);
                self.token(open);
                let args = self.list(arguments);
                self.token(close);
                args
            }
            ast::FunctionArgs::String(token) => {
                let range = self.token(token);
                vec![self.push(range, ExprKind::String)]
            }
            ast::FunctionArgs::TableConstructor(table) => vec![self.table(table)],
            _ => Vec::new(),
        }
    }
}
