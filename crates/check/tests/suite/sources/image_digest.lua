-- Nobody is there to ask for the digest, and that is said.
bk.export(bk.image("alpine:3.19", { resolve_digest = true }))
