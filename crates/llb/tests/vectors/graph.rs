//! Merges, differences, nested builds, and the platform of all of it.

use super::case::{Answer, Case};
use luakit_llb::{BuildOptions, Platform, State};

pub(crate) fn build(name: &str, case: &mut Case) -> Option<Answer> {
    let scratch = State::scratch();
    let base = case.alpine();
    let context = case.context();
    let after = |case: &mut Case, word: &str| {
        let state = case.alpine();
        case.run_in(&state, word)
    };
    let llb = |filename: Option<&str>| BuildOptions {
        filename: filename.map(str::to_owned),
        ..BuildOptions::default()
    };
    Some(Ok(match name {
        "merge/none" => case.graph.merge(&[]),
        "merge/one" => case.graph.merge(&[base]),
        "merge/one+scratch" => case.graph.merge(&[scratch, base]),
        "merge/two" => case.graph.merge(&[base, context]),
        "merge/three+scratch" => {
            let b = case.image("b");
            case.graph.merge(&[base, scratch, context, b])
        }
        "merge/dup" => case.graph.merge(&[base.clone(), base]),
        "merge/base+diffs" => {
            let (x, y) = (after(case, "x"), after(case, "y"));
            let (x, y) = (case.graph.diff(&base, &x), case.graph.diff(&base, &y));
            case.graph.merge(&[base, x, y])
        }
        "merge/then-run" => {
            let state =
                case.graph.merge(&[base.with_env("A", "1").with_dir("/w"), context.with_env("B", "2")]);
            case.run_in(&state, "true")
        }
        "diff/scratch-scratch" => case.graph.diff(&scratch, &scratch),
        "diff/scratch-upper" => case.graph.diff(&scratch, &base),
        "diff/lower-scratch" => case.graph.diff(&base, &scratch),
        "diff/two" => {
            let upper = after(case, "true");
            case.graph.diff(&base, &upper)
        }
        "diff/same" => case.graph.diff(&base, &base),
        "passthrough" => return Some(case.graph.requires(&base, "id1", &[context, scratch])),
        "build/llbbuild" => return Some(case.graph.build(&context, &llb(Some("f.llb")))),
        "build/llbbuild-default" => return Some(case.graph.build(&context, &llb(None))),
        "platform/marshal-x86_64" => {
            case.constraints.platform = Platform::new("linux", "x86_64");
            base
        }
        _ => return None,
    }))
}
