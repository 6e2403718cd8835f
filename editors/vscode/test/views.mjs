// What the lenses lead to: the graph beside the script, its LLB, and what an edit rebuilds.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { assert, check, until } from './harness.mjs';
import { focused, messages, palette } from './page.mjs';
import { openWorkbench, shot } from './workbench.mjs';

const SCRIPT = `local base = bk.image("alpine:3.19")
local tools = base:run("apk add git")
local src = bk.local_("context", { include = { "src" } })
bk.export(tools:copy(src, "/src", "/src"):run("make"))
`;

export async function testViews(vsix, server) {
  const bench = await openWorkbench(vsix, { 'build.lua': SCRIPT }, { server });
  const { page, folder, ask } = bench;
  const file = path.join(folder, 'build.lua');
  const lens = text => page.locator('.codelens-decoration a', { hasText: text });
  const drawn = (selector, options) =>
    page.frameLocator('iframe.webview').frameLocator('#active-frame').locator(selector, options);
  const op = text => drawn('.op', { hasText: text });
  const shown = end => async () => (await ask('shown')).find(({ uri }) => uri.includes(`build.lua.${end}`));
  const replace = async (before, after) => {
    const from = (await ask('text', { file })).indexOf(before);
    await ask('select', { file, from, to: from + before.length });
    await focused(page);
    await page.keyboard.type(after);
    await page.keyboard.press('Control+S');
  };

  try {
    await check('the lens has the number of ops, and leads to the LLB', async () => {
      await ask('open', { file });
      await focused(page);
      await page.keyboard.press('Control+S');
      await lens('LLB · 5 ops').click();
      const { text } = await until('the LLB', shown('llb'), { seen: () => messages(page) });
      assert.match(text, /= exec \/bin\/sh -c 'apk add git'/);
    });

    await check('the LLB follows a save, and the lens says what is rebuilt, and shows why', async () => {
      await replace('git', 'git curl');
      await until('the new LLB', async () => (await shown('llb')()).text.includes('git curl'));
      await lens('rebuilds 3 of 5 ops').click();
      const { text } = await until('the difference', shown('diff'), { seen: () => messages(page) });
      assert.match(text, /command: apk add git → apk add git curl\n\s+runs/);
      await page.screenshot({ path: shot('rebuilds') });
      const line = await page.locator('.codelens-decoration').first().innerText();
      return line.replaceAll(/\s+/g, ' ');
    });

    await check('the graph lights the call under the cursor, and a click goes to the call', async () => {
      // Only the graph beside the script, so that the picture shows it.
      await ask('command', { id: 'workbench.action.closeEditorsInOtherGroups' });
      await palette(page, 'luakit: Show Graph');
      await op('apk add git curl').waitFor();
      await until('five ops', async () => (await drawn('.op').count()) === 5);
      const from = SCRIPT.indexOf('alpine');
      await ask('select', { file, from, to: from + 1 });
      const lit = async () => (await op('alpine').getAttribute('class')).includes('lit');
      await until('light on the image', lit);
      await until('marks on what is rebuilt', async () => (await drawn('.op.rebuilt').count()) === 3);
      await page.screenshot({ path: shot('graph') });
      await op('make').last().click();
      const selected = async () => (await ask('shown')).some(({ selected }) => selected === 'run("make")');
      await until('selection of the call', selected, { seen: () => ask('shown') });
    });

    await check('the graph follows a save', async () => {
      await replace('make', 'make all');
      await op('make all').waitFor();
    });

    await check('without buildctl a build says so', async () => {
      if (!spawnSync('buildctl', ['--version']).error) return 'there is one';
      await palette(page, 'luakit: Build Script');
      const told = async () => (await messages(page)).find(text => text.includes('buildctl'));
      return until('message', told);
    });
  } catch (error) {
    await page.screenshot({ path: shot('failed-views') });
    throw error;
  } finally {
    await bench.close();
  }
}
