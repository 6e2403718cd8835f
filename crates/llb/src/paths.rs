//! Paths inside containers: always with slashes, whatever the machine that writes them.

/// Shortens a path as Go's `path.Clean` does: no `//`, no `.`, and `..` where it can be resolved.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// Makes a path absolute, seen from `dir`, and clean. The end of the path is lost.
pub(crate) fn absolute(dir: &str, path: &str) -> String {
    if path.starts_with('/') { clean(path) } else { clean(&format!("/{dir}/{path}")) }
}

/// Makes a path absolute and clean, but keeps a `/` or `/.` at its end: for the destination of a copy they
/// say that it is a directory.
pub(crate) fn absolute_dest(dir: &str, path: &str) -> String {
    let mut cleaned = absolute(dir, path);
    if path.ends_with('/') && !cleaned.ends_with('/') {
        cleaned.push('/');
    } else if path.ends_with("/.") {
        cleaned.push_str(if cleaned == "/" { "." } else { "/." });
    }
    cleaned
}

/// Changes the working directory: a relative one is joined and cleaned, an absolute one is taken as it is.
pub fn resolve_dir(before: &str, dir: &str) -> String {
    match dir {
        "" => before.to_owned(),
        dir if dir.starts_with('/') => dir.to_owned(),
        dir => absolute(before, dir),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_is_what_go_does() {
        for (path, cleaned) in [
            ("", "."),
            ("a//b/./c/..", "a/b"),
            ("../../a", "../../a"),
            ("/../a", "/a"),
            ("a/../..", ".."),
            ("/", "/"),
        ] {
            assert_eq!(clean(path), cleaned, "{path}");
        }
    }

    #[test]
    fn a_destination_keeps_its_end() {
        assert_eq!(absolute_dest("/w", "b/"), "/w/b/");
        assert_eq!(absolute_dest("/w", "x/."), "/w/x/.");
        assert_eq!(absolute_dest("/w", "/."), "/.");
        assert_eq!(absolute_dest("/w", "."), "/w");
        assert_eq!(absolute_dest("/w", "/"), "/");
    }

    #[test]
    fn a_relative_directory_is_joined() {
        assert_eq!(resolve_dir("/a/b", "../c"), "/a/c");
        assert_eq!(resolve_dir("/a/b", "/c/../d"), "/c/../d");
        assert_eq!(resolve_dir("/a/b", ""), "/a/b");
    }
}
