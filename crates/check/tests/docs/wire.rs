//! What a definition really says: the fields that are on the wire, by the names that the schema gives them.
//!
//! proto3 leaves out what is zero or empty, so that a field is there is the proof that something set it. The reader knows nothing of the
//! generated types: what they got wrong it would still see.

use luakit_check::llb::Definition;
use std::collections::{BTreeMap, BTreeSet};

/// A field of a message, as the schema declares it.
pub(crate) struct Field {
    pub(crate) name: String,
    number: u64,
    ty: String,
}

/// The messages and enums of `proto/ops.proto`.
#[derive(Default)]
pub(crate) struct Schema {
    pub(crate) messages: BTreeMap<String, Vec<Field>>,
    /// The values of each enum, without the one that is zero.
    pub(crate) enums: BTreeMap<String, BTreeMap<u64, String>>,
}

impl Schema {
    /// Reads the schema. It is our own file: a line is one declaration.
    pub(crate) fn parse(text: &str) -> Self {
        let mut schema = Self::default();
        let (mut message, mut choice) = (String::new(), None);
        for line in text.lines().map(str::trim) {
            let words: Vec<&str> = line.trim_end_matches(';').split_whitespace().collect();
            match words.as_slice() {
                ["message", name, "{"] => {
                    message = (*name).to_owned();
                    schema.messages.insert(message.clone(), Vec::new());
                }
                ["enum", name, "{"] => {
                    choice = Some((*name).to_owned());
                    schema.enums.insert((*name).to_owned(), BTreeMap::new());
                }
                ["}"] => choice = None,
                [name, "=", number] => {
                    if let (Some(choice), Ok(number)) = (&choice, number.parse())
                        && number != 0
                    {
                        schema.enums.get_mut(choice).unwrap().insert(number, (*name).to_owned());
                    }
                }
                ["repeated" | "optional", ty, name, "=", number] | [ty, name, "=", number] => {
                    let field =
                        Field { name: (*name).into(), number: number.parse().unwrap(), ty: (*ty).into() };
                    schema.messages.get_mut(&message).unwrap().push(field);
                }
                _ => {}
            }
        }
        schema
    }

    /// Returns `Message`, `Message.field` and `Enum.VALUE` of everything that a definition sets, and `attr NAME` of every attribute.
    pub(crate) fn said_by(&self, definition: &Definition) -> BTreeSet<String> {
        let mut said = BTreeSet::new();
        self.read("Definition", &definition.encode(), &mut said);
        // The ops are bytes inside the definition; their digests are of those bytes.
        for bytes in &definition.to_pb().def {
            self.read("Op", bytes, &mut said);
        }
        said
    }

    fn read(&self, message: &str, mut bytes: &[u8], said: &mut BTreeSet<String>) {
        said.insert(message.to_owned());
        while !bytes.is_empty() {
            let key = varint(&mut bytes);
            let (number, kind) = (key >> 3, key & 7);
            let field = self.messages[message].iter().find(|field| field.number == number);
            let field = field.unwrap_or_else(|| panic!("{message} has no field {number}"));
            said.insert(format!("{message}.{}", field.name));
            match kind {
                0 => {
                    let value = varint(&mut bytes);
                    if let Some(name) = self.enums.get(&field.ty).and_then(|values| values.get(&value)) {
                        said.insert(format!("{}.{name}", field.ty));
                    }
                }
                2 => {
                    let length = usize::try_from(varint(&mut bytes)).unwrap();
                    let (content, rest) = bytes.split_at(length);
                    bytes = rest;
                    if self.messages.contains_key(&field.ty) {
                        self.read(&field.ty, content, said);
                    } else if message == "StringEntry" && field.name == "key" {
                        said.insert(format!("attr {}", String::from_utf8_lossy(content)));
                    }
                }
                kind => panic!("{message}.{} has the wire type {kind}", field.name),
            }
        }
    }
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    value
}
