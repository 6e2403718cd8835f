//! The settings, section `luakit`, however a client sends them.

use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// When scripts are evaluated unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DryRunMode {
    OnSave,
    OnType,
    Manual,
}

const DRY_RUN: &[(&str, DryRunMode)] =
    &[("onSave", DryRunMode::OnSave), ("onType", DryRunMode::OnType), ("manual", DryRunMode::Manual)];

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) dry_run: DryRunMode,
    /// Values for `bk.arg` and `os.getenv`.
    pub(crate) args: BTreeMap<String, String>,
    pub(crate) timeout: Duration,
    /// Whether a save writes `.luakit/<script>.pb`.
    pub(crate) write_llb: bool,
    /// Whether registries may be asked, when somebody picks what needs it.
    pub(crate) network: bool,
    pub(crate) inlay_hints: InlayHintSettings,
    pub(crate) code_lens: CodeLensSettings,
}

/// What is shown between the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InlayHintSettings {
    pub(crate) parameter_names: bool,
    pub(crate) platforms: bool,
    /// How many ops a call made.
    pub(crate) counts: bool,
    /// Where what the last edit rebuilds begins.
    pub(crate) rebuilds: bool,
    /// What `print` printed.
    pub(crate) output: bool,
    pub(crate) types: bool,
}

/// What is shown above the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CodeLensSettings {
    /// Build, graph and LLB above each result.
    pub(crate) results: bool,
    /// How often a function is used.
    pub(crate) references: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            dry_run: DryRunMode::OnSave,
            args: BTreeMap::new(),
            timeout: Duration::from_millis(2000),
            write_llb: true,
            network: true,
            inlay_hints: InlayHintSettings {
                parameter_names: true,
                platforms: true,
                counts: true,
                rebuilds: true,
                output: true,
                types: false,
            },
            code_lens: CodeLensSettings { results: true, references: false },
        }
    }
}

impl Settings {
    /// Takes over what `value` sets, and returns what it could not make sense of.
    ///
    /// Clients send the section itself, an object that holds it under `luakit`, or keys such as `luakit.dryRun`.
    pub(crate) fn apply(&mut self, value: &Value) -> Vec<String> {
        let mut complaints = Vec::new();
        let Some(object) = value.as_object() else { return complaints };
        for (key, value) in object {
            match key.strip_prefix("luakit.").unwrap_or(key) {
                "luakit" => complaints.extend(self.apply(value)),
                section @ ("inlayHints" | "codeLens") if value.is_object() => {
                    let keys = value.as_object().into_iter().flatten();
                    let flat = keys.map(|(key, value)| (format!("{section}.{key}"), value.clone()));
                    complaints.extend(self.apply(&Value::Object(flat.collect())));
                }
                // An unset setting arrives as null.
                _ if value.is_null() => {}
                key => {
                    if let Err(expected) = self.set(key, value) {
                        complaints.push(match expected {
                            UNKNOWN => format!("setting `luakit.{key}`: {UNKNOWN}"),
                            _ => format!("setting `luakit.{key}`: expected {expected}, got `{value}`"),
                        });
                    }
                }
            }
        }
        complaints
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), &'static str> {
        match key {
            "dryRun" => {
                let named = value.as_str().and_then(|name| DRY_RUN.iter().find(|(it, _)| *it == name));
                self.dry_run = named.ok_or("\"onSave\", \"onType\" or \"manual\"")?.1;
            }
            "args" => {
                let args = value.as_object().ok_or("an object of strings")?;
                let args = args.iter().map(|(name, value)| Some((name.clone(), argument(value)?)));
                self.args = args.collect::<Option<_>>().ok_or("an object of strings")?;
            }
            "timeoutMs" => {
                let ms = value.as_u64().filter(|ms| (1..=600_000).contains(ms));
                self.timeout = Duration::from_millis(ms.ok_or("a number of milliseconds up to 600000")?);
            }
            "network" => self.network = yes_or_no(value)?,
            "writeLlb" => self.write_llb = yes_or_no(value)?,
            "inlayHints.parameterNames" => self.inlay_hints.parameter_names = yes_or_no(value)?,
            "inlayHints.platforms" => self.inlay_hints.platforms = yes_or_no(value)?,
            "inlayHints.counts" => self.inlay_hints.counts = yes_or_no(value)?,
            "inlayHints.rebuilds" => self.inlay_hints.rebuilds = yes_or_no(value)?,
            "inlayHints.output" => self.inlay_hints.output = yes_or_no(value)?,
            "inlayHints.types" => self.inlay_hints.types = yes_or_no(value)?,
            "codeLens.results" => self.code_lens.results = yes_or_no(value)?,
            "codeLens.references" => self.code_lens.references = yes_or_no(value)?,
            key if key.starts_with("inlayHints") || key.starts_with("codeLens") => return Err(UNKNOWN),
            // Other keys may belong to the extension, or to a newer version.
            _ => {}
        }
        Ok(())
    }
}

