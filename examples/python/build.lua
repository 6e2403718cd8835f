-- A service in Python: a virtual environment is made with a compiler at hand, and copied into an image without one.
local requirements = bk.local_("context", { include = { "requirements.txt" } })
local program = bk.local_("context", { include = { "app" }, exclude = { "**/__pycache__" } })

local built = bk.image("python:3.12-slim")
  :run("apt-get update && apt-get install -y --no-install-recommends build-essential", {
    mounts = {
      bk.cache("/var/cache/apt", { sharing = "locked" }),
      bk.cache("/var/lib/apt/lists", { sharing = "locked" }),
    },
  })
  :run("python -m venv /venv")
  :copy(requirements, ".", "/tmp")
  -- A private index needs a token: it is there for this command alone, if at all, and in no layer.
  :run("/venv/bin/pip install -r /tmp/requirements.txt", {
    mounts = {
      bk.cache("/root/.cache/pip"),
      bk.secret("/etc/pip.conf", { id = "pip.conf", optional = true }),
    },
  })

local image = bk.image("python:3.12-slim")
  :run("useradd --uid 10001 --no-create-home app")
  :copy(built, "/venv", "/venv", { contents_only = true })
  :copy(program, ".", "/srv")

bk.export(image, {
  cmd = { "gunicorn", "--bind", "0.0.0.0:8000", "app.main:app" },
  user = "app",
  workdir = "/srv",
  env = { PATH = "/venv/bin:/usr/local/bin:/usr/bin:/bin", PYTHONUNBUFFERED = "1" },
  expose = { "8000" },
})
