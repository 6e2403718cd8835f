bk.export(bk.scratch():files(function(f) end))
