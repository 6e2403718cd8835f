-- The graph beside the script: a line for each op, and the cursors of both windows kept together.

local luakit = require("luakit")
local tree = require("luakit.tree")
local view = require("luakit.view")

local M = {}

local space = vim.api.nvim_create_namespace("luakit.graph")

---@class luakit.Graph
---@field buffer integer the buffer with the tree
---@field script integer the buffer with the script
---@field uri string
---@field target? string
---@field ops table<string, table> by their digests
---@field lines luakit.Line[]
---@field turn table<string, integer> which of an op's places was jumped to last
---@field asked integer the number of the last question about a cursor

---@type table<integer, luakit.Graph> by the buffers of their scripts
local shown = {}

--- The names of the results of the script in this buffer, as far as its graph is shown.
function M.targets()
  local graph = shown[(luakit.script())]
  return graph and graph.names or {}
end

local function clear(graph)
  for buffer in pairs(graph.lit or {}) do
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.api.nvim_buf_clear_namespace(buffer, space, 0, -1)
    end
  end
  graph.lit = {}
end

local function position(buffer, at, encoding)
  local line = vim.api.nvim_buf_get_lines(buffer, at.line, at.line + 1, false)[1] or ""
  return at.line, vim.str_byteindex(line, encoding, at.character, false)
end

--- Lights places in the buffers that show them.
local function light(graph, places, group, encoding)
  for _, place in ipairs(places) do
    local buffer = vim.uri_to_bufnr(place.uri)
    if vim.api.nvim_buf_is_loaded(buffer) then
      local row, column = position(buffer, place.range.start, encoding)
      local end_row, end_column = position(buffer, place.range["end"], encoding)
      graph.lit[buffer] = true
      vim.api.nvim_buf_set_extmark(buffer, space, row, column, {
        end_row = end_row,
        end_col = end_column,
        hl_group = group,
        strict = false,
      })
    end
  end
end

local function op_of_line(graph)
  local line = graph.lines[vim.api.nvim_win_get_cursor(0)[1] - graph.head]
  return line and line.digest
end

--- Asks where the op under the cursor is made now: the text may have been edited since the graph was drawn.
local function ranges(graph, digest, answered)
  graph.asked = graph.asked + 1
  local number = graph.asked
  luakit.ask(graph.script, "luakit/rangesOf", { uri = graph.uri, digest = digest }, function(answer, client)
    if graph.asked == number and vim.api.nvim_buf_is_valid(graph.buffer) then
      answered(answer, client.offset_encoding)
    end
  end, true)
end

local function follow_in_script(graph)
  local digest = op_of_line(graph)
  if not digest then
    graph.asked = graph.asked + 1
    return clear(graph)
  end
  ranges(graph, digest, function(answer, encoding)
    clear(graph)
    light(graph, answer.callers, "LuakitCaller", encoding)
    light(graph, answer.ranges, "LuakitCall", encoding)
    -- Where the script is shown, its window follows.
    local place = answer.ranges[1]
    local window = place and vim.fn.bufwinid(vim.uri_to_bufnr(place.uri)) or -1
    if window > 0 and window ~= vim.api.nvim_get_current_win() then
      local row, column = position(vim.api.nvim_win_get_buf(window), place.range.start, encoding)
      pcall(vim.api.nvim_win_set_cursor, window, { row + 1, column })
    end
  end)
end

local function follow_in_graph(graph)
  local window = vim.fn.bufwinid(graph.buffer)
  local client = luakit.client(graph.script)
  if window < 0 or not client then
    return
  end
  graph.asked = graph.asked + 1
  local number = graph.asked
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.uri = params.textDocument.uri
  luakit.ask(graph.script, "luakit/opsAt", params, function(answer)
    if graph.asked ~= number or not vim.api.nvim_win_is_valid(window) then
      return
    end
    clear(graph)
    local meant = {}
    for _, op in ipairs(answer.ops) do
      meant[op.digest] = true
    end
    local first
    for index, line in ipairs(graph.lines) do
      if line.digest and meant[line.digest] then
        local row = index + graph.head
        first = first or row
        graph.lit[graph.buffer] = true
        vim.api.nvim_buf_set_extmark(graph.buffer, space, row - 1, 0, { line_hl_group = "LuakitOp" })
      end
    end
    if first then
      vim.api.nvim_win_set_cursor(window, { first, 0 })
    end
  end, true)
end

