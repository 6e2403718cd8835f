//! What is said about ops, and where they were made.

use super::case::{Answer, Case, args, sh};
use luakit_llb::{Exec, Location, Metadata, Mkdir, Position, ProgressGroup, SourceId};
use std::collections::BTreeMap;

pub(crate) fn build(name: &str, case: &mut Case) -> Option<Answer> {
    let base = Metadata::default;
    let metadata = match name {
        "md/ignorecache" => return Some(case.run(Exec { ignore_cache: true, ..sh() })),
        "md/require" => {
            return Some(case.run(Exec { filters: vec!["a==b".to_owned(), "c".to_owned()], ..sh() }));
        }
        "md/customname" => Metadata::named("n"),
        "md/desc" => Metadata { description: map(&[("a", "1"), ("b", "2")]), ..base() },
        "md/exportcache" => Metadata { export_cache: Some(true), ..base() },
        "md/noexportcache" => Metadata { export_cache: Some(false), ..base() },
        "md/progressgroup" => {
            let group = ProgressGroup { id: "id".to_owned(), name: "name".to_owned(), weak: true };
            Metadata { progress_group: Some(group), ..base() }
        }
        "md/file" => {
            let state = case.file(Mkdir { path: "/d".to_owned(), mode: 0o755, ..Mkdir::default() }).unwrap();
            let metadata = Metadata { ignore_cache: true, ..Metadata::named("mk") };
            return Some(Ok(case.graph.with_metadata(&state, metadata)));
        }
        "md/marshal-defaults" => {
            case.constraints.filters = vec!["w".to_owned()];
            case.constraints.metadata =
                Metadata { ignore_cache: true, description: map(&[("k", "v")]), ..base() };
            base()
        }
        "md/merge-dup-vertices" => {
            let (one, two) = (case.run(args(&["true"])).unwrap(), case.run(args(&["true"])).unwrap());
            let one = case.graph.with_metadata(&one, Metadata::named("one"));
            let two = case.graph.with_metadata(&two, Metadata { ignore_cache: true, ..base() });
            return Some(Ok(case.graph.merge(&[one, two])));
        }
        _ => return located(name, case),
    };
    let state = case.run(sh()).unwrap();
    Some(Ok(case.graph.with_metadata(&state, metadata)))
}

fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn located(name: &str, case: &mut Case) -> Option<Answer> {
    let add = |case: &mut Case, name: &str, data: &str| case.graph.add_source(name, data.as_bytes(), "Lua");
    let at = |source: SourceId| Location {
        source,
        start: Position { line: 3, character: 4 },
        end: Position { line: 3, character: 9 },
    };
    let build = add(case, "build.lua", "bk.export(x)\n");
    match name {
        "sm/two" => {
            case.graph.at(vec![at(build)], Vec::new());
            Some(case.run(args(&["true"])))
        }
        "sm/dup-file" => {
            let again = add(case, "build.lua", "bk.export(x)\n");
            let lib = add(case, "lib.lua", "y");
            case.graph.at(vec![at(build), Location::file(lib)], Vec::new());
            let state = case.alpine();
            case.graph.at(vec![at(again), at(lib)], Vec::new());
            Some(Ok(case.run_in(&state, "true")))
        }
        "sm/same-op-two-places" => {
            let base = case.alpine();
            case.graph.at(vec![at(build)], Vec::new());
            let one = case.run_in(&base, "true");
            let line = Position { line: 9, character: 0 };
            case.graph.at(vec![Location { source: build, start: line, end: line }], Vec::new());
            let two = case.run_in(&base, "true");
            case.graph.at(Vec::new(), Vec::new());
            Some(Ok(case.graph.merge(&[one, two])))
        }
        _ => None,
    }
}
