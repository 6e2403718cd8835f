//! Values that are of one of two types.

use super::NonEmpty;
use crate::{Arg, Cx, Kind, Ty, View};

/// Either of two types, told apart by the Lua type of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Either<A, B> {
    First(A),
    Second(B),
}

/// A type of which the Lua types it is written as are known, so that it can stand in an [`Either`].
pub trait Shape {
    fn fits(kind: Kind) -> bool;
}

macro_rules! shape {
    ($($ty:ty: $kind:ident;)+) => {
        $(impl Shape for $ty { fn fits(kind: Kind) -> bool { kind == Kind::$kind } })+
    };
}
shape! {
    bool: Boolean;
    NonEmpty: String;
}

impl<A: Arg + Shape, B: Arg> Arg for Either<A, B> {
    const TY: Ty = Ty::Union(&[A::TY, B::TY]);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let kind = value.kind();
        if A::fits(kind) {
            return A::read(value, cx).map(Self::First);
        }
        match kind {
            Kind::Table => B::read(value, cx).map(Self::Second),
            other => cx.wrong_type(&Self::TY, other),
        }
    }
}
