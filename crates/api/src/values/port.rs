//! Ports that an image exposes.

use super::{Word, quote};
use crate::{Arg, Cx, Special, Ty, View};

/// Ports that an image exposes, as `port/protocol`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port(pub String);

static PORT: Special = Special {
    name: "Port",
    written: &[Ty::String, Ty::Integer],
    doc: "A port such as `8080`, `\"8080\"` or `\"53/udp\"`; without a protocol it is tcp.",
};

impl Arg for Port {
    const TY: Ty = Ty::Special(&PORT);
    fn read<V: View>(value: &V, cx: &mut Cx) -> Option<Self> {
        let given = Word::read(value, cx)?.0;
        let (ports, protocol) = given.split_once('/').unwrap_or((&given, "tcp"));
        let protocol = protocol.to_ascii_lowercase();
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let port = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0);
        match (port(first), port(last)) {
            (Some(first), Some(last)) if first <= last && ["tcp", "udp", "sctp"].contains(&&*protocol) => {
                Some(Port(format!("{ports}/{protocol}")))
            }
            _ => {
                let shown = quote(&given);
                cx.invalid(&format!("must be a port like \"8080\" or \"53/udp\", got {shown}"))
            }
        }
    }
}
