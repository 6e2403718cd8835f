//! The JSON schema of `luakit.toml`, for editors that complete TOML: made from what the reader knows.

use crate::read::LEVELS;
use luakit_diagnostics::CODES;
use serde_json::{Map, Value, json};

/// Makes the schema. Rules are listed with their meaning and the level that they have unless it is set.
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "luakit.toml",
        "description": "What a team decides about its build scripts.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "entries": strings("Build scripts besides build.lua and *.build.lua: paths or patterns, seen from this file."),
            "platforms": strings("The platforms that scripts are checked for, such as linux/arm64; a build takes the first unless told."),
            "args": {
                "description": "Values for bk.arg and os.getenv, below those of the command line.",
                "type": "object",
                "additionalProperties": { "type": ["string", "number", "boolean"] },
            },
            "contexts": {
                "description": "Which folder each name of bk.local_ stands for, seen from this file: editors complete its paths.",
                "type": "object",
                "additionalProperties": { "type": "string" },
            },
            "rules": rules(),
            "overrides": {
                "description": "Rules for some of the files; later ones win.",
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["paths"],
                    "properties": { "paths": strings("Patterns of paths, seen from this file."), "rules": rules() },
                },
            },
        },
    })
}

fn strings(description: &str) -> Value {
    json!({ "description": description, "type": "array", "items": { "type": "string" } })
}

fn rules() -> Value {
    let levels: Vec<&str> = LEVELS.iter().map(|(name, _)| *name).collect();
    let rule = |code: &luakit_diagnostics::Code| {
        let usual = if code.is_off_by_default() { "off" } else { code.severity().name() };
        let meaning = code.meaning().trim().lines().map(str::trim).collect::<Vec<_>>().join(" ");
        (code.name().to_owned(), json!({ "description": meaning, "enum": levels, "default": usual }))
    };
    json!({
        "description": "The level of each kind of finding.",
        "type": "object",
        "additionalProperties": false,
        "properties": CODES.iter().map(rule).collect::<Map<_, _>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::schema;
    use crate::read::{KEYS, OVERRIDE_KEYS};
    use expect_test::expect_file;

    #[test]
    fn the_schema_that_the_extension_carries_is_current() {
        let text = format!("{:#}\n", schema());
        expect_file!["../../../editors/vscode/luakit.schema.json"].assert_eq(&text);
    }

    #[test]
    fn the_schema_has_the_keys_that_are_read() {
        let schema = schema();
        for (keys, at) in [(KEYS, "/properties"), (OVERRIDE_KEYS, "/properties/overrides/items/properties")] {
            let mut known: Vec<&str> =
                schema.pointer(at).unwrap().as_object().unwrap().keys().map(|key| key.as_str()).collect();
            let mut read = keys.to_vec();
            known.sort_unstable();
            read.sort_unstable();
            assert_eq!(known, read);
        }
    }
}
