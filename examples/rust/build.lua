-- A service in Rust: sources are mounted rather than copied, and cargo's own folders are caches, so only what changed is compiled.
local sources = bk.local_("context", { include = { "Cargo.toml", "Cargo.lock", "src" } })

local cargo = bk.image("rust:1.84-alpine"):with_env({
  PATH = "/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  CARGO_HOME = "/usr/local/cargo",
  RUSTUP_HOME = "/usr/local/rustup",
})
local mounts = {
  bk.bind(sources, "/src"),
  bk.cache("/usr/local/cargo/registry"),
  -- One cargo at a time may write there.
  bk.cache("/target", { sharing = "locked" }),
}

local tested = cargo:run("apk add --no-cache musl-dev"):run("cargo test --locked --target-dir /target", {
  cwd = "/src",
  mounts = mounts,
})
-- What a cache holds is in no layer, so the program is copied out of it.
local built = tested:run(
  "cargo build --release --locked --target-dir /target && install -D /target/release/greeter /out/greeter",
  { cwd = "/src", mounts = mounts }
)

local image = bk.image("alpine:3.19"):run("adduser -D -H -u 10001 app"):copy(built, "/out/greeter", "/usr/local/bin/greeter")

bk.export(image, {
  entrypoint = { "/usr/local/bin/greeter" },
  user = "app",
  expose = { "8080" },
  stop_signal = "SIGINT",
})
