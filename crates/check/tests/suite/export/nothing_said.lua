bk.export(bk.image("alpine"), {})
