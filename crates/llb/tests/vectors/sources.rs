//! Images, blobs, local directories, git and http.

use super::case::{Answer, Case, args};
use luakit_llb::{
    BlobOptions, Differ, GitBundle, GitMtime, GitOptions, HttpHeaders, HttpOptions, HttpSignature,
    ImageConfigSeed, ImageOptions, LocalOptions, OciLayoutOptions, OciStore, Platform, RecordType,
    ResolveMode, State,
};
use std::collections::BTreeMap;

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const CHECKSUM: &str = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

pub(crate) fn build(name: &str, case: &mut Case) -> Option<Answer> {
    image(name, case).or_else(|| oci(name, case)).or_else(|| local(name, case)).or_else(|| web(name, case))
}

fn image(name: &str, case: &mut Case) -> Option<Answer> {
    let of = ImageOptions::default;
    let platform = |os: &str, arch: &str| Some(Platform::new(os, arch));
    let (reference, options) = match name {
        "image/untagged" => ("alpine".to_owned(), of()),
        "image/tag" => ("alpine:3.19".to_owned(), of()),
        "image/digest" => (format!("alpine@{DIGEST}"), of()),
        "image/tag+digest" => (format!("alpine:3.19@{DIGEST}"), of()),
        "image/host-port" => ("localhost:5000/a/b".to_owned(), of()),
        "image/user" => ("moby/buildkit".to_owned(), of()),
        "image/index-host" => ("index.docker.io/library/alpine:1".to_owned(), of()),
        "image/bad-upper" => ("library/Alpine".to_owned(), of()),
        "image/bad-prefix" => ("docker-image://alpine".to_owned(), of()),
        "image/platform-arm64" => {
            ("alpine:3.19".to_owned(), ImageOptions { platform: platform("linux", "arm64"), ..of() })
        }
        "image/platform-armhf" => {
            let platform = Platform { variant: "v7".to_owned(), ..Platform::new("linux", "arm") };
            ("alpine:3.19".to_owned(), ImageOptions { platform: Some(platform), ..of() })
        }
        "image/platform-osversion" => {
            let platform = Platform {
                os_version: "10.0.1".to_owned(),
                os_features: vec!["win32k".to_owned()],
                ..Platform::new("windows", "amd64")
            };
            ("x".to_owned(), ImageOptions { platform: Some(platform), ..of() })
        }
        "image/resolvemode-default" => ("a".to_owned(), of()),
        "image/resolvemode-pull" => {
            ("a".to_owned(), ImageOptions { resolve_mode: ResolveMode::Pull, ..of() })
        }
        "image/resolvemode-local" => {
            ("a".to_owned(), ImageOptions { resolve_mode: ResolveMode::Local, ..of() })
        }
        "image/layerlimit" => ("a".to_owned(), ImageOptions { layer_limit: Some(2), ..of() }),
        "image/checksum" => ("a".to_owned(), ImageOptions { checksum: Some(CHECKSUM.to_owned()), ..of() }),
        "image/internal" => ("a".to_owned(), ImageOptions { record_type: RecordType::Internal, ..of() }),
        _ => return image_with_config(name, case),
    };
    Some(case.graph.image(&reference, &options))
}

fn image_with_config(name: &str, case: &mut Case) -> Option<Answer> {
    let env = ["PATH=/img/bin:/bin", "FOO=img", "EMPTY=", "NOEQ"].map(str::to_owned).to_vec();
    let config = Some(ImageConfigSeed {
        env,
        workdir: "/work".to_owned(),
        platform: Some(Platform::new("linux", "amd64")),
    });
    let of = |digest| ImageOptions { config, digest, ..ImageOptions::default() };
    let state = match name {
        "image/metaresolver-run" => case.graph.image("a", &of(None)).unwrap(),
        "image/metaresolver-resolvedigest-run" => {
            let digest = "sha256:05b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f";
            case.graph.image("a", &of(Some(digest.to_owned()))).unwrap()
        }
        "image/metaresolver-env-override" => {
            let state = case.graph.image("a", &of(None)).unwrap();
            state.with_env("FOO", "mine").with_env("Z", "1").with_dir("rel")
        }
        _ => return None,
    };
    Some(case.graph.exec(&state, args(&["true"])).map(|it| it.root))
}

fn oci(name: &str, case: &mut Case) -> Option<Answer> {
    let store = |session: &str, store: &str| OciStore {
        session: Some(session.to_owned()),
        store: Some(store.to_owned()),
    };
    let blob = BlobOptions {
        filename: Some("f".to_owned()),
        chmod: Some(0o644),
        uid: Some(1),
        gid: Some(2),
        ..BlobOptions::default()
    };
    let graph = &mut case.graph;
    Some(match name {
        "ocilayout" => {
            let options =
                OciLayoutOptions { layer_limit: Some(3), store: store("sess", "store"), platform: None };
            graph.oci_layout(&format!("store/name@{DIGEST}"), &options)
        }
        // There is no checksum of an OCI layout to set: BuildKit's client takes one and never sends it.
        "ocilayout/checksum-ignored" => {
            graph.oci_layout(&format!("s@{DIGEST}"), &OciLayoutOptions::default())
        }
        "imageblob" => graph.image_blob(&format!("alpine@{DIGEST}"), &blob),
        "imageblob/tagged-err" => graph.image_blob(&format!("alpine:1@{DIGEST}"), &blob),
        "ocilayoutblob" => {
            graph.oci_layout_blob(&format!("alpine@{DIGEST}"), &store("s", "t"), &BlobOptions::default())
        }
        _ => return None,
    })
}

