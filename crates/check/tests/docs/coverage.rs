//! The checklist of LLB is complete and true: every field of the schema has a row, and the script above the row really sets it.

use crate::book::{Modules, Page, checked, page, repository};
use crate::wire::Schema;
use luakit_api::{FUNCTIONS, Function, Ty};
use std::collections::{BTreeMap, BTreeSet};

/// The attributes of sources that `solver/pb/attr.go` and the sources of BuildKit v0.34.2 know.
const ATTRS: &str = "
    image.resolvemode image.recordtype image.layerlimit image.checksum
    oci.session oci.store oci.layerlimit
    local.session local.unique local.includepattern local.excludepatterns local.followpaths local.sharedkeyhint local.differ
    local.metadatatransfer local.metadatatransferexclude
    git.fullurl git.keepgitdir git.checksum git.skipsubmodules git.mtime git.fetchbycommit git.authtokensecret git.authheadersecret
    git.knownsshhosts git.mountsshsock git.sig.pubkey git.sig.rejectexpired git.sig.requiresignedtag git.sig.ignoresignedtag git.bundle
    git.checkoutbundle git.advice
    http.checksum http.filename http.perm http.uid http.gid http.authheadersecret http.header.accept http.header.user-agent
    http.sig.pubkey http.sig.signature
    llbbuild.filename";

/// How a row begins whose field no script sets by itself.
const ITSELF: &str = "luakit itself";
/// How a row begins whose field only a frontend knows; a test of that crate shows it.
const BY_CRATE: &str = "the LLB crate";
/// How a row begins whose field cannot be set.
const NOT_SET: &str = "not set";

struct Row {
    field: String,
    how: String,
    /// What the script above the table puts on the wire.
    said: BTreeSet<String>,
}

/// Evaluates each script of the page and gives what it says to the rows of the tables that follow it.
fn rows(page: &Page, schema: &Schema) -> Vec<Row> {
    let blocks = page.blocks();
    let modules = Modules::of(&blocks).0;
    let mut scripts = blocks.iter().filter(|block| block.info == "lua");
    let mut said = BTreeSet::new();
    let mut rows = Vec::new();
    for line in page.text.lines() {
        if line == "```lua" {
            let script = scripts.next().unwrap();
            let (findings, run) = checked(&script.text, &modules);
            let definition = run.definition().unwrap_or_else(|| panic!("{}: {findings:?}", script.place));
            said = schema.said_by(definition);
        }
        // Cells have no bars, so a row is three of them.
        if let ["", field, how, ""] = line.split('|').map(str::trim).collect::<Vec<_>>().as_slice()
            && let Some(field) = field.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'))
        {
            rows.push(Row { field: field.to_owned(), how: (*how).to_owned(), said: said.clone() });
        }
    }
    rows
}

fn checklist() -> (Schema, Vec<Row>) {
    let schema = Schema::parse(&std::fs::read_to_string(repository("proto/ops.proto")).unwrap());
    let rows = rows(&page("docs/llb-coverage.md"), &schema);
    (schema, rows)
}

#[test]
fn every_field_value_and_attribute_has_one_row() {
    let (schema, rows) = checklist();
    let listed: Vec<_> = rows.iter().map(|row| row.field.clone()).collect();
    let distinct: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), distinct.len(), "a field has two rows");

    // An entry is how a map is written; it says nothing of its own.
    let messages = schema.messages.iter().filter(|(name, _)| !name.ends_with("Entry"));
    let fields = messages
        .flat_map(|(message, fields)| fields.iter().map(move |field| format!("{message}.{}", field.name)));
    let values = schema
        .enums
        .iter()
        .flat_map(|(name, values)| values.values().map(move |value| format!("{name}.{value}")));
    let attributes = ATTRS.split_whitespace().map(|name| format!("attr {name}"));
    let expected: BTreeSet<_> = fields.chain(values).chain(attributes).collect();
    assert!(expected.len() > 200, "the schema was not read");
    let missing: Vec<_> = expected.difference(&distinct).collect();
    let surplus: Vec<_> = distinct.difference(&expected).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "without a row: {missing:#?}\nno field: {surplus:#?}");
}

#[test]
fn the_script_above_a_row_sets_its_field() {
    let mut wrong = String::new();
    for Row { field, how, said } in checklist().1 {
        let message = field.split('.').next().unwrap();
        // An index of the first input is zero, and what is zero is not written: then its message must be there.
        let zero = how.starts_with(ITSELF) && how.contains("always 0");
        let is_so = if how.starts_with(NOT_SET) || how.starts_with(BY_CRATE) {
            !said.contains(&field)
        } else if zero {
            said.contains(message) && !said.contains(&field)
        } else {
            said.contains(&field)
        };
        if !is_so {
            wrong += &format!("{field} | {how}\n");
        }
    }
    assert!(wrong.is_empty(), "not as the row says:\n{wrong}");
}

#[test]
fn a_row_names_a_call_and_its_options() {
    let declared = declared();
    let mut wrong = String::new();
    for Row { field, how, .. } in checklist().1 {
        if [ITSELF, NOT_SET, BY_CRATE].iter().any(|it| how.starts_with(it)) {
            continue;
        }
        // A name with a receiver is a call; the plain names that follow it are its options.
        let mut call = None;
        for name in how.split('`').skip(1).step_by(2) {
            if name.contains([':', '.']) {
                call = declared.get(name);
                wrong +=
                    &if call.is_none() { format!("{field}: there is no `{name}`\n") } else { String::new() };
            } else if !call.is_some_and(|options| options.contains(name)) {
                wrong += &format!("{field}: no option `{name}` there\n");
            }
        }
        if call.is_none() {
            wrong += &format!("{field}: no call is named\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_cannot_be_set_is_known() {
    let rows = checklist().1;
    let fields = rows.iter().filter(|row| row.how.starts_with(NOT_SET)).map(|row| row.field.as_str());
    // A new entry here is a hole in the API; think twice.
    expect_test::expect![[r#"
        [
            "Mount.resultID",
            "BuildOp.def",
        ]
    "#]]
    .assert_debug_eq(&fields.collect::<Vec<_>>());
}

/// The calls as the manual writes them, with their parameters and options, those of nested tables included.
fn declared() -> BTreeMap<String, BTreeSet<&'static str>> {
    FUNCTIONS.iter().map(|function| (function.script_name(), names(function))).collect()
}

fn names(function: &Function) -> BTreeSet<&'static str> {
    let mut names: BTreeSet<_> = function.params.iter().map(|param| param.name).collect();
    let mut types: Vec<&Ty> = function.params.iter().map(|param| &param.ty).collect();
    while let Some(ty) = types.pop() {
        match ty {
            Ty::Map(inner) | Ty::List(inner) => types.push(inner),
            Ty::Union(all) => types.extend(all.iter()),
            _ => {}
        }
        for field in ty.options().into_iter().flat_map(|options| options.fields) {
            if names.insert(field.name) {
                types.push(&field.ty);
            }
        }
    }
    names
}
