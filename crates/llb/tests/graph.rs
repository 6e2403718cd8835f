//! How vertices hang together: what collapses, what stays apart, and that nothing changes under a state.

// Helpers of tests are not tests to clippy.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use expect_test::{Expect, expect};
use luakit_llb::text::{self, TextOptions};
use luakit_llb::{
    BuildOptions, Constraints, Copy, CopyFrom, CopyMode, Definition, Exec, FileAction, Graph, ImageOptions,
    LocalOptions, Location, Metadata, Mkdir, Mkfile, Mount, MountKind, Owner, Platform, Position,
    ProgressGroup, Rm, Source, State, Symlink,
};
use std::time::{Duration, Instant};

fn constraints() -> Constraints {
    Constraints::new(Platform::new("linux", "amd64"), "uniq")
}

fn marshal(graph: &Graph, state: &State) -> Definition {
    graph.marshal(state, &constraints()).unwrap()
}

fn check(graph: &Graph, state: &State, expected: &Expect) {
    expected.assert_eq(&text::render(&marshal(graph, state), &TextOptions::default()));
}

fn check_all(graph: &Graph, state: &State, expected: &Expect) {
    let options = TextOptions { metadata: true, caps: false, locations: true };
    expected.assert_eq(&text::render(&marshal(graph, state), &options));
}

fn image(graph: &mut Graph, reference: &str) -> State {
    graph.image(reference, &ImageOptions::default()).unwrap()
}

fn sh(command: &str) -> Exec {
    Exec { args: ["/bin/sh", "-c", command].map(str::to_owned).to_vec(), ..Exec::default() }
}

fn line(graph: &mut Graph, line: i32) -> Vec<Location> {
    let source = graph.add_source("build.lua", b"".as_slice(), "Lua");
    let at = |character| Position { line, character };
    vec![Location { source, start: at(1), end: at(5) }]
}

