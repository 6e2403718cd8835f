//! `luakit pin`, with a registry of its own.

use super::Folder;
use expect_test::{Expect, expect};
use luakit_testkit::{FakeRegistry, Reply};

fn digest(letter: &str) -> String {
    format!("sha256:{}", letter.repeat(64))
}

/// A registry with `app:1` and `app:2`, for anybody, and with `secret:1`.
fn registry() -> FakeRegistry {
    FakeRegistry::start(|asked| {
        let has = |letter| Reply::ok("").with("Docker-Content-Digest", digest(letter));
        Some(match (asked.path.as_str(), asked.authorization.as_str()) {
            ("/v2/app/manifests/1", _) => has("a"),
            ("/v2/app/manifests/2", _) => has("b"),
            ("/v2/secret/manifests/1", "Basic bWU6cGFzcw==") => has("c"),
            ("/v2/secret/manifests/1", _) => Reply::status(401).with("WWW-Authenticate", "Basic realm=\"r\""),
            _ => Reply::status(404),
        })
    })
}

/// Runs a command in a folder whose files name the registry `HOST`. Returns what was said, and the file `build.lua` after it.
fn run(registry: &FakeRegistry, folder: &Folder, args: &[&str]) -> String {
    let output = folder
        .command(args)
        .env("DOCKER_CONFIG", folder.path())
        .env_remove("DOCKER_AUTH_CONFIG")
        .env("PATH", folder.path())
        .output()
        .unwrap();
    let text = std::fs::read_to_string(folder.path().join("build.lua")).unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    let all = format!("{said}exit {}\n---\n{text}", output.status.code().unwrap());
    shorten(registry, all)
}

fn shorten(registry: &FakeRegistry, mut text: String) -> String {
    for letter in ["a", "b", "c", "0"] {
        text = text.replace(&digest(letter), &format!("sha256:{letter}"));
    }
    text.replace(registry.address(), "HOST")
}

fn folder(registry: &FakeRegistry, files: &str) -> Folder {
    let text = files.replace("HOST", registry.address());
    let text = ["a", "b", "c", "0"].iter().fold(text, |text, letter| {
        text.replace(&format!("sha256:{letter}'"), &format!("{}'", digest(letter)))
    });
    Folder::new(&text)
}

