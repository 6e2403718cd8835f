//! Everything that is declared works: a call that is in the manual is never one that the evaluator forgot.

use crate::suite::cases;
use crate::support::{rendered, run};
use luakit_api::{FUNCTIONS, Function, Options, Ty};
use std::collections::BTreeMap;

/// Makes a script of an example: what is exported is the state that it makes, or one that uses its mount.
fn script(function: &Function) -> String {
    let example = function.example;
    match function.returns {
        Ty::Object(luakit_api::Object::State) => format!("bk.export({example})"),
        Ty::Object(luakit_api::Object::Mount) => {
            format!("bk.export(bk.image(\"alpine\"):run(\"true\", {{ mounts = {{ {example} }} }}))")
        }
        Ty::Object(luakit_api::Object::Files) => {
            format!("bk.export(bk.image(\"alpine\"):files(function(f) {example} end))")
        }
        Ty::Nil => example.to_owned(),
        _ => format!("local _ = {example}\nbk.export(bk.scratch())"),
    }
}

#[test]
fn every_example_of_the_manual_evaluates() {
    for function in FUNCTIONS {
        let run = run(&script(function));
        assert!(run.definition().is_some(), "{}: {}", function.example, rendered(&run));
        assert_eq!(rendered(&run), "", "{}", function.example);
    }
}

fn options_of(ty: &Ty, found: &mut BTreeMap<&'static str, &'static Options>) {
    let mut tables = ty.options();
    tables.extend(ty.item().iter().flat_map(Ty::options));
    match ty {
        Ty::Map(inner) | Ty::List(inner) => options_of(inner, found),
        Ty::Union(types) => types.iter().for_each(|ty| options_of(ty, found)),
        _ => {}
    }
    for options in tables {
        if found.insert(options.name, options).is_none() {
            options.fields.iter().for_each(|field| options_of(&field.ty, found));
        }
    }
}

#[test]
fn every_call_and_every_option_is_in_a_case_that_works() {
    let texts: Vec<String> = cases()
        .into_iter()
        .filter(|(path, _)| path.with_extension("llb").exists())
        .map(|(_, text)| text)
        .collect();
    let mut found = BTreeMap::new();
    for function in FUNCTIONS {
        let called = |text: &String| {
            std::iter::once(&function.name)
                .chain(function.aliases)
                .any(|name| [".", ":"].iter().any(|dot| text.contains(&format!("{dot}{name}("))))
        };
        assert!(texts.iter().any(called), "no case calls `{}`", function.script_name());
        function.params.iter().for_each(|param| options_of(&param.ty, &mut found));
    }
    for options in found.values() {
        for field in options.fields {
            // What is only there to be refused is in a case that fails.
            if matches!(field.ty, Ty::Nil) {
                continue;
            }
            let set = format!("{} = ", field.name);
            assert!(
                texts.iter().any(|text| text.contains(&set)),
                "no case sets `{}` of `{}`",
                field.name,
                options.name
            );
        }
    }
}

#[test]
fn every_choice_is_in_a_case_that_works() {
    let texts: Vec<String> = cases()
        .into_iter()
        .filter(|(path, _)| path.with_extension("llb").exists())
        .map(|(_, text)| text)
        .collect();
    let mut found = BTreeMap::new();
    FUNCTIONS.iter().flat_map(|function| function.params).for_each(|param| options_of(&param.ty, &mut found));
    for field in found.values().flat_map(|options| options.fields) {
        for choice in field.ty.choices() {
            for value in choice.values {
                let set = format!("{} = \"{}\"", field.name, value.name);
                assert!(texts.iter().any(|text| text.contains(&set)), "no case has `{set}`");
            }
        }
    }
}
