//! One case: what the Go client made of it, and the graph that we build.

use base64::{Engine, prelude::BASE64_STANDARD};
use luakit_llb::{
    Constraints, Definition, Error, Exec, FileAction, Graph, ImageOptions, LocalOptions, Platform, Run,
    State, pb,
};
use prost::Message;
use serde_json::{Map, Value, json};

/// What a case comes to.
pub(crate) type Answer = Result<State, Error>;

/// A graph with the things that most cases begin with.
pub(crate) struct Case {
    pub(crate) graph: Graph,
    pub(crate) constraints: Constraints,
}

impl Case {
    pub(crate) fn new() -> Self {
        let constraints = Constraints::new(Platform::new("linux", "amd64"), "uniq");
        Self { graph: Graph::new(), constraints }
    }

    pub(crate) fn image(&mut self, reference: &str) -> State {
        self.graph.image(reference, &ImageOptions::default()).unwrap()
    }

    pub(crate) fn alpine(&mut self) -> State {
        self.image("alpine:3.19")
    }

    pub(crate) fn context(&mut self) -> State {
        self.local("context")
    }

    pub(crate) fn local(&mut self, name: &str) -> State {
        self.graph.local(name, &LocalOptions::default()).unwrap()
    }

    /// Runs something on alpine.
    pub(crate) fn exec(&mut self, exec: Exec) -> Result<Run, Error> {
        let base = self.alpine();
        self.graph.exec(&base, exec)
    }

    pub(crate) fn run(&mut self, exec: Exec) -> Answer {
        Ok(self.exec(exec)?.root)
    }

    /// Runs one word in a state.
    pub(crate) fn run_in(&mut self, state: &State, word: &str) -> State {
        self.graph.exec(state, args(&[word])).unwrap().root
    }

    /// Changes files of alpine.
    pub(crate) fn file(&mut self, action: impl Into<FileAction>) -> Answer {
        let base = self.alpine();
        self.graph.file(&base, vec![action.into()])
    }

    pub(crate) fn finish(&self, answer: Answer) -> Result<Definition, Error> {
        self.graph.marshal(&answer?, &self.constraints)
    }
}

/// Runs arguments.
pub(crate) fn args(args: &[&str]) -> Exec {
    Exec { args: args.iter().map(|it| (*it).to_owned()).collect(), ..Exec::default() }
}

/// Runs what most cases run.
pub(crate) fn sh() -> Exec {
    args(&["/bin/sh", "-c", "true"])
}

/// What the Go client made of a case.
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) ops: Vec<VectorOp>,
    error: Option<String>,
    source: Value,
}

pub(crate) struct VectorOp {
    pub(crate) bytes: Vec<u8>,
    digest: String,
    metadata: Value,
}

impl Vector {
    pub(crate) fn all() -> Vec<Self> {
        include_str!("../data/llb.jsonl").lines().map(Self::parse).collect()
    }

    fn parse(line: &str) -> Self {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let op = |op: &Value| VectorOp {
            bytes: BASE64_STANDARD.decode(text(&op["bytes"])).unwrap(),
            digest: text(&op["digest"]),
            metadata: op["metadata"].clone(),
        };
        Self {
            name: text(&case["name"]),
            ops: case["ops"].as_array().into_iter().flatten().map(op).collect(),
            error: case.get("error").filter(|it| !it.is_null()).map(text),
            source: case["source"].clone(),
        }
    }

