//! The image's configuration, as the OCI image specification writes it.

use luakit_api::calls::{ExportOptions, HealthcheckOptions};
use luakit_api::values::Either;
use luakit_llb::{Platform, resolve_dir};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Makes the JSON of an image's configuration. BuildKit wants both `architecture` and `os` in it; layers, history and
/// the rest are the exporter's.
///
/// `dir` is the working directory of the state, which a relative one is relative to.
pub(crate) fn image_config(options: &ExportOptions, platform: &Platform, dir: &str) -> Value {
    let mut config = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            config.insert(key.to_owned(), value);
        }
    };
    put("User", options.user.as_ref().map(|user| json!(user.0)));
    put("ExposedPorts", options.expose.as_ref().map(|ports| set(ports.iter().map(|port| &port.0))));
    put(
        "Env",
        options.env.as_ref().map(|env| env.0.iter().map(|(name, value)| format!("{name}={value}")).collect()),
    );
    put("Entrypoint", options.entrypoint.as_ref().map(|words| json!(words.0)));
    put("Cmd", options.cmd.as_ref().map(|words| json!(words.0)));
    put("Volumes", options.volumes.as_ref().map(|paths| set(paths.0.iter())));
    put("WorkingDir", options.workdir.as_ref().map(|path| json!(resolve_dir(dir, &path.0))));
    put("Labels", options.labels.as_ref().map(scalars));
    put("StopSignal", options.stop_signal.as_ref().map(|signal| json!(signal.0)));
    put("Healthcheck", options.healthcheck.as_ref().map(healthcheck));
    put("Shell", options.shell.as_ref().map(|words| json!(words.0)));
    put("OnBuild", options.onbuild.as_ref().map(|lines| json!(lines.0)));

    let os = options.os.as_ref().map_or(&platform.os, |os| &os.0);
    let mut given = match &options.arch {
        // A variant belongs to its architecture, and some names of one say both.
        Some(arch) if arch.0 != platform.architecture => Platform::new(os, &arch.0).normalize(),
        _ => Platform { os: os.clone(), ..platform.clone() },
    };
    if let Some(variant) = &options.variant {
        given.variant.clone_from(variant);
    }
    let mut image = json!({ "architecture": given.architecture, "os": given.os, "config": config });
    if !given.variant.is_empty() {
        image["variant"] = json!(given.variant);
    }
    if let Some(created) = &options.created {
        image["created"] = json!(rfc3339(created.0));
    }
    image
}

/// Go's way to write a set: a map to empty objects.
fn set<'a>(keys: impl Iterator<Item = &'a String>) -> Value {
    keys.map(|key| (key.clone(), json!({}))).collect::<Map<_, _>>().into()
}

fn scalars(map: &BTreeMap<String, luakit_api::values::Scalar>) -> Value {
    map.iter().map(|(key, value)| (key.clone(), json!(value.0))).collect::<Map<_, _>>().into()
}

fn healthcheck(check: &HealthcheckOptions) -> Value {
    let mut out = Map::new();
    out.insert(
        "Test".into(),
        match &check.test {
            Either::First(line) => json!(["CMD-SHELL", line.0]),
            Either::Second(words) => json!(words.0),
        },
    );
    let durations =
        [("Interval", check.interval), ("Timeout", check.timeout), ("StartPeriod", check.start_period)];
    for (key, duration) in durations {
        if let Some(duration) = duration {
            out.insert(key.into(), json!(duration.0));
        }
    }
    if let Some(retries) = check.retries {
        out.insert("Retries".into(), json!(retries));
    }
    out.into()
}

/// Writes nanoseconds since 1970 as RFC 3339 in UTC.
fn rfc3339(nanos: i64) -> String {
    let seconds = nanos.div_euclid(1_000_000_000);
    let fraction = nanos.rem_euclid(1_000_000_000);
    let (days, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The civil calendar of a day number, with years that begin in March.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (h, m, s) = (clock / 3600, clock / 60 % 60, clock % 60);
    let fraction = match fraction {
        0 => String::new(),
        n => format!(".{}", format!("{n:09}").trim_end_matches('0')),
    };
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}{fraction}Z")
}

#[cfg(test)]
mod tests {
    use super::rfc3339;
    use luakit_api::values::parse_rfc3339;

    #[test]
    fn times_are_read_and_written_alike() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59.5Z",
            "1969-12-31T23:59:59Z",
            "2038-01-19T03:14:08.000000001Z",
        ] {
            assert_eq!(parse_rfc3339(text).map(rfc3339).as_deref(), Some(text));
        }
        assert_eq!(
            parse_rfc3339("2024-05-01T14:00:00+02:00").map(rfc3339).as_deref(),
            Some("2024-05-01T12:00:00Z")
        );
    }
}
