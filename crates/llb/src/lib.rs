//! LLB, the graph that BuildKit executes: a typed builder, its marshalled form, and readable forms of that.
//!
//! A [`Graph`] holds vertices; its functions add one and answer with a [`State`], the immutable value that
//! scripts hold. [`Graph::marshal`] turns what a state depends on into a [`Definition`], byte for byte what
//! BuildKit's Go client would send: without equal bytes the daemon computes other digests than ours, and
//! then finds neither source lines nor cached results under the names we know.
//!
//! The crate knows no Lua and does no IO.

mod blob;
mod build;
mod constraints;
mod decode;
mod definition;
pub mod diff;
mod digest;
pub mod dot;
mod env;
mod error;
mod exec;
mod execop;
mod file;
mod fileop;
mod git;
mod giturl;
mod gojson;
mod graph;
mod http;
mod image;
mod inputs;
pub mod json;
mod local;
mod location;
mod marshal;
mod merge;
pub mod mermaid;
mod metadata;
mod mounts;
mod name;
mod numbers;
mod oci;
mod passthrough;
mod paths;
// Generated, and most ops are commands: a box around the largest would save nothing.
#[allow(clippy::large_enum_variant)]
pub mod pb;
mod platform;
mod reference;
mod source;
mod state;
pub mod svg;
pub mod text;
mod view;
mod wire;

pub use blob::{BlobOptions, OciStore};
pub use build::{BuildOp, BuildOptions};
pub use constraints::Constraints;
pub use definition::{Definition, MarshalledOp};
pub use digest::Digest;
pub use env::Env;
pub use error::{Error, ErrorKind};
pub use exec::{Device, Exec, HostIp, ProxyEnv, Run, SecretEnv, Ulimit};
pub use execop::ExecOp;
pub use file::{Copy, CopyFrom, CopyMode, FileAction, Mkdir, Mkfile, Owner, Rm, Symlink, UserId};
pub use fileop::FileOp;
pub use git::{GitBundle, GitMtime, GitOptions, GitSignature};
pub use giturl::GitUrl;
pub use graph::{Graph, Op, Output, Vertex, VertexId};
pub use http::{HttpHeaders, HttpOptions, HttpSignature};
pub use image::{ImageConfigSeed, ImageOptions, RecordType, ResolveMode};
pub use local::{Differ, LocalOptions};
pub use location::{Location, Position, Source, SourceId};
pub use merge::{DiffOp, MergeOp};
pub use metadata::{LinuxResources, Metadata, ProgressGroup};
pub use mounts::{CacheSharing, ContentCache, Mount, MountKind};
pub use name::{kind, names, shortened};
pub use oci::OciLayoutOptions;
pub use passthrough::PassthroughOp;
pub use paths::{clean as clean_path, resolve_dir};
pub use pb::{NetMode, SecurityMode};
pub use platform::Platform;
pub use reference::Reference;
pub use source::SourceOp;
pub use state::{State, Values};
pub use view::View;
