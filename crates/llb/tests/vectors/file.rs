//! Changes to files.

use super::case::{Answer, Case};
use luakit_llb::{Copy, CopyFrom, CopyMode, Mkdir, Mkfile, Owner, Platform, Rm, State, Symlink};

const TIME: Option<i64> = Some(1_700_000_000_000_000_005);

pub(crate) fn build(name: &str, case: &mut Case) -> Option<Answer> {
    single(name, case).or_else(|| copies(name, case)).or_else(|| several(name, case))
}

fn mkdir(path: &str) -> Mkdir {
    Mkdir { path: path.to_owned(), mode: 0o755, ..Mkdir::default() }
}

fn mkfile(path: &str, data: &[u8]) -> Mkfile {
    Mkfile { path: path.to_owned(), mode: 0o644, data: data.to_vec(), ..Mkfile::default() }
}

fn symlink(oldpath: &str, newpath: &str) -> Symlink {
    Symlink { oldpath: oldpath.to_owned(), newpath: newpath.to_owned(), ..Symlink::default() }
}

fn rm(path: &str) -> Rm {
    Rm { path: path.to_owned(), ..Rm::default() }
}

fn owner(text: &str) -> Option<Owner> {
    Some(Owner::parse(text))
}

fn single(name: &str, case: &mut Case) -> Option<Answer> {
    let owned = |text: &str| Mkdir { owner: owner(text), ..mkdir("/d") };
    let scratch = State::scratch();
    Some(match name {
        "file/mkdir" => case.file(mkdir("/d")),
        "file/mkdir-opts" => case.file(Mkdir {
            mode: 0o7777,
            make_parents: true,
            owner: owner("0:7"),
            timestamp: TIME,
            ..mkdir("/d/./x/../y")
        }),
        "file/mkdir-user-name" => case.file(owned("app:grp")),
        "file/mkdir-user-root" => case.file(owned("root")),
        "file/mkdir-user-num" => case.file(owned("1000:staff")),
        "file/mkdir-user-scratch" => case.graph.file(&scratch, vec![owned("app").into()]),
        "file/mkfile" => case.file(mkfile("/f", b"data")),
        "file/mkfile-empty" => case.file(Mkfile { mode: 0, ..mkfile("/f", b"") }),
        "file/mkfile-opts" => case.file(Mkfile {
            mode: 0o600,
            owner: owner("5:6"),
            timestamp: Some(0),
            ..mkfile("/f", &[0, 255])
        }),
        "file/symlink" => case.file(symlink("../a", "rel/l")),
        "file/symlink-opts" => {
            case.file(Symlink { owner: owner("1:2"), timestamp: TIME, ..symlink("/a", "/l") })
        }
        "file/rm" => case.file(rm("/x")),
        "file/rm-opts" => case.file(Rm { allow_not_found: true, allow_wildcard: true, ..rm("/x/*") }),
        "file/scratch-mkdir" => case.graph.file(&scratch, vec![mkdir("/d").into()]),
        // A platform asked for reaches the next commands, never the op.
        "file/platform-opt" => {
            case.file(mkdir("/d")).map(|it| it.with_platform(&Platform::new("linux", "arm64")))
        }
        _ => return None,
    })
}

fn copies(name: &str, case: &mut Case) -> Option<Answer> {
    let (base, context) = (case.alpine(), case.context());
    let copy = || Copy::new(&context, "/a", "/b");
    let (base, copy) = match name {
        "file/copy" => (base, copy()),
        "file/copy-rel-slash" => (base.with_dir("/w"), Copy::new(context.with_dir("/ctx"), "a/", "b/")),
        "file/copy-dot" => (base.with_dir("/w"), Copy::new(&context, ".", ".")),
        "file/copy-dest-slashdot" => (base, Copy::new(&context, "/", "/x/.")),
        "file/copy-dest-root" => (base, Copy::new(&context, "/", "/")),
        "file/copy-all" => {
            let all = Copy {
                mode: Some(CopyMode::Octal(0o4755)),
                owner: owner("1"),
                follow_symlink: true,
                contents_only: true,
                unpack: true,
                create_dest_path: true,
                allow_wildcard: true,
                allow_empty_wildcard: true,
                replace_existing: true,
                include: vec!["i1".to_owned(), "i2".to_owned()],
                exclude: vec!["e".to_owned()],
                required_paths: vec!["r".to_owned()],
                timestamp: TIME,
                ..copy()
            };
            (base, all)
        }
        "file/copy-modestr" => {
            (base, Copy { mode: Some(CopyMode::Symbolic("u+rwX,go-w".to_owned())), ..copy() })
        }
        "file/copy-mode0" => (base, Copy { mode: Some(CopyMode::Octal(0)), ..copy() }),
        "file/copy-exclude" => (base, Copy { exclude: vec!["x".to_owned()], ..copy() }),
        "file/copy-user-name" => (base, Copy { owner: owner("app"), ..copy() }),
        "file/copy-self" => (base.clone(), Copy::new(base, "/a", "/b")),
        "file/copy-from-scratch" => (base, Copy::new(State::scratch(), "/a", "/b")),
        "file/copy-onto-scratch" => (State::scratch(), copy()),
        _ => return None,
    };
    Some(case.graph.file(&base, vec![copy.into()]))
}

fn several(name: &str, case: &mut Case) -> Option<Answer> {
    let base = case.alpine();
    Some(match name {
        "file/chain" => {
            let copy = Copy::new(case.context(), "/a", "/d/");
            let actions = vec![
                mkdir("/d").into(),
                mkfile("/d/f", b"x").into(),
                copy.into(),
                symlink("f", "/d/l").into(),
                rm("/d/f").into(),
            ];
            case.graph.file(&base, actions)
        }
        "file/chain-two-copies" => {
            let (one, two) = (case.local("one"), case.local("two"));
            let actions = vec![Copy::new(one, "/a", "/1").into(), Copy::new(two, "/b", "/2").into()];
            case.graph.file(&base, actions)
        }
        "file/seq-two-files" => {
            let state = case.file(mkdir("/d")).unwrap();
            case.graph.file(&state, vec![mkfile("/d/f", b"x").into()])
        }
        "file/withstate" => {
            let from = CopyFrom::Actions(State::scratch(), vec![mkfile("/f", b"x").into()]);
            case.graph.file(&base, vec![Copy::new(from, "/f", "/g").into()])
        }
        _ => return None,
    })
}