#[test]
fn equal_vertices_are_one_op_with_what_is_said_about_either() {
    let mut graph = Graph::new();
    let base = image(&mut graph, "alpine");
    let mut run = |number, metadata: Metadata| {
        let at = line(&mut graph, number);
        graph.at(at, Vec::new());
        let state = graph.exec(&base, sh("make")).unwrap().root;
        graph.with_metadata(&state, metadata)
    };
    let group = ProgressGroup { id: "g".to_owned(), name: "build".to_owned(), weak: true };
    let one = run(1, Metadata { progress_group: Some(group), ..Metadata::named("one") });
    let two = run(2, Metadata { ignore_cache: true, export_cache: Some(false), ..Metadata::named("two") });
    graph.at(Vec::new(), Vec::new());
    let both = graph.merge(&[one, two]);
    check_all(
        &graph,
        &both,
        &expect![[r#"
            %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
            %1 = exec /bin/sh -c make  [linux/amd64]
                 mount / bind %0 -> %1.0
                 ignore_cache
                 description llb.customname=two
                 export_cache false
                 progress_group id=g name=build weak
                 at build.lua:1:1-1:5
                 at build.lua:2:1-2:5
            %2 = merge %1 %1
            return %2
        "#]],
    );
}

#[test]
fn what_is_said_about_one_state_is_not_said_about_another() {
    let mut graph = Graph::new();
    let plain = image(&mut graph, "alpine");
    let named = graph.with_metadata(&plain, Metadata::named("base"));
    assert_ne!(plain.output(), named.output());
    check_all(
        &graph,
        &plain,
        &expect![[r#"
            %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
            return %0
        "#]],
    );
    assert_eq!(marshal(&graph, &plain).head(), marshal(&graph, &named).head());
}

#[test]
fn a_mount_can_be_used_twice() {
    let mut graph = Graph::new();
    let base = image(&mut graph, "alpine");
    let context = graph.local("context", &LocalOptions::default()).unwrap();
    let mount = Mount { readonly: true, ..Mount::bind(&context, "/src") };
    let first = graph.exec(&base, Exec { mounts: vec![mount.clone()], ..sh("one") }).unwrap().root;
    let out = Mount::bind(&State::scratch(), "./out");
    let second = graph.exec(&first, Exec { mounts: vec![mount, out], ..sh("two") }).unwrap();
    check(
        &graph,
        &second.root,
        &expect![[r#"
            %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
            %1 = source local://context
            %2 = exec /bin/sh -c one  [linux/amd64]
                 mount / bind %0 -> %2.0
                 mount /src bind %1 readonly
            %3 = exec /bin/sh -c two  [linux/amd64]
                 mount ./out bind scratch -> %3.0
                 mount / bind %2 -> %3.1
                 mount /src bind %1 readonly
            return %3.1
        "#]],
    );
    assert_eq!(second.mount("./out").unwrap().output().map(|it| it.index), Some(0));
    assert_eq!(second.mount("/nowhere").unwrap_err().message, "no mount at `/nowhere`");
}

#[test]
fn a_command_is_for_its_own_settings_and_the_state_keeps_its() {
    let mut graph = Graph::new();
    let base = image(&mut graph, "alpine").with_dir("/src").with_env("A", "1").with_user("app");
    let exec = Exec {
        cwd: Some("../sub/./dir".to_owned()),
        env: vec![("B".to_owned(), "2".to_owned())],
        platform: Some(Platform::new("linux", "arm64")),
        ..sh("one")
    };
    let state = graph.exec(&base, exec).unwrap().root;
    let state = graph.exec(&state, sh("two")).unwrap().root;
    check(
        &graph,
        &state,
        &expect![[r#"
            %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
            %1 = exec /bin/sh -c one  [linux/arm64]
                 cwd /sub/dir
                 user app
                 env A=1
                 env B=2
                 mount / bind %0 -> %1.0
            %2 = exec /bin/sh -c two  [linux/arm64]
                 cwd /src
                 user app
                 env A=1
                 mount / bind %1 -> %2.0
            return %2
        "#]],
    );
}

#[test]
fn only_what_a_state_depends_on_is_in_its_definition() {
    let mut graph = Graph::new();
    let at = line(&mut graph, 1);
    graph.at(at, Vec::new());
    image(&mut graph, "unused");
    graph.add_source("unused.lua", b"".as_slice(), "Lua");
    graph.at(Vec::new(), Vec::new());
    let used = image(&mut graph, "used");
    let definition = marshal(&graph, &used);
    assert_eq!((definition.ops.len(), definition.sources.len()), (2, 0));
    assert!(definition.to_pb().source.is_none());
}

#[test]
fn scratch_has_an_empty_definition() {
    let graph = Graph::new();
    let definition = marshal(&graph, &State::scratch());
    assert!(definition.ops.is_empty() && definition.encode().is_empty() && definition.head().is_none());
    check(&graph, &State::scratch(), &expect!["return scratch\n"]);
}

#[test]
fn a_state_of_another_graph_is_refused() {
    let mut other = Graph::new();
    let state = image(&mut other, "alpine");
    let err = Graph::new().marshal(&state, &constraints()).unwrap_err();
    assert_eq!(err.message, "the state belongs to another graph");
}

#[test]
fn a_session_takes_the_place_of_the_unique_attribute() {
    let mut graph = Graph::new();
    let state = graph.local("context", &LocalOptions::default()).unwrap();
    let constraints = Constraints { local_session: Some("s".to_owned()), ..constraints() };
    let definition = graph.marshal(&state, &constraints).unwrap();
    let json = luakit_llb::json::value(&definition);
    assert_eq!(json["ops"][0]["source"]["attrs"], serde_json::json!({"local.session": "s"}));
}

#[test]
fn states_wait_for_others() {
    let mut graph = Graph::new();
    let (base, other) = (image(&mut graph, "a"), image(&mut graph, "b"));
    let state = graph.requires(&base, "id", &[other.clone(), State::scratch()]).unwrap();
    check(
        &graph,
        &state,
        &expect![[r#"
            %0 = source docker-image://docker.io/library/a:latest  [linux/amd64]
            %1 = source docker-image://docker.io/library/b:latest  [linux/amd64]
            %2 = passthrough id %0 %1
            return %2
        "#]],
    );
    let nothing = graph.requires(&base, "id", &[State::scratch()]).unwrap();
    assert_eq!(nothing.output(), base.output());
    let err = graph.requires(&State::scratch(), "id", &[other]).unwrap_err();
    assert_eq!(err.message, "scratch cannot wait for other states");
}

#[test]
fn every_file_action_has_its_line() {
    let mut graph = Graph::new();
    let base = image(&mut graph, "alpine").with_dir("/w");
    let context = graph.local("context", &LocalOptions::default()).unwrap();
    let motd = Mkfile { path: "motd".to_owned(), mode: 0o644, data: b"hi\n".to_vec(), ..Mkfile::default() };
    let actions: Vec<FileAction> = vec![
        Mkdir { path: "d".to_owned(), mode: 0o1755, make_parents: true, ..Mkdir::default() }.into(),
        motd.clone().into(),
        Copy {
            mode: Some(CopyMode::Symbolic("u+x".to_owned())),
            owner: Some(Owner::parse("app:root")),
            create_dest_path: true,
            include: vec!["*.go".to_owned()],
            ..Copy::new(&context, "a b", "d/")
        }
        .into(),
        Copy::new(CopyFrom::Actions(State::scratch(), vec![motd.into()]), "/motd", "/copy").into(),
        Symlink {
            oldpath: "d".to_owned(),
            newpath: "/l".to_owned(),
            timestamp: Some(0),
            ..Symlink::default()
        }
        .into(),
        Rm { path: "/x/*".to_owned(), allow_wildcard: true, ..Rm::default() }.into(),
    ];
    let state = graph.file(&base, actions).unwrap();
    check(
        &graph,
        &state,
        &expect![[r#"
            %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
            %1 = source local://context
            %2 = file
                 %0: mkdir /w/d mode=0755 makeParents
                 ^: mkfile /w/motd mode=0644 "hi\n"
                 ^: copy %1:'/a b' /w/d/ modeStr=u+x owner=app:0 createDestPath include_patterns=["*.go"]
                 scratch: mkfile /motd mode=0644 "hi\n"
                 @2: copy ^:/motd /copy
                 ^: symlink d /l timestamp=0
                 ^: rm /x/* allowWildcard
            return %2
        "#]],
    );
    assert_eq!(graph.file(&base, Vec::new()).unwrap_err().message, "file operation without actions");
}

#[test]
fn every_kind_of_mount_has_its_line() {
    let mut graph = Graph::new();
    let base = image(&mut graph, "alpine");
    let secret = MountKind::Secret { id: "s".to_owned(), uid: 1, gid: 0, mode: 0o440, optional: true };
    let exec = Exec {
        mounts: vec![
            Mount::ssh("/run/ssh", "default"),
            Mount { kind: secret, ..Mount::secret("/s", "") },
            Mount { kind: MountKind::Tmpfs { size: 512 }, ..Mount::tmpfs("/t") },
            Mount::cache("/c", "go"),
            Mount { selector: "/sub".to_owned(), no_output: true, ..Mount::bind(&base, "/b") },
        ],
        ..sh("it's\nlong")
    };
    let state = graph.exec(&base, exec).unwrap().root;
    let built = graph.build(&state, &BuildOptions::default()).unwrap();
    let diff = graph.diff(&built, &State::scratch());
    check(
        &graph,
        &diff,
        &expect![[r#"
            %0 = source docker-image://docker.io/library/alpine:latest  [linux/amd64]
            %1 = exec /bin/sh -c "it's\nlong"  [linux/amd64]
                 env SSH_AUTH_SOCK=/run/ssh
                 mount / bind %0 -> %1.0
                 mount /b bind %0 selector=/sub -> nothing
                 mount /c cache scratch id=go
                 mount /t tmpfs size=512
                 mount /s secret id=s uid=1 mode=0440 optional
                 mount /run/ssh ssh id=default mode=0600
            %2 = build %1  [linux/amd64]
            %3 = diff %2 scratch
            return %3
        "#]],
    );
}

#[test]
fn a_definition_says_the_same_after_decoding() {
    let mut graph = Graph::new();
    let at = line(&mut graph, 3);
    graph.at(at, Vec::new());
    let base = image(&mut graph, "alpine");
    let state = graph.exec(&base, sh("true")).unwrap().root;
    let definition = marshal(&graph, &state);
    let again = Definition::decode(&definition.encode()).unwrap();
    let everything = TextOptions { metadata: true, caps: true, locations: true };
    assert_eq!(text::render(&again, &everything), text::render(&definition, &everything));
    assert_eq!(again.encode(), definition.encode());
    assert!(Definition::decode(b"\x0a\x05ab").unwrap_err().message.starts_with("not a definition: "));
}

#[test]
fn long_chains_are_marshalled_and_dropped_in_no_time() {
    let start = Instant::now();
    let mut graph = Graph::new();
    let mut state = image(&mut graph, "alpine");
    for number in 0..20_000 {
        state = graph.exec(&state, sh(&number.to_string())).unwrap().root;
    }
    let definition = marshal(&graph, &state);
    assert_eq!(definition.ops.len(), 20_002);
    assert!(definition.encode().len() > 20_000 * 100);
    drop((graph, state, definition));
    // Far more than it takes, far less than anything quadratic would.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn deep_diamonds_are_walked_once() {
    let mut graph = Graph::new();
    let mut state = image(&mut graph, "alpine");
    for _ in 0..200 {
        state = graph.merge(&[state.clone(), state]);
    }
    let definition = marshal(&graph, &state);
    assert_eq!(definition.ops.len(), 202);
    assert!(luakit_llb::dot::render(&definition).len() < 100_000);
}

#[test]
fn a_file_that_a_build_brought_has_the_definition_it_came_from() {
    let constraints = Constraints::new(Platform::new("linux", "amd64"), "uniq");
    let mut graph = Graph::default();
    let context = graph.local("context", &Default::default()).unwrap();
    let context = graph.marshal(&context, &constraints).unwrap();
    let mut graph = Graph::default();
    let definition = Some(context.encode().into());
    let (filename, language) = ("build.lua".to_owned(), "Lua".to_owned());
    let file = graph.add_file(Source { filename, data: b"x".as_slice().into(), language, definition });
    graph.at(vec![Location::file(file)], Vec::new());
    let image = graph.image("alpine", &Default::default()).unwrap();
    let told = graph.marshal(&image, &constraints).unwrap().to_pb();
    assert_eq!(told.source.unwrap().infos[0].definition, Some(context.to_pb()));
}
