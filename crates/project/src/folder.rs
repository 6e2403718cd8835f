//! What is in a folder, for completing paths: hidden and ignored files are told apart, and the work is bounded.

use luakit_analysis::{ListedFile, Listing};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

/// How many files of a folder are listed.
const MOST: usize = 500;

/// Lists a folder, files that git does not ignore first. Returns `None` where there is no such folder.
pub fn list_folder(folder: &Path) -> Option<Listing> {
    let mut walk = ignore::WalkBuilder::new(folder);
    walk.max_depth(Some(1)).require_git(false).hidden(false).follow_links(false);
    let wanted: BTreeSet<OsString> = walk
        .build()
        .skip(1)
        .take(MOST)
        .filter_map(|entry| Some(entry.ok()?.file_name().to_owned()))
        .collect();
    let mut listing = Listing::default();
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if listing.files.len() == MOST {
            listing.cut = true;
            break;
        }
        // A link to a folder is one, too.
        let is_folder = std::fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir());
        let ignored = name.starts_with('.') || !wanted.contains(&entry.file_name());
        listing.files.push(ListedFile { name, is_folder, ignored });
    }
    listing.files.sort_by(|a, b| (a.ignored, &a.name).cmp(&(b.ignored, &b.name)));
    Some(listing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_ignores_and_what_is_hidden_comes_last() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["go.mod", "src/main.go", "dist/app", ".env", ".git/config"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        std::fs::write(folder.path().join(".gitignore"), "dist\n").unwrap();
        let listing = list_folder(folder.path()).unwrap();
        let shown = listing.files.iter().map(|file| {
            let kind = if file.is_folder { "/" } else { "" };
            let ignored = if file.ignored { " ignored" } else { "" };
            format!("{}{kind}{ignored}", file.name)
        });
        let shown: Vec<String> = shown.collect();
        assert_eq!(
            shown,
            ["go.mod", "src/", ".env ignored", ".git/ ignored", ".gitignore ignored", "dist/ ignored"]
        );
        assert_eq!(list_folder(&folder.path().join("nothing")), None);
    }
}