const SCRIPT: &str = "--- build.lua
local base = 'HOST/app:1'
bk.export(bk.image(base):copy(bk.image('HOST/app:2@sha256:0'), '/a', '/b')) -- stays: HOST/app:1
bk.image(\"HOST/app:1\")
";

#[track_caller]
fn check(args: &[&str], files: &str, expected: Expect) {
    let registry = registry();
    expected.assert_eq(&run(&registry, &folder(&registry, files), args));
}

#[test]
fn images_without_a_digest_get_one_and_nothing_else_changes() {
    check(
        &["pin"],
        SCRIPT,
        expect![[r#"
            build.lua:1:15: `HOST/app:1` is pinned to sha256:a
            build.lua:3:11: `HOST/app:1` is pinned to sha256:a
            3 images, 2 pinned
            exit 0
            ---
            local base = 'HOST/app:1@sha256:a'
            bk.export(bk.image(base):copy(bk.image('HOST/app:2@sha256:0'), '/a', '/b')) -- stays: HOST/app:1
            bk.image("HOST/app:1@sha256:a")
        "#]],
    );
}

#[test]
fn an_update_moves_those_that_have_one() {
    check(
        &["pin", "--update", "build.lua"],
        SCRIPT,
        expect![[r#"
            build.lua:1:15: `HOST/app:1` is pinned to sha256:a
            build.lua:2:41: `HOST/app:2` has moved to sha256:b
            build.lua:3:11: `HOST/app:1` is pinned to sha256:a
            3 images, 3 pinned
            exit 0
            ---
            local base = 'HOST/app:1@sha256:a'
            bk.export(bk.image(base):copy(bk.image('HOST/app:2@sha256:b'), '/a', '/b')) -- stays: HOST/app:1
            bk.image("HOST/app:1@sha256:a")
        "#]],
    );
}

#[test]
fn a_check_tells_what_is_not_pinned_or_has_moved_and_changes_nothing() {
    check(
        &["pin", "--check"],
        SCRIPT,
        expect![[r#"
        build.lua:1:15: `HOST/app:1` is not pinned
        build.lua:2:41: `HOST/app:2` has moved to sha256:b
        build.lua:3:11: `HOST/app:1` is not pinned
        3 images, 3 to pin
        exit 1
        ---
        local base = 'HOST/app:1'
        bk.export(bk.image(base):copy(bk.image('HOST/app:2@sha256:0'), '/a', '/b')) -- stays: HOST/app:1
        bk.image("HOST/app:1")
    "#]],
    );
    let pinned = "--- build.lua\nbk.image('HOST/app:2@sha256:b')\n";
    check(
        &["pin", "--check"],
        pinned,
        expect![[r#"
        1 image, none to pin
        exit 0
        ---
        bk.image('HOST/app:2@sha256:b')
    "#]],
    );
}

#[test]
fn each_image_is_asked_for_once() {
    let registry = registry();
    let twice = "--- build.lua\nbk.image('HOST/app:1')\nbk.image('HOST/app:1')\n--- lib/x.lua\nbk.image('HOST/app:1')\n";
    let folder = folder(&registry, twice);
    expect![[r#"
        build.lua:1:11: `HOST/app:1` is pinned to sha256:a
        build.lua:2:11: `HOST/app:1` is pinned to sha256:a
        lib/x.lua:1:11: `HOST/app:1` is pinned to sha256:a
        3 images, 3 pinned
        exit 0
        ---
        bk.image('HOST/app:1@sha256:a')
        bk.image('HOST/app:1@sha256:a')
    "#]]
    .assert_eq(&run(&registry, &folder, &["pin"]));
    expect![[r#"
        HEAD /v2/app/manifests/1
    "#]]
    .assert_eq(&registry.asked());
}

#[test]
fn what_is_not_there_is_told_and_the_others_are_pinned() {
    let files = "--- build.lua\nbk.image('HOST/app:9')\nbk.image('HOST/secret:1')\nbk.image('HOST/app:1')\n";
    check(
        &["pin"],
        files,
        expect![[r#"
            build.lua:3:11: `HOST/app:1` is pinned to sha256:a
            3 images, 1 pinned
            luakit: build.lua:1:11: registry `HOST` has no `app:9`
            luakit: build.lua:2:11: registry `HOST` does not let you read `secret:1` without a login
            hint: if the image is there, run `docker login HOST`
            exit 2
            ---
            bk.image('HOST/app:9')
            bk.image('HOST/secret:1')
            bk.image('HOST/app:1@sha256:a')
        "#]],
    );
    check(
        &["pin", "none.lua"],
        files,
        expect![[r#"
        0 images, 0 pinned
        luakit: cannot read `none.lua`: No such file or directory (os error 2)
        exit 2
        ---
        bk.image('HOST/app:9')
        bk.image('HOST/secret:1')
        bk.image('HOST/app:1')
    "#]],
    );
}

#[test]
fn logins_are_those_of_docker() {
    let registry = registry();
    let config = format!(
        "--- config.json\n{{ \"auths\": {{ \"{}\": {{ \"auth\": \"bWU6cGFzcw==\" }} }} }}\n",
        registry.address()
    );
    let script = "--- build.lua\nbk.image('HOST/secret:1')\n";
    let folder = folder(&registry, &format!("{script}{config}"));
    expect![[r#"
        build.lua:1:11: `HOST/secret:1` is pinned to sha256:c
        1 image, 1 pinned
        exit 0
        ---
        bk.image('HOST/secret:1@sha256:c')
    "#]]
    .assert_eq(&run(&registry, &folder, &["pin"]));
}

#[cfg(unix)]
#[test]
fn programs_that_keep_passwords_are_asked() {
    use std::os::unix::fs::PermissionsExt;
    let helper = "#!/bin/sh
read -r host
[ \"$1\" = get ] || exit 1
echo \"{\\\"ServerURL\\\":\\\"$host\\\",\\\"Username\\\":\\\"me\\\",\\\"Secret\\\":\\\"pass\\\"}\"
";
    let registry = registry();
    let files = format!(
        "--- build.lua\nbk.image('HOST/secret:1')\n--- config.json\n{{ \"credsStore\": \"test\" }}\n\
         --- docker-credential-test\n{helper}"
    );
    let folder = folder(&registry, &files);
    let program = folder.path().join("docker-credential-test");
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    expect![[r#"
        build.lua:1:11: `HOST/secret:1` is pinned to sha256:c
        1 image, 1 pinned
        exit 0
        ---
        bk.image('HOST/secret:1@sha256:c')
    "#]]
    .assert_eq(&run(&registry, &folder, &["pin"]));
}
