//! What is said about an op, and where it was made: on request.

use super::word::{value, word};
use super::{Text, TextOptions};
use crate::{Definition, Location, MarshalledOp, Metadata};

pub(super) fn said(text: &mut Text<'_>, definition: &Definition, op: &MarshalledOp, options: &TextOptions) {
    if options.metadata {
        metadata(text, &Metadata::from_pb(&op.metadata));
    }
    if options.caps && !op.metadata.caps.is_empty() {
        let caps: Vec<&str> = op.metadata.caps.iter().filter_map(|it| it.key.as_deref()).collect();
        text.line(format!("caps {}", caps.join(" ")));
    }
    if options.locations {
        for location in &op.locations {
            text.line(format!("at {}", place(definition, location)));
        }
    }
}

fn metadata(text: &mut Text<'_>, metadata: &Metadata) {
    if metadata.ignore_cache {
        text.line("ignore_cache");
    }
    for (name, said) in &metadata.description {
        text.line(format!("description {}={}", word(name), value(said)));
    }
    if let Some(export) = metadata.export_cache {
        text.line(format!("export_cache {export}"));
    }
    if let Some(group) = &metadata.progress_group {
        let weak = if group.weak { " weak" } else { "" };
        text.line(format!("progress_group id={} name={}{weak}", word(&group.id), word(&group.name)));
    }
    if let Some(it) = &metadata.linux_resources {
        let numbers = [
            ("memory", it.memory.to_string()),
            ("memorySwap", it.memory_swap.to_string()),
            ("cpuShares", it.cpu_shares.to_string()),
            ("cpuPeriod", it.cpu_period.to_string()),
            ("cpuQuota", it.cpu_quota.to_string()),
            ("cpusetCpus", word(&it.cpuset_cpus)),
            ("cpusetMems", word(&it.cpuset_mems)),
        ];
        let given = numbers.iter().filter(|(_, value)| value != "0" && value != "''");
        let given: String = given.map(|(name, value)| format!(" {name}={value}")).collect();
        text.line(format!("linux_resources{given}"));
    }
}

fn place(definition: &Definition, location: &Location) -> String {
    let file = definition.sources.get(location.source.index()).map_or("?", |it| it.filename.as_str());
    if location.is_file() {
        return file.to_owned();
    }
    let (start, end) = (location.start, location.end);
    format!("{file}:{}:{}-{}:{}", start.line, start.character, end.line, end.character)
}
