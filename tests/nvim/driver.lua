-- What the session is written with: keys are typed, and awaited is what a person would see.

local M = {}

local SECONDS = 20

--- Prints one line of the report.
function M.say(...)
  -- Neovim's own messages go to the standard error.
  io.stdout:write(string.format(...), "\n")
end

--- Waits until `ask` gives something true and returns it; `seen` tells what was there instead.
function M.await(what, ask, seen)
  local answer
  local done = vim.wait(SECONDS * 1000, function()
    answer = ask()
    return answer
  end, 2)
  if not done then
    local last = seen and "; seen: " .. vim.inspect(seen()) or ""
    error(("no %s within %d s%s"):format(what, SECONDS, last), 0)
  end
  return answer
end

function M.expect(truth, message, ...)
  if not truth then
    error(message:format(...), 0)
  end
end

--- Types as at the keyboard; `<Esc>` and the like are keys.
function M.type(keys)
  vim.api.nvim_feedkeys(vim.keycode(keys), "tx", false)
end

--- Puts the cursor on the first place of a word.
function M.go_to(word)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  M.expect(vim.fn.search("\\V" .. vim.fn.escape(word, "\\"), "cW") > 0, "no %s in the script", word)
end

--- The text under a diagnostic.
function M.under(diagnostic)
  local text =
    vim.api.nvim_buf_get_text(diagnostic.bufnr, diagnostic.lnum, diagnostic.col, diagnostic.end_lnum, diagnostic.end_col, {})
  return table.concat(text, "\n")
end

--- The first diagnostic of the buffer that the predicate accepts.
function M.find(accepts)
  return vim.iter(vim.diagnostic.get(0)):find(accepts)
end

function M.seen()
  return vim.tbl_map(function(found)
    return ("%d:%d %s %s"):format(found.lnum + 1, found.col + 1, found.code or "-", found.message)
  end, vim.diagnostic.get(0))
end

--- Opens a file and gives its client, which must start.
function M.open(file)
  vim.cmd.edit(vim.fn.fnameescape(file))
  return M.await("luakit client for " .. file, function()
    local client = vim.lsp.get_clients({ bufnr = 0, name = "luakit" })[1]
    return client and client.initialized and client
  end, function()
    local log = vim.lsp.get_log_path()
    return { messages = vim.fn.execute("messages"), log = vim.fn.filereadable(log) == 1 and vim.fn.readfile(log, "", -5) }
  end)
end

function M.write(file, text)
  vim.fn.mkdir(vim.fs.dirname(file), "p")
  vim.fn.writefile(vim.split(text, "\n"), file, "b")
end

--- Takes the steps in their order up to the first that fails, ends the server, and ends Neovim with what came of it.
function M.run(steps)
  local failed = 0
  for _, this in ipairs(steps) do
    local ok, note = xpcall(this.run, function(err)
      return type(err) == "string" and err:match("^no ") and err or debug.traceback(err)
    end)
    M.say("%s  %s%s", ok and "ok   " or "FAIL ", this.name, note and ": " .. tostring(note) or "")
    if not ok then
      failed = 1
      break
    end
  end
  for _, client in ipairs(vim.lsp.get_clients()) do
    client:stop()
  end
  local ended = vim.wait(5000, function()
    return #vim.lsp.get_clients() == 0
  end)
  if not ended then
    M.say("FAIL  the server has not ended within 5 s of its shutdown")
  end
  vim.cmd.cquit({ count = (failed == 0 and ended) and 0 or 1, bang = true })
end

return M
