//! `bk.image`, `bk.local_`, `bk.git`, `bk.http`.

use super::{Calling, option};
use crate::failure::Failure;
use luakit_api::calls::{self, Git, GitMtime, Http, Image, Local, Resolve};
use luakit_api::values::{self, Either};
use luakit_diagnostics::Code;
use luakit_llb::{
    BlobOptions, Differ, GitOptions, HttpHeaders, HttpOptions, HttpSignature, ImageOptions, LocalOptions,
    OciLayoutOptions, OciStore, ResolveMode, State,
};

pub(super) fn image(calling: &Calling<'_>, call: Image) -> Result<State, Failure> {
    let Image { identifier, opts } = call;
    if opts.resolve_digest {
        let what = "the digest is not pinned: no resolver is at hand here";
        calling.tell(option(1, "resolve_digest"), Code::NOTE, what, None);
    }
    let options = ImageOptions {
        // An image without a platform takes the target's at marshal, and so do the commands on it.
        platform: opts.platform.map(|spec| calling.platform(&spec)),
        resolve_mode: match opts.resolve {
            Resolve::Default => ResolveMode::Default,
            Resolve::Always => ResolveMode::Pull,
            Resolve::Never => ResolveMode::Local,
        },
        checksum: opts.checksum.map(|checksum| checksum.0),
        layer_limit: opts.layer_limit.map(|limit| u32::try_from(limit.0).unwrap_or(u32::MAX)),
        ..ImageOptions::default()
    };
    calling.run.graph.borrow_mut().image(&identifier.0, &options).map_err(|err| calling.refused(&err))
}

pub(super) fn local(calling: &Calling<'_>, call: Local) -> Result<State, Failure> {
    let opts = call.opts;
    let list =
        |strings: Option<luakit_api::values::Strings>| strings.map(|strings| strings.0).unwrap_or_default();
    let options = LocalOptions {
        include: list(opts.include),
        exclude: list(opts.exclude),
        follow_paths: list(opts.follow_paths),
        shared_key_hint: opts.shared_key_hint,
        differ: opts.differ.map(|differ| match differ {
            calls::Differ::None => Differ::None,
            calls::Differ::Metadata => Differ::Metadata,
        }),
        differ_required: false,
        metadata_only: opts.metadata_only.and_then(|only| match only {
            Either::First(false) => None,
            Either::First(true) => Some(Vec::new()),
            Either::Second(exceptions) => Some(exceptions),
        }),
        session: None,
    };
    calling.run.graph.borrow_mut().local(&call.name.0, &options).map_err(|err| calling.refused(&err))
}

pub(super) fn git(calling: &Calling<'_>, call: Git) -> Result<State, Failure> {
    let opts = call.opts;
    let (url, fragment) = call.url.0.split_once('#').unwrap_or((&call.url.0, ""));
    if url.contains('?') {
        let hint = "say what is taken in the options: `ref`, `subdir`, `checksum` …";
        let arg = vec![luakit_api::Step::Arg(0)];
        return Err(calling.fail_at(arg, Code::INVALID_VALUE, "URL must not have a query", Some(hint)));
    }
    let parsed = luakit_llb::GitUrl::parse(url).map_err(|err| calling.refused(&err))?;
    for (name, given) in
        [("ssh_socket", opts.ssh_socket.is_some()), ("known_ssh_hosts", opts.known_ssh_hosts.is_some())]
    {
        if given && !parsed.is_ssh() {
            let what = format!("{name} has no effect: the repository is not reached by ssh");
            return Err(calling.fail_at(option(1, name), Code::INVALID_VALUE, what, None));
        }
    }
    if let Some(checksum) = &opts.checksum
        && !checksum.0.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        let what =
            format!("checksum must be the hexadecimal hash of a commit, got {}", values::quote(&checksum.0));
        return Err(calling.fail_at(option(1, "checksum"), Code::INVALID_VALUE, what, None));
    }
    let (fragment_ref, fragment_dir) = fragment.split_once(':').unwrap_or((fragment, ""));
    let said_twice = |name: &str, given: bool, fragment: &str| {
        let twice = given && !fragment.is_empty();
        twice.then(|| {
            let what = format!("`{name}` is given in the URL and in the options");
            calling.fail_at(option(1, name), Code::INVALID_VALUE, what, None)
        })
    };
    // A fragment says both at once, so either option beside it would be a second answer to one question.
    if let Some(failure) = said_twice("ref", opts.r#ref.is_some(), fragment)
        .or_else(|| said_twice("subdir", opts.subdir.is_some(), fragment))
    {
        return Err(failure);
    }
    let options = GitOptions {
        reference: opts.r#ref.map_or_else(|| fragment_ref.to_owned(), |text| text.0),
        subdir: opts.subdir.map_or_else(|| fragment_dir.to_owned(), |text| text.0),
        keep_git_dir: opts.keep_git_dir,
        checksum: opts.checksum.map(|text| text.0),
        skip_submodules: !opts.submodules,
        mtime: opts.mtime.map(|mtime| match mtime {
            GitMtime::Checkout => luakit_llb::GitMtime::Checkout,
            GitMtime::Commit => luakit_llb::GitMtime::Commit,
        }),
        fetch_by_commit: opts.fetch_by_commit,
        auth_token_secret: opts.auth_token_secret,
        auth_header_secret: opts.auth_header_secret,
        known_ssh_hosts: opts
            .known_ssh_hosts
            .map(|hosts| hosts.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())
            .unwrap_or_default(),
        ssh_socket: opts.ssh_socket,
        advice: opts.advice,
        ..GitOptions::default()
    };
    calling.run.graph.borrow_mut().git(url, &options).map_err(|err| calling.refused(&err))
}

