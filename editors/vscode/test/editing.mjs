// A build script is opened, read, mended and saved.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { assert, check, until } from './harness.mjs';
import {
  boxOf,
  complete,
  focused,
  hover,
  messages,
  palette,
  problems,
  squiggles,
  status,
  under,
} from './page.mjs';
import { openWorkbench, serversIn, shot } from './workbench.mjs';

// Nothing but a run shows that `0799` arrives at `mkfile` as a mode, and who passed it.
const SCRIPT = `local function install(base, path, mode)
  return base:mkfile(path, "#!/bin/sh\\n", { mode = mode })
end

local base = bk.image("alpine:3.19")
local tools = install(base, "/usr/bin/start", "0755")
local app = install(tools, "/usr/bin/stop", "0799")

local built = app:run("make install", {
  mounts = { bk.cache("/root/.cache", { sharng = "locked" }) },
})
bk.export(built, { entrypoint = { "/usr/bin/start" } })
`;

const ENTRY = `local tools = require("lib.tools")
bk.export(tools.folder(bk.image("alpine:3.19"), "0799"))
`;
const MODULE = `local M = {}
function M.folder(base, mode)
  return base:mkdir("/srv", { mode = mode })
end
return M
`;

export async function testEditing(vsix, server) {
  const files = { 'build.lua': SCRIPT, 'web/build.lua': ENTRY, 'web/lib/tools.lua': MODULE };
  const bench = await openWorkbench(vsix, files, { server });
  const { page, folder, ask } = bench;
  const file = path.join(folder, 'build.lua');
  const llb = path.join(folder, '.luakit/build.lua.pb');
  const found = () => ask('diagnostics', { file });
  const seen = async () => ({ diagnostics: await found(), messages: await messages(page) });
  const select = async (text, part = text) => {
    const all = await ask('text', { file });
    const from = all.indexOf(text) + text.indexOf(part);
    assert.ok(all.includes(text), `no ${text} in the script:\n${all}`);
    await ask('select', { file, from, to: from + part.length });
    await focused(page);
  };

  try {
    await check(
      'an unknown option is underlined, and only that',
      async () => {
        await ask('open', { file });
        const option = await until(
          'finding on `sharng`',
          async () => {
            const said = await messages(page);
            assert.deepEqual(said, [], 'the server did not start');
            return (await found()).find(({ text }) => text === 'sharng');
          },
          { seconds: 15, seen },
        );
        assert.equal(option.source, 'luakit');
        assert.equal(option.code, 'unknown-option');
        assert.match(option.message, /sharng/);
        assert.match(option.message, /sharing/, 'the message offers the right spelling');
        const word = await boxOf(page, 'sharng');
        const drawn = async () => (await squiggles(page)).some(mark => under(mark, word));
        await until('squiggle under `sharng` on the page', drawn, { seen: () => squiggles(page) });
        return option.message.split('\n')[0];
      },
      { needed: true },
    );

    await check('the server is the one in the package, and the status bar says so', async () => {
      if (!server) assert.equal(serversIn(bench.extensions).length, 1);
      const text = await status(page);
      assert.match(text, /luakit \d+\.\d+\.\d+/);
      return text;
    });

    await check('hover on a bk function shows its documentation', async () => {
      const text = await hover(page, 'cache', /bk\.cache\(/, { line: 'bk.cache(' });
      await page.screenshot({ path: shot('hover') });
      assert.match(text, /director|mount/i, 'its description');
      await page.keyboard.press('Escape');
      return text.split('\n')[0];
    });

    await check('hover on the squiggle shows the message', async () => {
      await hover(page, 'sharng', /unknown option `?sharng/);
      await page.screenshot({ path: shot('squiggle') });
      await page.keyboard.press('Escape');
    });

    await check('completion in an option table offers the options', async () => {
      await select('{ sharng = "locked" }', 'sharng = "locked"');
      await page.keyboard.press('Delete');
      const offered = await complete(page);
      await page.screenshot({ path: shot('completion') });
      for (const option of ['sharing', 'id', 'readonly'])
        assert.ok(offered.includes(option), offered.join(' '));
      assert.ok(!offered.includes('entrypoint'), 'no options of other calls');
      await page.keyboard.type('shari');
      await page.keyboard.press('Enter');
      await until('accepted completion', async () => /\{ sharing\b/.test(await ask('text', { file })));
      await page.keyboard.press('Escape');
      return offered.slice(0, 8).join(' ');
    });

    await check('a mistake is underlined while typing, and gone when mended', async () => {
      const accepted = /\{ (sharing\b[^}]*)\}/.exec(await ask('text', { file }))[1];
      await select(accepted);
      await page.keyboard.type('sharing = "locke', { delay: 20 });
      const start = Date.now();
      await page.keyboard.type('x" ');
      const choice = async () => (await found()).find(({ text }) => text === '"lockex"');
      await until('finding on "lockex"', choice, { seen });
      const ms = Date.now() - start;
      await select('"lockex"', 'x');
      await page.keyboard.type('d');
      await until('end of the findings', async () => !(await found()).length, { seen });
      return `${ms} ms from the key to the finding`;
    });

    await check('a save shows what only a run finds, with the calls that led there', async () => {
      await page.keyboard.press('Control+S');
      const error = await until(
        'finding of the dry run',
        async () => (await found()).find(({ message }) => message.includes('0799')),
        { seen },
      );
      assert.equal(error.source, 'luakit');
      assert.equal(error.severity, 'Error');
      assert.equal(error.line, 2, `on the line of mkfile: ${JSON.stringify(error)}`);
      const caller = error.related.find(({ line }) => line === 7);
      assert.ok(caller, `the guilty call, line 7, is in the trace: ${JSON.stringify(error.related)}`);
      assert.equal(caller.file, file);
      assert.ok(!error.related.some(({ line }) => line === 6), 'the innocent call is not');

      const rows = await problems(page);
      await rows.filter({ hasText: '0799' }).first().waitFor();
      await rows.filter({ hasText: '0799' }).first().click();
      await page.keyboard.press('ArrowRight');
      await rows
        .filter({ hasText: caller.message.split('\n')[0] })
        .filter({ hasText: 'Ln 7' })
        .first()
        .waitFor();
      await page.mouse.move(800, 300);
      await page.screenshot({ path: shot('problems') });
      assert.ok(!existsSync(llb), 'no LLB of a script that failed');
      return `${error.message.split('\n')[0]} (${caller.message.split('\n')[0]})`;
    });

    await check('mended and saved, the error is gone and the LLB is on disk', async () => {
      await select('"0799"', '0799');
      await page.keyboard.type('0755');
      await page.keyboard.press('Control+S');
      await until('LLB file', () => existsSync(llb) && statSync(llb).size > 0, { seen });
      await until('end of the findings', async () => !(await found()).length, { seen });
      await until('end of the squiggles', async () => !(await squiggles(page)).length);
      assert.equal(await ask('dirty', { file }), false);
      assert.match(await status(page), /build\.lua: \d+ ops, evaluated/);
      return `.luakit/build.lua.pb, ${statSync(llb).size} bytes`;
    });

    await check('the command evaluates what is not saved yet', async () => {
      await select('"/usr/bin/stop", "0755"', '0755');
      await page.keyboard.type('0799');
      await palette(page, 'luakit: Evaluate Script');
      await until('finding of the dry run', async () => (await found()).some(({ line }) => line === 2), {
        seen,
      });
      await select('"0799"', '0799');
      await page.keyboard.type('0755');
      await page.keyboard.press('Control+S');
      await until('end of the findings', async () => !(await found()).length, { seen });
    });

    await check('the command restarts the server', async () => {
      const folder = server ? path.dirname(server) : bench.extensions;
      const [before] = serversIn(folder);
      await palette(page, 'luakit: Restart Server');
      await until('another server process', () => {
        const now = serversIn(folder);
        return now.length === 1 && now[0] !== before;
      });
      await select('"locked"', 'locked');
      await page.keyboard.type('loked');
      await until('finding of the new server', async () => (await found()).length === 1, { seen });
    });

    await check('a mistake in a required module is shown there, with the call in the script', async () => {
      const [entry, module] = ['web/build.lua', 'web/lib/tools.lua'].map(name => path.join(folder, name));
      await ask('open', { file: entry });
      await focused(page);
      await page.keyboard.press('Control+S');
      // The module is not open yet, so only the panel can show it.
      const rows = await problems(page);
      await rows.filter({ hasText: '0799' }).first().waitFor();
      await ask('open', { file: module });
      const inModule = () => ask('diagnostics', { file: module });
      const error = await until('finding', async () => (await inModule())[0], { seen: inModule });
      assert.equal(error.line, 3);
      assert.deepEqual([error.related[0]?.file, error.related[0]?.line], [entry, 2]);
      const from = MODULE.indexOf('mode = mode') + 'mode = '.length;
      await ask('select', { file: module, from, to: from + 'mode'.length });
      await focused(page);
      await page.keyboard.type('"0755"');
      await page.keyboard.press('Control+S');
      const llb = path.join(folder, 'web/.luakit/build.lua.pb');
      await until('LLB file of the script', () => existsSync(llb), { seen: inModule });
      await until('end of the findings', async () => !(await inModule()).length, { seen: inModule });
    });
  } catch (error) {
    await page.screenshot({ path: shot('failed') });
    throw error;
  } finally {
    await bench.close();
  }
}
