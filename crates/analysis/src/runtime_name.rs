//! Which name of a line an error of the engine is about.

use crate::Script;
use luakit_diagnostics::TextRange;

/// Finds the expression that the engine's `message` about a line can only mean.
pub fn explain_operand(_script: &Script, _line: TextRange, _message: &str) -> Option<(TextRange, String)> {
    None
}
