// A folder that is not trusted is checked, and nothing in it is run.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { assert, check, until } from './harness.mjs';
import { focused } from './page.mjs';
import { openWorkbench } from './workbench.mjs';

// The mode of the folder is wrong, which nothing but a run shows.
const SCRIPT = `local function folder(base, mode)
  return base:mkdir("/a", { mode = mode })
end
bk.export(folder(bk.image("alpine"), "0799"), { usr = "nobody" })
`;

export async function testTrust(vsix) {
  const bench = await openWorkbench(vsix, { 'build.lua': SCRIPT }, { trusted: false });
  const { page, folder, ask } = bench;
  const file = path.join(folder, 'build.lua');
  const found = () => ask('diagnostics', { file });

  try {
    await check('in an untrusted folder scripts are checked but not evaluated', async () => {
      assert.equal(await ask('trusted'), false);
      await ask('open', { file });
      await until('finding on `usr`', async () => (await found()).some(({ text }) => text === 'usr'), {
        seen: found,
      });
      const text = await ask('text', { file });
      const from = text.indexOf('usr');
      await ask('select', { file, from, to: from + 'usr'.length });
      await focused(page);
      await page.keyboard.type('user');
      await until('end of the findings', async () => !(await found()).length, { seen: found });
      await page.keyboard.press('Control+S');
      await until('save', async () => !(await ask('dirty', { file })));
      // A second mistake after the save: once it is reported, the server has dealt with the save before it.
      await page.keyboard.type('s');
      await until('finding on `users`', async () => (await found()).length, { seen: found });
      const messages = (await found()).map(({ message }) => message).join('\n');
      assert.doesNotMatch(messages, /0799/);
      assert.ok(!existsSync(path.join(folder, '.luakit')), 'nothing is written');
    });
  } finally {
    await bench.close();
  }
}
