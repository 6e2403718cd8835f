// An image is pinned from the menu of code actions, with a registry of its own.
import { createServer } from 'node:http';
import path from 'node:path';
import { assert, check, until } from './harness.mjs';
import { focused } from './page.mjs';
import { openWorkbench, shot } from './workbench.mjs';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

export async function testPin(vsix, server) {
  // It has `app:1` and nothing else.
  const asked = [];
  const registry = createServer((request, response) => {
    asked.push(request.url);
    const has = request.url === '/v2/app/manifests/1';
    response.writeHead(has ? 200 : 404, has ? { 'Docker-Content-Digest': DIGEST } : {}).end();
  });
  await new Promise(resolve => registry.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${registry.address().port}`;
  const script = `local base = bk.image("${host}/app:1")
bk.export(base:copy(bk.image("${host}/none:1"), "/a", "/b"))
`;
  const bench = await openWorkbench(vsix, { 'build.lua': script }, { server });
  const { page, folder, ask } = bench;
  const file = path.join(folder, 'build.lua');
  const text = () => ask('text', { file });
  const pick = async (name, title) => {
    const from = (await text()).indexOf(name);
    await ask('select', { file, from, to: from });
    await focused(page);
    await page.keyboard.press('Control+.');
    const chosen = page.locator('.action-widget .monaco-list-row.focused').filter({ hasText: title });
    await chosen.first().waitFor();
    await page.screenshot({ path: shot('pin') });
    await page.keyboard.press('Enter');
  };

  try {
    await ask('open', { file });
    await check('an image is pinned once its action is picked', async () => {
      await pick('app:1', `Pin \`${host}/app:1\` to its digest`);
      const pinned = script.replace('app:1', `app:1@${DIGEST}`);
      await until('digest', async () => (await text()) === pinned, { seen: text });
      // The menu of actions was there before it.
      assert.deepEqual(asked, ['/v2/app/manifests/1']);
      return pinned.split('\n')[0];
    });

    await check('an image that cannot be had is told, and nothing changes', async () => {
      const before = await text();
      await pick('none:1', `Pin \`${host}/none:1\` to its digest`);
      const message = page.locator('.notification-toast').filter({ hasText: 'has no `none:1`' });
      await message.first().waitFor();
      assert.equal(await text(), before);
    });
  } catch (error) {
    await page.screenshot({ path: shot('failed') });
    throw error;
  } finally {
    await bench.close();
    registry.closeAllConnections();
    registry.close();
  }
}
