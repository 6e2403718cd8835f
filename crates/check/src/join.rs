//! One mistake is one finding, whichever layers see it.

use luakit_diagnostics::{Code, Diagnostic, sort};

/// Joins the findings of both layers.
///
/// Where both see a mistake, the dry run's finding stays, since it has the call trace, with the fixes and hints of the
/// static one, which knows the text.
pub fn join(static_findings: Vec<Diagnostic>, dry_run: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut joined: Vec<Diagnostic> = Vec::new();
    for diagnostic in dry_run {
        if !joined.iter().any(|other| same(other, diagnostic)) {
            joined.push(diagnostic.clone());
        }
    }
    for diagnostic in static_findings {
        match joined.iter_mut().find(|other| same(other, &diagnostic)) {
            // The text says what is to be done about it.
            Some(other) if other.code == Code::UNREACHED_OP => *other = diagnostic,
            Some(other) => {
                if other.fixes.is_empty() {
                    other.fixes = diagnostic.fixes;
                }
                if other.hints.is_empty() {
                    other.hints = diagnostic.hints;
                }
                // The smaller range is the more exact one.
                if other.place.range.covers(diagnostic.place.range) {
                    other.place = diagnostic.place;
                }
            }
            None => joined.push(diagnostic),
        }
    }
    sort(&mut joined);
    joined
}

fn same(a: &Diagnostic, b: &Diagnostic) -> bool {
    let (x, y) = (&a.place, &b.place);
    if x.file.name != y.file.name {
        return false;
    }
    let overlap = x.range.touches(y.range.start) || y.range.touches(x.range.start);
    let line = |place: &luakit_diagnostics::Place| place.file.lines.line(place.range.start);
    match (a.code, b.code) {
        (Code::MISSING_EXPORT, Code::MISSING_EXPORT) => true,
        (Code::SYNTAX, Code::SYNTAX) => a.layer != b.layer || (overlap && a.message == b.message),
        (p, q) if p == q => (overlap && a.layer != b.layer) || (a.message == b.message && line(x) == line(y)),
        // A name that is nowhere is nil when it is used.
        (Code::UNKNOWN_NAME, Code::RUNTIME_ERROR) | (Code::RUNTIME_ERROR, Code::UNKNOWN_NAME) => {
            overlap || line(x) == line(y)
        }
        // A state that is thrown away reaches no export.
        (Code::UNUSED_STATE, Code::UNREACHED_OP) | (Code::UNREACHED_OP, Code::UNUSED_STATE) => overlap,
        // An octal-looking number that is refused, or taken for its digits, is the same mistake to both.
        (Code::OCTAL_MODE, _) | (_, Code::OCTAL_MODE) => overlap && a.layer != b.layer,
        _ => false,
    }
}
