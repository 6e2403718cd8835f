-- A program in C++: configured, built and tested by CMake in a Debian with a compiler, exported as a static program alone.
local build_type = bk.arg("BUILD_TYPE", "Release", { choices = { "Release", "Debug", "RelWithDebInfo" } })

local sources = bk.local_("context", { include = { "CMakeLists.txt", "src", "tests" } })

local compiler = bk.image("debian:bookworm-slim")
  :run("apt-get update && apt-get install -y --no-install-recommends g++ cmake make", {
    mounts = {
      bk.cache("/var/cache/apt", { sharing = "locked" }),
      bk.cache("/var/lib/apt/lists", { sharing = "locked" }),
    },
  })
  :with_metadata({ description = "install the compiler" })

local built = compiler
  :with_cwd("/src")
  :copy(sources, ".", ".")
  :run("cmake -S . -B /build -DCMAKE_BUILD_TYPE=$BUILD_TYPE", { env = { BUILD_TYPE = build_type } })
  :run("cmake --build /build --parallel", { env = { BUILD_TYPE = build_type } })

-- The tests need no network, so they get none. The image waits for them: it takes the program from their state.
local tested = built:run("ctest --test-dir /build --output-on-failure", {
  env = { BUILD_TYPE = build_type },
  network = "none",
})

bk.export(bk.scratch():copy(tested, "/build/wordcount", "/wordcount"), {
  entrypoint = { "/wordcount" },
  user = "65532:65532",
})
