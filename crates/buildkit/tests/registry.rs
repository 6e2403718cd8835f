//! Registries that want or do what no real one can be brought to: tokens, missing headers, silence.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use expect_test::{Expect, expect};
use luakit_buildkit::registry::{Config, Credentials, resolve};
use luakit_llb::{Digest, Reference};
use luakit_testkit::{Asked, FakeRegistry, Reply};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

const MANIFEST: &str = r#"{"schemaVersion":2}"#;

fn config() -> Config {
    let credentials = Credentials { file: None, text: None };
    Config { credentials, connect: Duration::from_secs(5), total: Duration::from_secs(20) }
}

/// Asks a registry for `team/app:1`. Returns what came of it and what was asked, with `HOST` for its address and `DIGEST` for the
/// digest of the manifest.
fn ask(registry: &FakeRegistry, config: &Config) -> String {
    let reference = Reference::parse(&format!("{}/team/app:1", registry.address())).unwrap();
    let answer = match resolve(&reference, config, &AtomicBool::new(false)) {
        Ok(digest) => digest.to_string(),
        Err(err) => err.to_string(),
    };
    let answer = answer.replace(registry.address(), "HOST");
    format!("{answer}\n\n{}", registry.asked()).replace(Digest::of(MANIFEST.as_bytes()).as_str(), "DIGEST")
}

fn check(behaviour: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static, expected: Expect) {
    expected.assert_eq(&ask(&FakeRegistry::start(behaviour), &config()));
}

