-- Several services in one repository, an image for each: `--arg SERVICE=worker` chooses.
local go = require("lib.go")
local web = require("lib.web")

local service = bk.arg("SERVICE", "api", { choices = { "api", "worker" }, description = "which service is built" })

local image = bk.image("alpine:3.19"):copy(go.service(service), "/out/service", "/usr/local/bin/service")

-- The pages are built beside the service, and only for the one that serves them.
if service == "api" then
  image = image:copy(web.pages(), "/web/dist", "/srv/web", { contents_only = true })
end

bk.export(image, {
  entrypoint = { "/usr/local/bin/service" },
  user = "65534:65534",
  labels = { ["org.opencontainers.image.title"] = "shop/" .. service },
})
