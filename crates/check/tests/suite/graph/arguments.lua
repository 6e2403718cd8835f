bk.export(bk.image("alpine:" .. (os.getenv("VERSION") or "none")):run("echo " .. tostring(os.getenv("HOME"))))