--- Jumps to the call that made the op under the cursor; again, to the next of its calls.
local function jump(graph)
  local digest = op_of_line(graph)
  if not digest then
    return
  end
  ranges(graph, digest, function(answer, encoding)
    local places = vim.list_extend(vim.list_extend({}, answer.ranges), answer.callers)
    if #places == 0 then
      return luakit.warn("what made this op is not in a file")
    end
    local turn = (graph.turn[digest] or 0) % #places + 1
    graph.turn[digest] = turn
    local window = vim.fn.bufwinid(graph.script)
    if window > 0 then
      vim.api.nvim_set_current_win(window)
    end
    vim.lsp.util.show_document(places[turn], encoding, { reuse_win = true, focus = true })
  end)
end

--- Shows all that the op under the cursor says.
local function detail(graph)
  local op = graph.ops[op_of_line(graph) or ""]
  if op then
    vim.lsp.util.open_floating_preview(view.lines(op.detail), "", { border = "rounded", focus_id = "luakit.op" })
  end
end

local function head(answer)
  local unreached = vim.iter(answer.ops):fold(0, function(count, op)
    return count + (op.reached and 0 or 1)
  end)
  local name = vim.fs.basename(vim.uri_to_fname(answer.uri))
  local ops = #answer.ops == 1 and "1 op" or ("%d ops"):format(#answer.ops)
  local note = unreached > 0 and (", %d of them needed by no result"):format(unreached) or ""
  local stale = answer.stale and " (before the last changes)" or ""
  return ("%s: %s%s%s"):format(name, ops, note, stale)
end

local function fill(graph, answer)
  graph.ops, graph.names = {}, {}
  for _, op in ipairs(answer.ops) do
    graph.ops[op.digest] = op
  end
  for _, export in ipairs(answer.exports) do
    table.insert(graph.names, export.target)
  end
  graph.lines = tree.lines(answer)
  graph.head = 2
  local texts = { head(answer), "" }
  vim.list_extend(
    texts,
    vim.tbl_map(function(line)
      return line.text
    end, graph.lines)
  )
  view.fill(graph.buffer, texts)
  local colours = vim.api.nvim_create_namespace("luakit.graph.colours")
  vim.api.nvim_buf_clear_namespace(graph.buffer, colours, 0, -1)
  for index, line in ipairs(graph.lines) do
    if line.group then
      vim.api.nvim_buf_set_extmark(graph.buffer, colours, index + graph.head - 1, 0, { line_hl_group = line.group })
    end
  end
end

local function refresh(graph, quiet)
  luakit.ask(graph.script, "luakit/graph", { uri = graph.uri, target = graph.target }, function(answer)
    if vim.api.nvim_buf_is_valid(graph.buffer) then
      fill(graph, answer)
      -- What was lit went with the old lines.
      if #vim.lsp.get_clients({ bufnr = 0, name = "luakit" }) > 0 then
        follow_in_graph(graph)
      end
    end
  end, quiet)
end

local function close(graph)
  clear(graph)
  if shown[graph.script] == graph then
    shown[graph.script] = nil
  end
  pcall(vim.api.nvim_del_augroup_by_id, graph.group)
end

local function start(graph)
  local function map(key, action, desc)
    vim.keymap.set("n", key, function()
      action(graph)
    end, { buffer = graph.buffer, nowait = true, desc = desc })
  end
  map("<CR>", jump, "Go to the call that made this op, then to the next")
  map("K", detail, "Show all that this op says")
  map("R", refresh, "Draw the graph anew")
  graph.group = vim.api.nvim_create_augroup("luakit.graph." .. graph.script, { clear = true })
  local function on(events, buffer, action)
    vim.api.nvim_create_autocmd(events, {
      group = graph.group,
      buffer = buffer,
      callback = function()
        action(graph)
      end,
    })
  end
  on("CursorMoved", graph.buffer, follow_in_script)
  on("BufWipeout", graph.buffer, close)
  -- A module of the script moves the graph, too.
  vim.api.nvim_create_autocmd({ "CursorMoved", "CursorMovedI" }, {
    group = graph.group,
    pattern = "*.lua",
    callback = function(event)
      if #vim.lsp.get_clients({ bufnr = event.buf, name = "luakit" }) > 0 then
        follow_in_graph(graph)
      end
    end,
  })
end

--- Opens the graph of the script in this buffer, or of one of its results.
function M.open(target)
  local script, uri = luakit.script()
  luakit.ask(script, "luakit/graph", { uri = uri, target = target }, function(answer)
    local buffer = view.show(script, "graph", {})
    local old = shown[script]
    local graph = old and old.buffer == buffer and old
    if not graph then
      graph = { buffer = buffer, script = script, uri = uri, turn = {}, asked = 0, lit = {} }
      shown[script] = graph
      start(graph)
    end
    graph.target = target
    fill(graph, answer)
  end)
end

-- Each run that ends draws anew what is shown.
require("luakit.status").listen(function(status)
  for _, graph in pairs(shown) do
    if status.state ~= "outdated" then
      refresh(graph, true)
    end
  end
end)

return M
