//! Applying fixes: only the tokens they are about change, and nothing else about the file.

use crate::paths::Names;
use crate::replace::replace_file;
use luakit_api::{Object, words};
use luakit_check::read_text;
use luakit_diagnostics::{Code, Diagnostic, Edit, Fix, SourceFile};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The findings whose fixes leave no doubt. In others the fix is one of several things that could be meant.
const SAFE: &[Code] = &[
    Code::OCTAL_MODE,
    Code::UNKNOWN_OPTION,
    Code::UNKNOWN_METHOD,
    Code::UNKNOWN_FUNCTION,
    Code::NOT_A_CHOICE,
];

fn is_safe(finding: &Diagnostic) -> bool {
    SAFE.contains(&finding.code) && finding.fixes.len() == 1
}

/// Marks the fixes of a finding that must not be applied unasked.
pub(crate) fn mark_safe(finding: &mut Diagnostic) {
    let safe = is_safe(finding);
    for fix in &mut finding.fixes {
        fix.safe &= safe;
    }
}

/// Keeps of a dry run's finding the fix that is about what is written at its place.
///
/// A run knows values: what it finds wrong in `opts` may have been written elsewhere, and `opts` is not to be replaced.
pub(crate) fn keep_written(finding: &mut Diagnostic) {
    let range = finding.place.range;
    let text = finding.place.file.slice(range).to_owned();
    let string = text.strip_prefix(['"', '\'']).and_then(|text| text.strip_suffix(['"', '\'']));
    let is_written = match finding.code {
        Code::UNKNOWN_OPTION => finding.message.contains(&format!("unknown option `{text}` ")),
        Code::NOT_A_CHOICE => string.is_some_and(|it| finding.message.contains(&format!(", got \"{it}\""))),
        Code::OCTAL_MODE => {
            text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    };
    if !is_written {
        finding.fixes.clear();
    }
    // A name is always written where it is used.
    let objects = [Object::State, Object::Mount, Object::Platform];
    let misnomer = match finding.code {
        Code::UNKNOWN_FUNCTION => Some(words::unknown_function(&text)),
        Code::UNKNOWN_METHOD => {
            let said = |it: &words::Misnomer| finding.message.ends_with(&it.message);
            objects.into_iter().map(|object| words::unknown_method(object, &text)).find(said)
        }
        _ => None,
    };
    if let Some(meant) = misnomer.and_then(|misnomer| misnomer.meant) {
        let edits = vec![Edit { range, text: meant.clone() }];
        finding.fixes.push(Fix { title: format!("Write `{meant}`"), edits, safe: true });
    }
}

/// Returns the edits of the fixes that leave no doubt, in the order of their places. Of fixes that overlap, the first
/// one counts.
pub fn safe_edits(findings: &[Diagnostic], text: &str) -> Vec<Edit> {
    let safe = findings.iter().filter(|finding| is_safe(finding));
    let fixes: Vec<&[Edit]> =
        safe.flat_map(|it| &it.fixes).filter(|fix| fix.safe).map(|fix| fix.edits.as_slice()).collect();
    chosen(text, &fixes).0.into_iter().cloned().collect()
}

/// What was fixed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Fixed {
    pub findings: usize,
    pub files: usize,
    /// Files that could not be written, and why.
    pub failures: Vec<String>,
}

/// Applies the safe fixes of findings to the files on disk. Of fixes that overlap, the first one is applied.
pub fn apply(findings: &[Diagnostic], names: &Names) -> Fixed {
    let mut files: BTreeMap<&str, (&Arc<SourceFile>, Vec<&[Edit]>)> = BTreeMap::new();
    for finding in findings {
        let file = &finding.place.file;
        for fix in finding.fixes.iter().filter(|fix| fix.safe) {
            files.entry(&file.name).or_insert((file, Vec::new())).1.push(&fix.edits);
        }
    }
    let mut fixed = Fixed::default();
    for (name, (file, fixes)) in files {
        match rewrite(&names.absolute(Path::new(name)), file, &fixes) {
            Ok(0) => {}
            Ok(applied) => {
                fixed.findings += applied;
                fixed.files += 1;
            }
            Err(err) => fixed.failures.push(format!("cannot write `{name}`: {err}")),
        }
    }
    fixed
}

/// Applies fixes to a file on disk, and returns how many were. Of fixes that overlap, the first one is applied; what has no
/// file, or another text by now, is left alone.
///
/// # Errors
/// If the file cannot be written.
pub fn rewrite(path: &Path, file: &SourceFile, fixes: &[&[Edit]]) -> io::Result<usize> {
    let (text, applied) = edited(&file.text, fixes);
    if text == file.text || !read_text(path).is_ok_and(|now| now == file.text) {
        return Ok(0);
    }
    replace_file(path, text.as_bytes()).map(|()| applied)
}

/// Applies fixes to a text, each whole or not at all. Returns how many were applied.
fn edited(text: &str, fixes: &[&[Edit]]) -> (String, usize) {
    let (edits, applied) = chosen(text, fixes);
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for edit in edits {
        out.push_str(text.get(done..edit.range.start).unwrap_or(""));
        out.push_str(&edit.text);
        done = edit.range.end;
    }
    out.push_str(text.get(done..).unwrap_or(""));
    (out, applied)
}

/// Chooses the edits of the fixes that can be applied together, each whole or not at all, and counts those fixes.
fn chosen<'f>(text: &str, fixes: &[&'f [Edit]]) -> (Vec<&'f Edit>, usize) {
    let mut edits: Vec<&Edit> = Vec::new();
    let mut applied = 0;
    for fix in fixes {
        let overlaps = |edit: &Edit| {
            edits.iter().any(|other| edit.range.start < other.range.end && other.range.start < edit.range.end)
                || edits.iter().any(|other| edit.range == other.range)
        };
        let fits = |edit: &Edit| text.get(edit.range.start..edit.range.end).is_some();
        if fix.iter().all(|edit| fits(edit) && !overlaps(edit)) {
            edits.extend(fix.iter());
            applied += 1;
        }
    }
    edits.sort_by_key(|edit| edit.range);
    (edits, applied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use luakit_diagnostics::TextRange;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { range: TextRange::new(start, end), text: text.into() }
    }

    #[test]
    fn of_fixes_that_overlap_the_first_is_applied() {
        let (first, second, third) =
            ([edit(2, 4, "X")], [edit(3, 5, "Y")], [edit(6, 7, "Z"), edit(0, 1, "W")]);
        assert_eq!(edited("0123456789", &[&first, &second, &third]), ("W1X45Z789".into(), 2));
    }
}