/// What is said of a key that is not known in a section that is wholly ours.
const UNKNOWN: &str = "there is no such setting";

fn yes_or_no(value: &Value) -> Result<bool, &'static str> {
    value.as_bool().ok_or("true or false")
}

/// People write `{"JOBS": 4}`, and mean the text.
fn argument(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_section_may_be_bare_wrapped_or_flat() {
        for value in [
            json!({ "dryRun": "manual", "args": { "JOBS": 4 } }),
            json!({ "luakit": { "dryRun": "manual", "args": { "JOBS": "4" } }, "other": 1 }),
            json!({ "luakit.dryRun": "manual", "luakit.args": { "JOBS": "4" }, "luakit.timeoutMs": null }),
        ] {
            let mut settings = Settings::default();
            assert_eq!(settings.apply(&value), Vec::<String>::new());
            assert_eq!(settings.dry_run, DryRunMode::Manual);
            assert_eq!(settings.args["JOBS"], "4");
        }
    }

    #[test]
    fn hints_and_lenses_are_set_one_by_one_and_a_misspelling_is_told() {
        let mut settings = Settings::default();
        let complaints = settings.apply(&json!({
            "inlayHints": { "types": true, "parameterName": false, "counts": 1 },
            "luakit.codeLens.references": true,
            "luakit": { "codeLens": { "results": false } },
        }));
        assert_eq!(
            complaints,
            [
                "setting `luakit.inlayHints.counts`: expected true or false, got `1`",
                "setting `luakit.inlayHints.parameterName`: there is no such setting",
            ]
        );
        assert!(settings.inlay_hints.types && settings.inlay_hints.parameter_names);
        assert_eq!(settings.code_lens, CodeLensSettings { results: false, references: true });
    }

    #[test]
    fn vs_codes_manifest_declares_them_with_the_same_defaults() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../editors/vscode/package.json");
        let manifest: Value = serde_json::from_str(&std::fs::read_to_string(manifest).unwrap()).unwrap();
        let declared =
            manifest.pointer("/contributes/configuration/properties").unwrap().as_object().unwrap();
        let usual = Settings::default();
        let dry_run = DRY_RUN.iter().find(|(_, mode)| *mode == usual.dry_run).unwrap().0;
        let defaults = json!({
            // These two are the extension's own.
            "luakit.server.path": "",
            "luakit.trace.server": "off",
            "luakit.dryRun": dry_run,
            "luakit.args": usual.args,
            "luakit.timeoutMs": usual.timeout.as_millis() as u64,
            "luakit.writeLlb": usual.write_llb,
            "luakit.network": usual.network,
            "luakit.inlayHints.parameterNames": usual.inlay_hints.parameter_names,
            "luakit.inlayHints.platforms": usual.inlay_hints.platforms,
            "luakit.inlayHints.counts": usual.inlay_hints.counts,
            "luakit.inlayHints.rebuilds": usual.inlay_hints.rebuilds,
            "luakit.inlayHints.output": usual.inlay_hints.output,
            "luakit.inlayHints.types": usual.inlay_hints.types,
            "luakit.codeLens.results": usual.code_lens.results,
            "luakit.codeLens.references": usual.code_lens.references,
        });
        let in_manifest = declared.iter().map(|(name, setting)| (name.clone(), setting["default"].clone()));
        assert_eq!(Value::Object(in_manifest.collect()), defaults);
        let modes: Vec<&str> = DRY_RUN.iter().map(|(name, _)| *name).collect();
        assert_eq!(declared["luakit.dryRun"]["enum"], json!(modes));
        for (name, setting) in declared {
            assert_eq!(Settings::default().apply(&json!({ name: setting["default"] })), Vec::<String>::new());
        }
    }

    #[test]
    fn a_wrong_value_is_reported_and_changes_nothing() {
        let mut settings = Settings::default();
        let complaints = settings.apply(&json!({ "dryRun": "never", "timeoutMs": -1, "writeLlb": false }));
        assert_eq!(
            complaints,
            [
                "setting `luakit.dryRun`: expected \"onSave\", \"onType\" or \"manual\", got `\"never\"`",
                "setting `luakit.timeoutMs`: expected a number of milliseconds up to 600000, got `-1`",
            ]
        );
        assert_eq!(settings, Settings { write_llb: false, ..Settings::default() });
    }
}
