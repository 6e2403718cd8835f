-- Images and blobs that are no images of a registry.
local digest = "sha256:9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0"
bk.export(bk.merge(
  bk.oci_layout("app@" .. digest, { store = "layouts", layer_limit = 2, platform = "linux/arm64" }),
  bk.image_blob("library/alpine@" .. digest, { filename = "layer.tar", chmod = "0644", uid = 1, gid = 2 }),
  bk.source("docker-image://docker.io/library/alpine:3.19", { ["image.recordtype"] = "internal" })
))