fn local(name: &str, case: &mut Case) -> Option<Answer> {
    let list = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let of = LocalOptions::default;
    let (directory, options) = match name {
        "scratch" => return Some(Ok(State::scratch())),
        "local/plain" => ("context", of()),
        "local/all" => {
            let options = LocalOptions {
                include: list(&["a", "b/<&>"]),
                exclude: list(&["*.md"]),
                follow_paths: list(&["x"]),
                shared_key_hint: Some("hint".to_owned()),
                differ: Some(Differ::None),
                differ_required: true,
                metadata_only: Some(list(&["go.mod"])),
                session: None,
            };
            ("context", options)
        }
        "local/session" => ("context", LocalOptions { session: Some("sess".to_owned()), ..of() }),
        "local/differ-notrequired" => ("c", LocalOptions { differ: Some(Differ::Metadata), ..of() }),
        "local/metadataonly-none" => ("c", LocalOptions { metadata_only: Some(Vec::new()), ..of() }),
        "local/empty-patterns" => ("c", of()),
        _ => return None,
    };
    Some(case.graph.local(directory, &options))
}

fn web(name: &str, case: &mut Case) -> Option<Answer> {
    if let Some((url, options)) = git(name) {
        return Some(case.graph.git(url, &options));
    }
    let of = HttpOptions::default;
    let text = |text: &str| Some(text.to_owned());
    let (url, options) = match name {
        "http/plain" => ("https://example.com/x.tgz", of()),
        "http/all" => {
            let options = HttpOptions {
                checksum: text(CHECKSUM),
                filename: text("f"),
                chmod: Some(0o755),
                uid: Some(3),
                gid: Some(4),
                headers: Some(HttpHeaders { accept: text("a/b"), user_agent: text("ua") }),
                auth_header_secret: text("S"),
                signature: Some(HttpSignature { pubkey: "PK".to_owned(), signature: "SG".to_owned() }),
            };
            ("https://example.com/x.tgz", options)
        }
        "http/header-empty" => ("http://e/x", HttpOptions { headers: Some(HttpHeaders::default()), ..of() }),
        "http/chmod-bits" => ("http://e/x", HttpOptions { chmod: Some(0o4755), ..of() }),
        "source/raw-empty-attr" => {
            let attrs = [("a", "1"), ("b", "")].map(|(k, v)| (k.to_owned(), v.to_owned()));
            return Some(case.graph.source("https://e/x", BTreeMap::from(attrs)));
        }
        _ => return None,
    };
    Some(case.graph.http(url, &options))
}

fn git(name: &str) -> Option<(&'static str, GitOptions)> {
    const MOBY: &str = "https://github.com/moby/buildkit.git";
    const SCP: &str = "git@github.com:moby/buildkit.git";
    let of = |reference: &str, subdir: &str| GitOptions {
        reference: reference.to_owned(),
        subdir: subdir.to_owned(),
        ..GitOptions::default()
    };
    let hosts = |lines: &[&str]| lines.iter().map(|it| (*it).to_owned()).collect();
    let text = |text: &str| Some(text.to_owned());
    Some(match name {
        "git/https" => (MOBY, of("", "")),
        "git/https-frag" => (MOBY, of("v0.1", "docs/x")),
        "git/frag-sub-only" => (MOBY, of("", "docs")),
        "git/url-with-frag" => ("https://github.com/moby/buildkit.git#v1:sub", of("", "")),
        "git/noscheme" => ("github.com/moby/buildkit.git", of("main", "")),
        "git/http" => ("http://h:81/a/b", of("main", "")),
        "git/git-proto" => ("git://h:81/a/b", of("main", "")),
        "git/scp" => {
            (SCP, GitOptions { known_ssh_hosts: hosts(&["github.com ssh-ed25519 AAA"]), ..of("main", "") })
        }
        "git/scp-sock" => {
            let options = GitOptions {
                known_ssh_hosts: hosts(&["a", "b\n"]),
                ssh_socket: text("mysock"),
                ..of("main", "")
            };
            (SCP, options)
        }
        "git/ssh-url" => {
            let options = GitOptions { known_ssh_hosts: hosts(&["k"]), ..of("main", "") };
            ("ssh://git@h.example:2222/x/y.git", options)
        }
        "git/userinfo" => ("https://u:p@h/a", of("", "")),
        "git/options" => {
            let options = GitOptions {
                keep_git_dir: true,
                checksum: text("abcdef"),
                skip_submodules: true,
                mtime: Some(GitMtime::Commit),
                fetch_by_commit: true,
                auth_token_secret: text("T"),
                auth_header_secret: text("H"),
                ..of("r", "d")
            };
            ("https://h/a", options)
        }
        "git/bundle" => {
            let store = OciStore { session: text("s"), store: text("t") };
            let identifier = "oci-layout+blob://x@sha256:aa".to_owned();
            let options = GitOptions {
                checksum: text("abc"),
                bundle: Some(GitBundle { identifier, store }),
                ..of("", "")
            };
            ("https://h/a", options)
        }
        "git/checkoutbundle" => ("https://h/a", GitOptions { checkout_bundle: true, ..of("", "") }),
        "git/noauth" => {
            let options =
                GitOptions { auth_token_secret: text(""), auth_header_secret: text(""), ..of("", "") };
            ("https://h/a", options)
        }
        "git/bad-proto" => ("ftp://h/a", of("", "")),
        "git/query" => ("https://h/a?ref=y", of("x", "")),
        _ => return None,
    })
}
