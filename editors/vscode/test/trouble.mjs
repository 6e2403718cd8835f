// No server, a broken one, and folders where none is wanted.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { assert, check, until } from './harness.mjs';
import { messages } from './page.mjs';
import { openWorkbench, serversIn, shot } from './workbench.mjs';

const WRONG = 'bk.export(bk.image("alpine", { platfrm = "linux/arm64" }))\n';

export async function testTrouble(vsix) {
  const files = {
    'game/player.lua': 'local hp = 10\nreturn hp\n',
    'ci/build.lua': WRONG,
    'ci/lib/go.lua': 'return {}\n',
  };
  const bench = await openWorkbench(vsix, files);
  const { page, folder, ask, extensions, machineSettings } = bench;
  const entry = path.join(folder, 'ci/build.lua');
  const found = () => ask('diagnostics', { file: entry });
  const shown = async text => (await messages(page)).find(message => message.includes(text));
  const use = server => writeFileSync(machineSettings, JSON.stringify({ 'luakit.server.path': server }));

  try {
    await check('a Lua file of something else starts no server', async () => {
      await ask('open', { file: path.join(folder, 'game/player.lua') });
      // The extension itself is awake: its command answers.
      await ask('command', { id: 'luakit.showOutput' });
      assert.deepEqual(serversIn(extensions), []);
      assert.deepEqual(await messages(page), []);
    });

    await check('a build script in a subfolder does', async () => {
      await ask('open', { file: entry });
      await until('finding', async () => (await found()).length, { seen: found });
      assert.equal(serversIn(extensions).length, 1);
    });

    await check('a server that is not there is told, with what to do', async () => {
      use('/nowhere/luakit');
      await until('message', () => shown('/nowhere/luakit'), { seen: () => messages(page) });
      const message = await shown('/nowhere/luakit');
      await page.screenshot({ path: shot('no-server') });
      for (const part of [
        'does not exist',
        'luakit.server.path',
        'Open Settings',
        'Show Output',
        'Try Again',
      ]) {
        assert.ok(message.includes(part), message);
      }
      assert.deepEqual(serversIn(extensions), []);
    });

    await check('a server that ends at once is told once', async () => {
      const broken = path.join(folder, 'broken');
      writeFileSync(broken, '#!/bin/sh\n[ "$1" = version ] && echo luakit 9.9.9\n', { mode: 0o755 });
      use(broken);
      await until('message', () => shown('did not answer'), { seen: () => messages(page) });
      const about = (await messages(page)).filter(message => !message.includes('/nowhere'));
      assert.equal(about.length, 1, about.join('\n---\n'));
    });

    await check('with the setting gone the packed server is back', async () => {
      use('');
      await until('server', () => serversIn(extensions).length === 1, { seen: () => messages(page) });
      await until('finding', async () => (await found()).length, { seen: found });
    });
  } finally {
    await bench.close();
  }
}
