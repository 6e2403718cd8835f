//! What BuildKit's own client marshals, and whether we come to the same bytes.
//!
//! `data/llb.jsonl` holds a case a line: a name, and either the ops with their metadata or an error. It was
//! made for linux/amd64 with `local.unique` set to `uniq`.

// Helpers of tests are not tests to clippy.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod vectors {
    pub(crate) mod case;
    mod exec;
    mod file;
    mod graph;
    mod metadata;
    mod sources;

    use case::Case;

    /// Finds the graph that a case was made of.
    pub(crate) fn build(name: &str, case: &mut Case) -> Option<case::Answer> {
        let groups = [sources::build, exec::build, file::build, graph::build, metadata::build];
        groups.iter().find_map(|build| build(name, case))
    }
}

use vectors::case::{Case, Vector};

#[test]
fn every_case_of_the_go_client_comes_out_equal() {
    let mut wrong = String::new();
    let vectors = Vector::all();
    assert_eq!(vectors.len(), 179);
    for vector in &vectors {
        let mut case = Case::new();
        let difference = match vectors::build(&vector.name, &mut case) {
            Some(answer) => vector.difference(&case.finish(answer)),
            None => Some("nobody knows how to build it".to_owned()),
        };
        if let Some(difference) = difference {
            wrong += &format!("{}: {difference}\n", vector.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_op_of_the_go_client_survives_decoding() {
    let mut ops = 0;
    for vector in Vector::all() {
        for op in &vector.ops {
            assert_eq!(vectors::case::again(&op.bytes), op.bytes, "{}", vector.name);
            ops += 1;
        }
    }
    assert_eq!(ops, 487);
}
