local go = require("lib.golang")

describe("build.lua", function()
  local build = luakit.evaluate("build.lua", { args = { VERSION = "1.2.3" } })

  test("has no findings", function()
    expect(build):is_clean()
  end)

  test("puts the version into the binary and its label", function()
    expect(build):has_op({ exec = { args = { "go", "build", "-X main.version=1.2.3" } } })
    expect(build.config.config.Labels.version):equals("1.2.3")
  end)

  test("builds for the target's platform", function()
    local arm = luakit.evaluate("build.lua", { platform = "linux/arm64" })
    expect(arm):has_op({ type = "exec", platform = "linux/arm64" })
    expect(arm):lacks_op({ platform = "linux/amd64" })
  end)
end)

describe("go.build", function()
  test("keeps Go's cache between builds", function()
    local state = go.build(".", "dev")
    expect(state):has_op({ exec = { mounts = { { type = "cache", dest = "/root/.cache/go-build" } } } })
  end)

  test("gives the same graph for the same arguments", function()
    expect(go.build(".", "1")):equals(go.build(".", "1"))
    expect(go.build(".", "1")):differs(go.build(".", "2"))
  end)

  test("wants a package", function()
    expect(function()
      go.build("", "dev")
    end):fails("the package must not be empty")
  end)
end)
