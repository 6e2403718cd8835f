//! A definition as JSON, for programs: the same as the text, with digests, names and places.

pub(crate) mod op;

use crate::{Definition, Location, MarshalledOp, Metadata, View, name};
use serde_json::{Map, Value, json};

/// Renders a definition as an object with `ops`, each after its inputs, and `head`, the digest of the op
/// that makes the result. The op that only names the result is not among them.
pub fn render(definition: &Definition) -> String {
    format!("{:#}\n", value(definition))
}

/// Returns what [`render`] writes.
pub fn value(definition: &Definition) -> Value {
    value_of_view(&View::whole(definition))
}

/// Renders what is shown of a definition; inputs are named also where they are not shown.
pub fn render_view(view: &View<'_>) -> String {
    format!("{:#}\n", value_of_view(view))
}

fn value_of_view(view: &View<'_>) -> Value {
    let definition = view.definition;
    let ops: Vec<Value> = view.ops().map(|(_, op, name)| marshalled(definition, op, name)).collect();
    let result = definition.ops.last().and_then(|it| it.op.inputs.first());
    json!({
        "ops": ops,
        "head": definition.head().map(|it| it.as_str()),
        "headIndex": result.map(|it| it.index),
    })
}

fn marshalled(definition: &Definition, op: &MarshalledOp, name: &str) -> Value {
    let inputs = op.op.inputs.iter().map(|it| json!({"digest": it.digest, "index": it.index}));
    let locations = op.locations.iter().map(|it| location(definition, it));
    let mut map = Map::new();
    let kind = name::kind(&op.op);
    map.insert("digest".to_owned(), json!(op.digest.as_str()));
    map.insert("type".to_owned(), json!(kind));
    map.insert("name".to_owned(), json!(name));
    map.insert("inputs".to_owned(), inputs.collect());
    map.insert(kind.to_owned(), op::details(&op.op));
    if let Some(platform) = &op.op.platform {
        map.insert("platform".to_owned(), json!(platform.name()));
    }
    let filters: Vec<&String> = op.op.constraints.iter().flat_map(|it| &it.filter).collect();
    if !filters.is_empty() {
        map.insert("constraints".to_owned(), json!(filters));
    }
    map.insert("metadata".to_owned(), metadata(op));
    map.insert("locations".to_owned(), locations.collect());
    Value::Object(map)
}

pub(crate) fn metadata(op: &MarshalledOp) -> Value {
    let it = Metadata::from_pb(&op.metadata);
    let caps: Vec<&str> = op.metadata.caps.iter().filter_map(|it| it.key.as_deref()).collect();
    let mut map = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        map.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("ignore_cache", it.ignore_cache.then_some(json!(true)));
    put("description", (!it.description.is_empty()).then(|| json!(it.description)));
    put("export_cache", it.export_cache.map(|it| json!(it)));
    let group = it.progress_group.as_ref();
    put("progress_group", group.map(|it| json!({"id": it.id, "name": it.name, "weak": it.weak})));
    let resources = it.linux_resources.as_ref().map(|it| {
        json!({
            "memory": it.memory, "memorySwap": it.memory_swap, "cpuShares": it.cpu_shares,
            "cpuPeriod": it.cpu_period, "cpuQuota": it.cpu_quota,
            "cpusetCpus": it.cpuset_cpus, "cpusetMems": it.cpuset_mems,
        })
    });
    put("linux_resources", resources);
    put("caps", (!caps.is_empty()).then(|| json!(caps)));
    Value::Object(map)
}

pub(crate) fn location(definition: &Definition, location: &Location) -> Value {
    let file = definition.sources.get(location.source.index()).map(|it| it.filename.as_str());
    if location.is_file() {
        return json!({"file": file});
    }
    json!({
        "file": file,
        "startLine": location.start.line,
        "startColumn": location.start.character,
        "endLine": location.end.line,
        "endColumn": location.end.character,
    })
}
