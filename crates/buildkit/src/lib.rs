//! Talks to what builds run on: registries today, and the place of the client of BuildKit's daemon and of the gateway
//! frontend.
//!
//! [`registry`] asks a registry which image a tag stands for. What comes beside it is the gRPC client (session, solve,
//! progress) for `luakit build --addr`, and the frontend that BuildKit starts by itself, both on one bridge; until then a
//! definition reaches BuildKit through `buildctl`. The language server needs registries alone, so gRPC will be a feature
//! that it does not ask for.

pub mod registry;
