-- What pip installed reaches the image without the compiler; what was built elsewhere is still found there.
local prelude = require("prelude")

bk.export(prelude.python_app("3.11", bk.local_("context"), {
  cwd = "/work/space",
  requirements = "requirements.txt",
  user = "appuser",
}))
