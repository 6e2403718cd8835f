//! What to call an op: the words that BuildKit's progress uses.

use crate::metadata::Metadata;
use crate::{Definition, MarshalledOp, pb};
use pb::file_action::Action;
use std::collections::HashMap;

/// How much of a name another name takes in; merges of merges would grow without end.
const MAX_PART: usize = 60;

/// Names every op of a definition, in its order.
pub fn names(definition: &Definition) -> Vec<String> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut names: Vec<String> = Vec::with_capacity(definition.ops.len());
    for (index, op) in definition.ops.iter().enumerate() {
        let input = |number: i64| {
            let input = usize::try_from(number).ok().and_then(|it| op.op.inputs.get(it));
            let name = input.and_then(|it| known.get(it.digest.as_str())).and_then(|it| names.get(*it));
            name.map_or("scratch".to_owned(), |it| shortened(it))
        };
        names.push(name(op, &input));
        known.insert(op.digest.as_str(), index);
    }
    names
}

/// The kind of an op, in the words of `ops.proto`.
pub fn kind(op: &pb::Op) -> &'static str {
    match &op.op {
        None => "result",
        Some(pb::op::Op::Source(_)) => "source",
        Some(pb::op::Op::Exec(_)) => "exec",
        Some(pb::op::Op::File(_)) => "file",
        Some(pb::op::Op::Merge(_)) => "merge",
        Some(pb::op::Op::Diff(_)) => "diff",
        Some(pb::op::Op::Build(_)) => "build",
        Some(pb::op::Op::Passthrough(_)) => "passthrough",
    }
}

fn name(op: &MarshalledOp, input: &dyn Fn(i64) -> String) -> String {
    if let Some(name) = Metadata::from_pb(&op.metadata).custom_name() {
        return name.to_owned();
    }
    match &op.op.op {
        None => "result".to_owned(),
        Some(pb::op::Op::Source(it)) => it.identifier.clone(),
        Some(pb::op::Op::Exec(it)) => it.meta.as_ref().map(|it| it.args.join(" ")).unwrap_or_default(),
        Some(pb::op::Op::File(it)) => it.actions.iter().map(action).collect::<Vec<_>>().join(", "),
        Some(pb::op::Op::Merge(it)) => {
            let inputs: Vec<String> = it.inputs.iter().map(|it| input(it.input)).collect();
            format!("merge ({})", inputs.join(", "))
        }
        Some(pb::op::Op::Diff(it)) => {
            let lower = it.lower.as_ref().map_or(-1, |it| it.input);
            let upper = it.upper.as_ref().map_or(-1, |it| it.input);
            format!("diff ({}) -> ({})", input(lower), input(upper))
        }
        Some(pb::op::Op::Build(_)) => "build".to_owned(),
        Some(pb::op::Op::Passthrough(it)) => format!("passthrough {}", it.id),
    }
}

fn action(action: &pb::FileAction) -> String {
    match &action.action {
        None => "nothing".to_owned(),
        Some(Action::Copy(it)) => format!("copy {} {}", it.src, it.dest),
        Some(Action::Mkfile(it)) => format!("mkfile {}", it.path),
        Some(Action::Mkdir(it)) => format!("mkdir {}", it.path),
        Some(Action::Rm(it)) => format!("rm {}", it.path),
        Some(Action::Symlink(it)) => format!("symlink {} {}", it.oldpath, it.newpath),
    }
}

/// Puts a name on one line for people who look at the graph as a whole: without what nearly all names begin with.
pub(crate) fn brief(name: &str) -> String {
    let usual =
        ["/bin/sh -c ", "docker-image://docker.io/library/", "docker-image://docker.io/", "docker-image://"];
    let rest = usual.iter().find_map(|it| name.strip_prefix(it)).filter(|it| !it.trim().is_empty());
    shortened(rest.unwrap_or(name))
}

/// Puts a name on one line, and no more of it than another name can take.
pub fn shortened(name: &str) -> String {
    let visible = |c: char| if c.is_control() && !c.is_whitespace() { '\u{fffd}' } else { c };
    let name: String = name.chars().map(visible).collect();
    let line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_PART) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
