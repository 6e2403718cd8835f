//! How files are called: relative to the folder that the command was started in.

use std::path::{Component, Path, PathBuf};

/// The folder that names are relative to.
#[derive(Debug, Clone)]
pub struct Names {
    folder: PathBuf,
}

impl Names {
    pub fn new(folder: PathBuf) -> Names {
        Names { folder: clean(&folder) }
    }

    /// Returns the absolute path of a file that is named relative to the folder.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        clean(&self.folder.join(path))
    }

    /// Returns the name of a file: relative where it lies in the folder or near above it.
    pub fn name(&self, path: &Path) -> String {
        let path = self.absolute(path);
        let up = self.folder.ancestors().enumerate().find_map(|(up, folder)| {
            // A path that has only the root in common is shorter as it is.
            let near = folder.parent().is_some() || up == 0;
            path.strip_prefix(folder).ok().filter(|_| near).map(|rest| (up, rest.to_owned()))
        });
        let shown = match up {
            Some((up, rest)) => std::iter::repeat_n(PathBuf::from(".."), up).chain([rest]).collect(),
            None => path,
        };
        shown.to_string_lossy().replace('\\', "/")
    }
}

/// Takes `.` and `..` out of a path by its text alone, so that a link keeps its own name.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_where_one_stands() {
        let names = Names::new("/w/project".into());
        for (path, name) in [
            ("build.lua", "build.lua"),
            ("./a/../build.lua", "build.lua"),
            ("/w/project/a/b.lua", "a/b.lua"),
            ("../other/b.lua", "../other/b.lua"),
            ("/etc/b.lua", "/etc/b.lua"),
        ] {
            assert_eq!(names.name(Path::new(path)), name);
        }
    }
}
