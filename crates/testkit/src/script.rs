//! Scripts of any length, for benches: what people write, not one line over and over.

use std::fmt::Write;

/// Returns a script of about so many lines that is right and builds something. The same number gives the same text.
///
/// Each service is a function of a table, since a function of Lua holds no more than 200 locals.
pub fn script(lines: usize) -> String {
    let mut text = String::from(
        "-- Builds all services.\nlocal services = {}\nlocal context = bk.local_(\"context\", { exclude = { \".git\" } })\n\
         local base = bk.image(\"alpine:3.19\")\nlocal built = {}\n",
    );
    let mut count = text.lines().count();
    let mut number = 0;
    loop {
        let service = service(number);
        count += service.lines().count();
        // Three more lines end it.
        if count + 3 > lines {
            break;
        }
        text += &service;
        number += 1;
    }
    text += "\nlocal all = bk.merge(base, unpack(built))\nbk.export(all, { cmd = { \"/bin/sh\" } })\n";
    text
}

fn service(number: usize) -> String {
    let mut text = String::new();
    let image = ["golang:1.22", "node:20", "rust:1.79", "python:3.12"][number % 4];
    let _ = write!(
        text,
        "
-- Compiles service {number} and takes what it made.
---@param from State
function services.build_{number}(from, options)
  local src = context:copy(base, \"/etc/passwd\", \"/etc/passwd\")
  local deps = from:run(\"make deps-{number}\", {{
    cwd = \"/src/{number}\",
    env = {{ NAME = \"service-{number}\", JOBS = tostring({number} % 8 + 1) }},
    mounts = {{ bk.cache(\"/root/.cache\"), bk.bind(src, \"/src\") }},
  }})
  for i, name in ipairs(options.parts) do
    deps = deps:mkdir(\"/out/\" .. name, {{ mode = \"0755\", make_parents = true }})
    if i > 1 and options.verbose then
      print(\"part\", name, i .. \" of \" .. #options.parts)
    end
  end
  return deps:run({{ \"make\", \"-C\", \"/src/{number}\", options.target or \"all\" }}, {{ network = \"none\" }})
end

local_{number} = services.build_{number}(bk.image(\"{image}\"), {{ parts = {{ \"bin\", \"lib\" }}, verbose = false }})
built[#built + 1] = bk.scratch():copy(local_{number}, \"/out/bin\", \"/services/{number}/\")
"
    );
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_script_is_about_as_long_as_asked() {
        for lines in [100, 1000] {
            let count = super::script(lines).lines().count();
            assert!((lines - 30..=lines).contains(&count), "{count} for {lines}");
        }
    }
}