/// Someone who has logged in: `auths` of Docker's config for every registry of these tests.
fn logged_in(registry: &FakeRegistry, entry: &str) -> Config {
    let text = format!(r#"{{ "auths": {{ "{}": {entry} }} }}"#, registry.address());
    Config { credentials: Credentials { file: None, text: Some(text) }, ..config() }
}

/// A registry whose authority gives tokens to anybody or to those who may have one.
fn with_tokens(may: fn(&Asked) -> bool) -> FakeRegistry {
    FakeRegistry::start(move |asked| {
        if asked.path.starts_with("/token") {
            let reply = if may(asked) { Reply::ok(r#"{"token":"T"}"#) } else { Reply::status(401) };
            return Some(reply);
        }
        if asked.authorization == "Bearer T" {
            return Some(
                Reply::ok(MANIFEST)
                    .with("Docker-Content-Digest", Digest::of(MANIFEST.as_bytes()).to_string()),
            );
        }
        let challenge = format!(
            r#"Bearer realm="http://{}/token?a=b",service="the registry",scope="repository:team/app:pull""#,
            asked.host
        );
        Some(Reply::status(401).with("WWW-Authenticate", challenge))
    })
}

#[test]
fn a_token_is_fetched_where_the_registry_says() {
    expect![[r#"
        DIGEST

        HEAD /v2/team/app/manifests/1
        GET /token?a=b&scope=repository%3Ateam%2Fapp%3Apull&service=the%20registry
        HEAD /v2/team/app/manifests/1 Bearer T
    "#]]
    .assert_eq(&ask(&with_tokens(|_| true), &config()));
}

#[test]
fn a_password_buys_the_token_and_goes_nowhere_else() {
    let registry = with_tokens(|asked| asked.authorization == "Basic bWU6cGFzcw==");
    expect![[r#"
        DIGEST

        HEAD /v2/team/app/manifests/1
        GET /token?a=b&scope=repository%3Ateam%2Fapp%3Apull&service=the%20registry Basic bWU6cGFzcw==
        HEAD /v2/team/app/manifests/1 Bearer T
    "#]]
    .assert_eq(&ask(&registry, &logged_in(&registry, r#"{ "auth": "bWU6cGFzcw==" }"#)));
}

#[test]
fn an_identity_token_is_exchanged_in_a_form() {
    let registry = with_tokens(|asked| asked.method == "POST" && asked.body.contains("refresh_token=I+D%2F"));
    expect![[r#"
        DIGEST

        HEAD /v2/team/app/manifests/1
        POST /token?a=b  scope=repository%3Ateam%2Fapp%3Apull&service=the+registry&grant_type=refresh_token&refresh_token=I+D%2F&client_id=luakit
        HEAD /v2/team/app/manifests/1 Bearer T
    "#]].assert_eq(&ask(&registry, &logged_in(&registry, r#"{ "identitytoken": "I D/" }"#)));
}

#[test]
fn who_may_not_have_a_token_is_told_how_to_log_in() {
    let registry = with_tokens(|_| false);
    expect![[r#"
        registry `HOST` does not let you read `team/app:1` without a login
        hint: if the image is there, run `docker login HOST`

        HEAD /v2/team/app/manifests/1
        GET /token?a=b&scope=repository%3Ateam%2Fapp%3Apull&service=the%20registry
    "#]]
    .assert_eq(&ask(&registry, &config()));
    let registry = with_tokens(|_| false);
    let asked = ask(&registry, &logged_in(&registry, r#"{ "auth": "bWU6cGFzcw==" }"#));
    expect![[r#"
        registry `HOST` does not let you read `team/app:1`
        hint: if the image is there, your login may be too old: run `docker login HOST`

        HEAD /v2/team/app/manifests/1
        GET /token?a=b&scope=repository%3Ateam%2Fapp%3Apull&service=the%20registry Basic bWU6cGFzcw==
    "#]]
    .assert_eq(&asked);
}

#[test]
fn a_password_is_sent_to_a_registry_that_wants_just_that() {
    let basic = |asked: &Asked| match asked.authorization.as_str() {
        "Basic bWU6cGFzcw==" => Some(Reply::ok(MANIFEST)),
        _ => Some(Reply::status(401).with("WWW-Authenticate", "Basic realm=\"r\"")),
    };
    let registry = FakeRegistry::start(basic);
    expect![[r#"
        DIGEST

        HEAD /v2/team/app/manifests/1
        HEAD /v2/team/app/manifests/1 Basic bWU6cGFzcw==
        GET /v2/team/app/manifests/1 Basic bWU6cGFzcw==
    "#]]
    .assert_eq(&ask(&registry, &logged_in(&registry, r#"{ "auth": "bWU6cGFzcw==" }"#)));
    check(
        basic,
        expect![[r#"
        registry `HOST` does not let you read `team/app:1` without a login
        hint: if the image is there, run `docker login HOST`

        HEAD /v2/team/app/manifests/1
    "#]],
    );
}

#[test]
fn a_token_of_a_stranger_behind_a_plain_line_is_not_asked_for() {
    check(
        |_| Some(Reply::status(401).with("WWW-Authenticate", "Bearer realm=\"http://example.com/token\"")),
        expect![[r#"
            registry `HOST` sends for a token to `http://example.com/token`, where no password is safe

            HEAD /v2/team/app/manifests/1
        "#]],
    );
}

#[test]
fn without_the_header_the_manifest_itself_is_hashed() {
    check(
        |_| Some(Reply::ok(MANIFEST)),
        expect![[r#"
        DIGEST

        HEAD /v2/team/app/manifests/1
        GET /v2/team/app/manifests/1
    "#]],
    );
    check(
        |asked| Some(if asked.method == "HEAD" { Reply::status(405) } else { Reply::ok(MANIFEST) }),
        expect![[r#"
            DIGEST

            HEAD /v2/team/app/manifests/1
            GET /v2/team/app/manifests/1
        "#]],
    );
}

#[test]
fn a_digest_that_is_none_or_another_is_not_taken() {
    check(
        |_| Some(Reply::ok(MANIFEST).with("Docker-Content-Digest", "sha256:12\"]]")),
        expect![[r#"
        registry `HOST` told no digest of `team/app:1` but something else

        HEAD /v2/team/app/manifests/1
    "#]],
    );
    check(
        |asked| {
            let other = format!("sha256:{}", "0".repeat(64));
            Some(match asked.method.as_str() {
                "HEAD" => Reply::ok(""),
                _ => Reply::ok(MANIFEST).with("Docker-Content-Digest", other),
            })
        },
        expect![[r#"
            registry `HOST` tells another digest of `team/app:1` than it has

            HEAD /v2/team/app/manifests/1
            GET /v2/team/app/manifests/1
        "#]],
    );
}

#[test]
fn what_is_not_there_and_what_fails_is_told() {
    check(
        |_| Some(Reply::status(404)),
        expect![[r#"
        registry `HOST` has no `team/app:1`

        HEAD /v2/team/app/manifests/1
    "#]],
    );
    check(
        |_| Some(Reply::status(403)),
        expect![[r#"
        registry `HOST` does not let you read `team/app:1` without a login
        hint: if the image is there, run `docker login HOST`

        HEAD /v2/team/app/manifests/1
    "#]],
    );
    check(
        |_| Some(Reply::status(429)),
        expect![[r#"
        registry `HOST` has been asked too often from here
        hint: try again later, or run `docker login HOST`

        HEAD /v2/team/app/manifests/1
    "#]],
    );
    check(
        |_| Some(Reply::status(503)),
        expect![[r#"
        registry `HOST` answered 503 Service Unavailable

        HEAD /v2/team/app/manifests/1
    "#]],
    );
    check(
        |_| Some(Reply::ok("hello").with("Content-Type", "text/html; charset=utf-8")),
        expect![[r#"
        registry `HOST` answered with a web page
        hint: is there a page to log in to this network?

        HEAD /v2/team/app/manifests/1
    "#]],
    );
}

#[test]
fn a_form_whose_digest_is_another_by_each_count_is_refused() {
    let has = |kind: &'static str| move |_: &Asked| Some(Reply::ok(MANIFEST).with("Content-Type", kind));
    check(
        has("application/vnd.docker.distribution.manifest.v1+prettyjws"),
        expect![[r#"
        registry `HOST` has `team/app:1` in a form of 2015 that has no digest

        HEAD /v2/team/app/manifests/1
    "#]],
    );
    check(
        has("application/vnd.oci.image.manifest.v1+json"),
        expect![[r#"
        DIGEST

        HEAD /v2/team/app/manifests/1
        GET /v2/team/app/manifests/1
    "#]],
    );
}

#[test]
fn a_redirect_is_followed_without_the_password() {
    let elsewhere = FakeRegistry::start(|_| Some(Reply::ok(MANIFEST)));
    let target = format!("http://{}/v2/x/manifests/1", elsewhere.address());
    let registry = FakeRegistry::start(move |asked| match asked.authorization.as_str() {
        "" => Some(Reply::status(401).with("WWW-Authenticate", "Basic realm=\"r\"")),
        _ => Some(Reply::status(307).with("Location", target.clone())),
    });
    let told = ask(&registry, &logged_in(&registry, r#"{ "auth": "bWU6cGFzcw==" }"#));
    expect![[r#"
        DIGEST

        HEAD /v2/team/app/manifests/1
        HEAD /v2/team/app/manifests/1 Basic bWU6cGFzcw==
        GET /v2/team/app/manifests/1 Basic bWU6cGFzcw==
        elsewhere:
        HEAD /v2/x/manifests/1
        GET /v2/x/manifests/1
    "#]]
    .assert_eq(&format!("{told}elsewhere:\n{}", elsewhere.asked()));
}

#[test]
fn somebody_elsewhere_who_asks_for_a_password_gets_none() {
    let elsewhere =
        FakeRegistry::start(|_| Some(Reply::status(401).with("WWW-Authenticate", "Basic realm=\"r\"")));
    let target = format!("http://{}/v2/x/manifests/1", elsewhere.address());
    let registry = FakeRegistry::start(move |_| Some(Reply::status(307).with("Location", target.clone())));
    let told = ask(&registry, &logged_in(&registry, r#"{ "auth": "bWU6cGFzcw==" }"#));
    expect![[r#"
        registry `HOST` does not let you read `team/app:1`
        hint: if the image is there, your login may be too old: run `docker login HOST`

        HEAD /v2/team/app/manifests/1
        elsewhere:
        HEAD /v2/x/manifests/1
    "#]]
    .assert_eq(&format!("{told}elsewhere:\n{}", elsewhere.asked()));
}

#[test]
fn a_registry_that_hangs_is_given_up() {
    let registry = FakeRegistry::start(|_| None);
    let start = Instant::now();
    let told = ask(&registry, &Config { total: Duration::from_millis(300), ..config() });
    assert!(start.elapsed() < Duration::from_secs(10));
    expect![[r#"
        registry `HOST` did not answer within 0.3 s

        HEAD /v2/team/app/manifests/1
    "#]]
    .assert_eq(&told);
}

#[test]
fn an_endless_answer_is_cut() {
    check(
        |_| Some(Reply::ok("x".repeat(5 << 20))),
        expect![[r#"
        registry `HOST` answered more than any image needs

        HEAD /v2/team/app/manifests/1
        GET /v2/team/app/manifests/1
    "#]],
    );
    check(
        |_| Some(Reply::status(302).with("Location", "/v2/again")),
        expect![[r#"
        registry `HOST` answered what nobody understands: too many redirects

        HEAD /v2/team/app/manifests/1
        HEAD /v2/again
        HEAD /v2/again
        HEAD /v2/again
        HEAD /v2/again
        HEAD /v2/again
    "#]],
    );
}

#[test]
fn nobody_there_is_told_as_such() {
    // A port that was just free.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let reference = Reference::parse(&format!("127.0.0.1:{port}/app")).unwrap();
    let err = resolve(&reference, &config(), &AtomicBool::new(false)).unwrap_err().to_string();
    expect!["registry `127.0.0.1:PORT` cannot be reached: connection refused"]
        .assert_eq(&err.replace(&port.to_string(), "PORT"));
}

#[test]
fn what_is_cancelled_asks_nobody() {
    let registry = FakeRegistry::start(|_| Some(Reply::ok(MANIFEST)));
    let reference = Reference::parse(&format!("{}/app", registry.address())).unwrap();
    assert!(resolve(&reference, &config(), &AtomicBool::new(true)).is_err());
    assert_eq!(registry.asked(), "");
}

#[test]
fn a_keychain_that_cannot_be_asked_is_named_once_it_matters() {
    let registry = with_tokens(|_| false);
    let text = r#"{ "credsStore": "luakit-not-there" }"#.to_owned();
    let config = Config { credentials: Credentials { file: None, text: Some(text) }, ..config() };
    expect![[r#"
        registry `HOST` does not let you read `team/app:1` without a login
        hint: `docker-credential-luakit-not-there`, which Docker's config names for passwords, cannot be run: entity not found

        HEAD /v2/team/app/manifests/1
        GET /token?a=b&scope=repository%3Ateam%2Fapp%3Apull&service=the%20registry
    "#]].assert_eq(&ask(&registry, &config));
}
