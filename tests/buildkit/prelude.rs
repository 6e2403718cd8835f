//! What the prelude's builds leave, with stand-ins for the programs that the test image lacks.

use expect_test::expect;

use super::project::Project;

#[test]
fn a_go_build_finds_go_its_sources_and_its_caches() {
    let project = Project::new(
        r#"
--- build.lua
local prelude = require("prelude")
local builder = bk.image("alpine:3.19"):mkdir("/usr/local/go/bin", { make_parents = true }):mkfile("/usr/local/go/bin/go", [[#!/bin/sh
mkdir -p "$(dirname "$6")"
echo "$PWD $CGO_ENABLED $*" > "$6"
cat go.mod >> "$6"
touch "$GOMODCACHE/mod" "$GOCACHE/build"
]], { mode = "0755" })
local built = prelude.go_build(builder, bk.local_("context"), {
  flags = "-v",
  ldflags = "-X 'a.b=c d'",
  main = "./cmd/my server",
})
bk.export(prelude.copy_all(built, bk.scratch(), "/out", "/"))
--- go.mod
module m
"#,
    );
    expect![[r#"
        0644 0:0 /app "/app 0 build -v -ldflags -X 'a.b=c d' -o /out/app ./cmd/my server\nmodule m\n"
    "#]]
    .assert_eq(&project.build().tree().below("/"));
}

#[test]
fn a_node_build_installs_by_the_manifests_and_leaves_out_what_was_installed_elsewhere() {
    let project = Project::new(
        r#"
--- build.lua
local prelude = require("prelude")
local builder = bk.image("alpine:3.19"):mkdir("/usr/local/bin", { make_parents = true }):mkfile("/usr/local/bin/npm", [[#!/bin/sh
mkdir -p node_modules
echo "$*:" $(find . -type f | sort) >> node_modules/log
]], { mode = "0755" })
local built = prelude.node_build(builder, bk.local_("context", { exclude = { "build.lua" } }), { install_cmd = "npm run build" })
bk.export(prelude.layered_copy(bk.scratch(), { built = built }, {
  { from = "built", from_path = "/app", to_path = "/app" },
}))
--- package.json
{}
--- package-lock.json
{}
--- index.js
main
--- lib/package.json
{}
--- node_modules/other/package.json
{}
--- lib/node_modules/other/index.js
{}
"#,
    );
    expect![[r#"
        0755 0:0 /app/
        0644 0:0 /app/index.js "main\n"
        0755 0:0 /app/lib/
        0644 0:0 /app/lib/package.json "{}\n"
        0755 0:0 /app/node_modules/
        0644 0:0 /app/node_modules/log "ci: ./lib/package.json ./package-lock.json ./package.json\nrun build: ./index.js ./lib/package.json ./node_modules/log ./package-lock.json ./package.json\n"
        0644 0:0 /app/package-lock.json "{}\n"
        0644 0:0 /app/package.json "{}\n"
    "#]].assert_eq(&project.build().tree().below("/app"));
}

#[test]
fn the_root_of_a_diff_is_copied_as_what_was_added() {
    // This is how `python_app` brings what pip installed, wherever that is.
    let project = Project::new(
        r#"
--- build.lua
local base = bk.image("alpine:3.19")
local built = base:run("mkdir -p /usr/local/lib/x /app && echo 1 > /usr/local/lib/x/y && echo 2 > /app/z && rm /etc/motd; true")
local function app(state)
  return base:copy(bk.diff(base, state:rm("/app")), "/", "/", { contents_only = true })
end
local added = bk.diff(base, app(built))
local nothing = bk.diff(base, app(base:mkdir("/app")))
bk.export(bk.scratch():copy(added, "/", "/added", { contents_only = true }):copy(nothing, "/", "/nothing", { contents_only = true }))
"#,
    );
    expect![[r#"
        0755 0:0 /added/
        0755 0:0 /added/usr/
        0755 0:0 /added/usr/local/
        0755 0:0 /added/usr/local/lib/
        0755 0:0 /added/usr/local/lib/x/
        0644 0:0 /added/usr/local/lib/x/y "1\n"
        0755 0:0 /nothing/
    "#]]
    .assert_eq(&project.build().tree().below("/"));
}
