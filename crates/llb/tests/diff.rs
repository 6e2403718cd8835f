//! Comparing graphs that no script makes: large ones, and those of other clients.

// Helpers of tests are not tests to clippy.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use luakit_llb::diff::{self, Cause, Rebuild, Status};
use luakit_llb::{
    Constraints, Copy, Definition, Exec, Graph, ImageOptions, Location, Platform, Position, State,
};
use std::time::{Duration, Instant};

/// Makes a chain of commands on an image, with a copy of every tenth, each command on a line of its own.
fn chain(image: &str, length: usize, command: impl Fn(usize) -> String) -> Definition {
    let mut graph = Graph::new();
    let text: String = (0..length).map(|it| format!("run({:?})\n", command(it))).collect();
    let source = graph.add_source("build.lua", text.as_bytes(), "Lua");
    let mut state = graph.image(image, &ImageOptions::default()).unwrap();
    let mut out = State::scratch();
    for number in 0..length {
        let at = |character| Position { line: i32::try_from(number).unwrap() + 1, character };
        graph.at(vec![Location { source, start: at(1), end: at(5) }], Vec::new());
        let args = ["/bin/sh".to_owned(), "-c".to_owned(), command(number)].to_vec();
        state = graph.exec(&state, Exec { args, ..Exec::default() }).unwrap().root;
        if number % 10 == 0 {
            out = graph.file(&out, vec![Copy::new(&state, "/a", "/b").into()]).unwrap();
        }
    }
    let both = graph.merge(&[state, out]);
    graph.marshal(&both, &Constraints::new(Platform::new("linux", "amd64"), "u")).unwrap()
}

fn timed(before: &Definition, after: &Definition) -> diff::GraphDiff {
    let begun = Instant::now();
    let diff = diff::compare(before, after);
    // A debug build on a busy machine. What is quadratic takes minutes.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    diff
}

#[test]
fn thousands_of_ops_are_compared_in_no_time() {
    let usual = |it: usize| format!("step {it}");
    let before = chain("alpine:3.19", 3_000, usual);
    assert!(timed(&before, &before).is_same());
    let summary = timed(&before, &chain("alpine:3.20", 3_000, usual)).summary();
    assert_eq!((summary.changed, summary.added, summary.removed), (1, 0, 0));
    // The merge and all that works on the image; the copies go by content.
    assert_eq!((summary.runs, summary.depends, summary.cached), (3_002, 300, 0));
    let summary = timed(&before, &chain("alpine:3.19", 3_000, |it| format!("another {it}"))).summary();
    assert_eq!((summary.changed, summary.added, summary.removed), (3_000, 0, 0));
    let summary = timed(&before, &chain("alpine:3.19", 3_000, |_| "same".to_owned())).summary();
    assert_eq!(summary.changed, 3_000);
}

#[test]
fn graphs_without_places_are_compared_by_what_they_say() {
    let bare = |image: &str, commands: &[&str]| {
        let made = chain(image, commands.len(), |it| commands[it].to_owned());
        let mut bare = Definition::decode(&made.encode()).unwrap();
        bare.sources.clear();
        bare.ops.iter_mut().for_each(|it| it.locations.clear());
        bare
    };
    let before = bare("alpine:3.19", &["apk add gcc make", "make", "make install"]);
    let after = bare("alpine:3.20", &["apk add gcc make musl-dev", "make", "echo new", "make install"]);
    let diff = diff::compare(&before, &after);
    let told: Vec<String> = diff
        .ops
        .iter()
        .map(|it| {
            let before = it.before.as_ref().map_or("nothing", |it| it.name.as_str());
            format!("{} {} (was {before})", it.status.name(), it.op.name)
        })
        .collect();
    assert_eq!(
        told,
        [
            "changed docker-image://docker.io/library/alpine:3.20 (was docker-image://docker.io/library/alpine:3.19)",
            "changed /bin/sh -c apk add gcc make musl-dev (was /bin/sh -c apk add gcc make)",
            "unchanged /bin/sh -c make (was /bin/sh -c make)",
            "added /bin/sh -c echo new (was nothing)",
            "changed /bin/sh -c make install (was /bin/sh -c make install)",
            "unchanged copy /a /b (was copy /a /b)",
            "unchanged merge (/bin/sh -c make install, copy /a /b) (was merge (/bin/sh -c make install, copy /a /b))",
        ]
    );
}

#[test]
fn reasons_lead_to_the_first_op_that_changed() {
    let before = chain("alpine", 3, |it| format!("step {it}"));
    let after = chain("alpine", 3, |it| if it == 0 { "first".to_owned() } else { format!("step {it}") });
    let diff = diff::compare(&before, &after);
    let last = diff.ops.iter().rposition(|it| it.op.kind == "exec").unwrap();
    let chain: Vec<&str> = diff.chain(last).iter().map(|it| diff.ops[*it].op.name.as_str()).collect();
    assert_eq!(chain, ["/bin/sh -c step 2", "/bin/sh -c step 1", "/bin/sh -c first"]);
    assert_eq!((diff.ops[1].status, diff.ops[1].cause), (Status::Changed, Some(Cause::Itself)));
    assert_eq!(diff.ops[0].rebuild, Rebuild::Cached);
}

#[test]
fn a_definition_that_names_ops_it_has_not_is_compared_too() {
    let mut broken = chain("alpine", 3, |it| format!("step {it}"));
    broken.ops.remove(0);
    let whole = chain("alpine", 3, |it| format!("step {it}"));
    assert_eq!(diff::compare(&broken, &whole).summary().added, 1);
    assert_eq!(diff::compare(&whole, &broken).summary().removed, 1);
    assert!(diff::compare(&broken, &broken).is_same());
}