    /// Says where a definition differs from what the Go client made.
    pub(crate) fn difference(&self, found: &Result<Definition, Error>) -> Option<String> {
        let (definition, expected) = match (found, &self.error) {
            (Err(found), Some(expected)) => {
                return (found.message != *expected)
                    .then(|| format!("{} instead of {expected}", found.message));
            }
            (Ok(definition), None) => (definition, &self.ops),
            (Err(err), None) => return Some(err.message.clone()),
            (Ok(_), Some(expected)) => return Some(format!("no error instead of {expected}")),
        };
        for (index, (ours, theirs)) in definition.ops.iter().zip(expected).enumerate() {
            if ours.bytes != theirs.bytes || ours.digest.as_str() != theirs.digest {
                let theirs = pb::Op::decode(theirs.bytes.as_slice()).unwrap();
                return Some(format!("op {index}:\n  {:?}\ninstead of\n  {theirs:?}", ours.op));
            }
            let found = metadata(&ours.metadata);
            if found != theirs.metadata {
                return Some(format!(
                    "metadata of op {index}:\n  {found}\ninstead of\n  {}",
                    theirs.metadata
                ));
            }
        }
        if definition.ops.len() != expected.len() {
            return Some(format!("{} ops instead of {}", definition.ops.len(), expected.len()));
        }
        let found = definition.to_pb().source.map_or(Value::Null, |it| source(&it));
        let theirs = without_empty_locations(self.source.clone());
        (found != theirs).then(|| format!("source:\n  {found}\ninstead of\n  {theirs}"))
    }
}

/// Decodes an op and encodes it again.
pub(crate) fn again(bytes: &[u8]) -> Vec<u8> {
    pb::Op::decode(bytes).unwrap().to_bytes()
}

/// Metadata as protobuf writes them in JSON.
fn metadata(it: &pb::OpMetadata) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value, is_default: bool| {
        if !is_default {
            map.insert(name.to_owned(), value);
        }
    };
    put("ignore_cache", json!(it.ignore_cache), !it.ignore_cache);
    let description = it.description.iter().map(|it| (it.key.clone().unwrap(), json!(it.value)));
    put("description", description.collect(), it.description.is_empty());
    let caps = it.caps.iter().map(|it| (it.key.clone().unwrap(), json!(it.value)));
    put("caps", caps.collect(), it.caps.is_empty());
    if let Some(it) = &it.export_cache {
        put("export_cache", if it.value { json!({"Value": true}) } else { json!({}) }, false);
    }
    if let Some(it) = &it.progress_group {
        put("progress_group", json!({"id": it.id, "name": it.name, "weak": it.weak}), false);
    }
    if let Some(it) = &it.linux_resources {
        let json = json!({
            "memory": it.memory.to_string(), "memorySwap": it.memory_swap.to_string(),
            "cpuShares": it.cpu_shares.to_string(), "cpuPeriod": it.cpu_period.to_string(),
            "cpuQuota": it.cpu_quota.to_string(), "cpusetCpus": it.cpuset_cpus, "cpusetMems": it.cpuset_mems,
        });
        put("linux_resources", json, false);
    }
    Value::Object(map)
}

/// A source map as protobuf writes it in JSON.
fn source(it: &pb::Source) -> Value {
    let position = |it: &Option<pb::Position>| {
        let it = it.unwrap();
        nonzero(&[("line", it.line), ("character", it.character)])
    };
    let location = |it: &pb::Location| {
        let ranges =
            it.ranges.iter().map(|it| json!({"start": position(&it.start), "end": position(&it.end)}));
        let ranges: Vec<Value> = ranges.collect();
        let mut json = nonzero(&[("sourceIndex", it.source_index)]);
        if !ranges.is_empty() {
            json["ranges"] = json!(ranges);
        }
        json
    };
    let locations =
        |it: &pb::Locations| json!({"locations": it.locations.iter().map(location).collect::<Vec<_>>()});
    let infos = it.infos.iter().map(|it| {
        json!({"filename": it.filename, "data": BASE64_STANDARD.encode(&it.data), "language": it.language})
    });
    json!({
        "infos": infos.collect::<Vec<_>>(),
        "locations": it.locations.iter().map(|it| (it.key.clone().unwrap(), locations(it.value.as_ref().unwrap())))
            .collect::<Map<_, _>>(),
    })
}

fn nonzero(fields: &[(&str, i32)]) -> Value {
    fields
        .iter()
        .filter(|(_, value)| *value != 0)
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect()
}

/// The Go client gives every op a list of locations, even an empty one, over which a daemon stumbles.
fn without_empty_locations(mut source: Value) -> Value {
    if let Some(locations) = source.get_mut("locations").and_then(Value::as_object_mut) {
        locations.retain(|_, it| *it != json!({}));
    }
    source
}
