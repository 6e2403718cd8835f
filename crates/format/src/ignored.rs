//! Files that `.styluaignore` names: they are left as they are.

use ignore::gitignore::Gitignore;
use std::path::Path;

/// The name of the files that list what is left alone, in the words of `.gitignore`.
pub const IGNORE: &str = ".styluaignore";

/// Tells whether a file is one to leave alone, also where it is named or open in an editor.
pub fn is_ignored(path: &Path) -> bool {
    let Ok(path) = std::path::absolute(path) else { return false };
    path.ancestors().skip(1).any(|folder| {
        let rules = folder.join(IGNORE);
        rules.is_file() && Gitignore::new(rules).0.matched_path_or_any_parents(&path, false).is_ignore()
    })
}
