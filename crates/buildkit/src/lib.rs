//! The place of the client of BuildKit's daemon and of the gateway frontend.
//!
//! Nothing is here yet: today a definition reaches BuildKit through `buildctl`. What comes here is the gRPC client
//! (session, solve, progress) for `luakit build --addr`, and the frontend that BuildKit starts by itself, both on one
//! bridge. It is a crate of its own so that the language server never compiles gRPC.
