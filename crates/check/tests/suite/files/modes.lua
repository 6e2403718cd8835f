-- Numbers: what can only be a value is one, what can only be digits is taken so, with a warning.
local s = bk.scratch()
for _, mode in ipairs({ 0, 7, 8, 9, 18, 493, 489 }) do
  s = s:mkdir("/value" .. mode, { mode = mode })
end
s = s:mkdir("/digits", { mode = 755 })
s = s:copy(bk.local_("src"), "a", "b", { mode = 2755 })
bk.export(s:copy(bk.local_("src"), "a", "c", { mode = 7777 }))