pub(super) fn http(calling: &Calling<'_>, call: Http) -> Result<State, Failure> {
    let opts = call.opts;
    let options = HttpOptions {
        checksum: opts.checksum.map(|text| text.0),
        filename: opts.filename.map(|text| text.0),
        chmod: opts.chmod.map(|mode| mode.0),
        uid: opts.uid,
        gid: opts.gid,
        headers: opts
            .headers
            .map(|headers| HttpHeaders { accept: headers.accept, user_agent: headers.user_agent }),
        auth_header_secret: opts.auth_header_secret.map(|text| text.0),
        signature: opts
            .signature
            .map(|given| HttpSignature { pubkey: given.pubkey.0, signature: given.signature.0 }),
    };
    calling.run.graph.borrow_mut().http(&call.url.0, &options).map_err(|err| calling.refused(&err))
}

pub(super) fn oci_layout(calling: &Calling<'_>, call: calls::OciLayout) -> Result<State, Failure> {
    let opts = call.opts;
    let options = OciLayoutOptions {
        platform: opts.platform.map(|spec| calling.platform(&spec)),
        layer_limit: opts.layer_limit.map(|limit| u32::try_from(limit.0).unwrap_or(u32::MAX)),
        store: OciStore { session: None, store: opts.store.map(|store| store.0) },
    };
    calling
        .run
        .graph
        .borrow_mut()
        .oci_layout(&call.reference.0, &options)
        .map_err(|err| calling.refused(&err))
}

pub(super) fn image_blob(calling: &Calling<'_>, call: calls::ImageBlob) -> Result<State, Failure> {
    let opts = call.opts;
    let options = BlobOptions {
        filename: opts.filename.map(|name| name.0),
        chmod: opts.chmod.map(|mode| mode.0),
        uid: opts.uid,
        gid: opts.gid,
        ..BlobOptions::default()
    };
    calling
        .run
        .graph
        .borrow_mut()
        .image_blob(&call.reference.0, &options)
        .map_err(|err| calling.refused(&err))
}

pub(super) fn source(calling: &Calling<'_>, call: calls::SourceOf) -> Result<State, Failure> {
    if !call.identifier.0.contains("://") {
        let hint = "as in `docker-image://docker.io/library/alpine:3.19`";
        let arg = vec![luakit_api::Step::Arg(0)];
        return Err(calling.fail_at(arg, Code::INVALID_VALUE, "identifier must be `scheme://…`", Some(hint)));
    }
    let attrs = call.attrs.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0)).collect();
    calling.run.graph.borrow_mut().source(&call.identifier.0, attrs).map_err(|err| calling.refused(&err))
}
