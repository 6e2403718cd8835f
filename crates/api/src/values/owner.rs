//! Users, groups and owners of files.

use super::{NonEmpty, quote};
use crate::arg::text;
use crate::{Arg, Cx, Known, Options, Special, Ty, View};

/// A user or group: a name, or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserName {
    Name(String),
    Id(u32),
}

impl UserName {
    fn parse(text: &str, cx: &mut Cx) -> Option<UserName> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text {
            "root" => Some(UserName::Id(0)),
            _ if digits => match text.parse() {
                Ok(id) => Some(UserName::Id(id)),
                Err(_) => cx.invalid(&format!("must be from 0 to {}, got {text}", u32::MAX)),
            },
            _ if text.contains([':', '/']) || text.contains(char::is_whitespace) => {
                let shown = quote(text);
                cx.invalid(&format!("must be a name or a number, got {shown}"))
            }
            _ => Some(UserName::Name(text.to_owned())),
        }
    }
}

impl Arg for UserName {
    const TY: Ty = Ty::Union(&[Ty::String, Ty::Integer]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(_) => u32::read(value, cx).map(UserName::Id),
            Known::String(_) => NonEmpty::read(value, cx).and_then(|name| UserName::parse(&name.0, cx)),
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// The user a command runs as: `"name"`, `"uid"`, `"user:group"`, or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunUser(pub String);

impl Arg for RunUser {
    const TY: Ty = Ty::Union(&[Ty::String, Ty::Integer]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::Number(_) => u32::read(value, cx).map(|id| Self(id.to_string())),
            Known::String(_) => {
                let NonEmpty(name) = NonEmpty::read(value, cx)?;
                // More is not asked of a name: Windows has some with spaces.
                if name == ":" || name.matches(':').count() > 1 {
                    let shown = quote(&name);
                    return cx.invalid(&format!("must be \"user\" or \"user:group\", got {shown}"));
                }
                Some(Self(name))
            }
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}

/// The owner of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub user: Option<UserName>,
    pub group: Option<UserName>,
}

/// The owner of a file as a table.
#[derive(Debug, Options)]
pub struct OwnerOptions {
    /// The user, by name or number. Names are looked up in the state that is written to.
    pub user: Option<UserName>,
    /// The group, by name or number.
    pub group: Option<UserName>,
}

static OWNER: Special = Special {
    name: "Owner",
    written: &[Ty::String, <OwnerOptions as Arg>::TY],
    doc: "`\"user\"`, `\"user:group\"` or `{ user = …, group = … }`, each a name or a number. \
          Names are looked up in the state that is written to.",
};

impl Arg for Owner {
    const TY: Ty = Ty::Special(&OWNER);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        match value.known() {
            Known::String(Some(bytes)) => {
                let text = text(bytes, cx)?;
                let (user, group) = text.split_once(':').map_or((&*text, ""), |parts| parts);
                if text.is_empty() || text == ":" || group.contains(':') {
                    let shown = quote(&text);
                    return cx
                        .invalid(&format!("must be \"user\", \"user:group\" or \":group\", got {shown}"));
                }
                let mut part = |text: &str| match text {
                    "" => Some(None),
                    text => UserName::parse(text, cx).map(Some),
                };
                Some(Owner { user: part(user)?, group: part(group)? })
            }
            Known::String(None) => None,
            Known::Table(_) => {
                let OwnerOptions { user, group } = OwnerOptions::read(value, cx)?;
                if user.is_none() && group.is_none() {
                    return cx.invalid("must name a `user` or a `group`");
                }
                Some(Owner { user, group })
            }
            other => cx.wrong_type(&Self::TY, other.kind()),
        }
    }
}
