//! A literal in the declaration itself, such as the default of an option, seen as a value.

use crate::{Known, Table, View};

/// A constant value.
#[derive(Debug, Clone, Copy)]
pub enum Literal {
    Nil,
    Boolean(bool),
    Number(f64),
    String(&'static str),
    EmptyTable,
}

impl View for Literal {
    fn known(&self) -> Known<Self> {
        match self {
            Literal::Nil => Known::Nil,
            Literal::Boolean(value) => Known::Boolean(Some(*value)),
            Literal::Number(value) => Known::Number(Some(*value)),
            Literal::String(text) => Known::String(Some(text.as_bytes().to_vec())),
            Literal::EmptyTable => Known::Table(Table::default()),
        }
    }
}
