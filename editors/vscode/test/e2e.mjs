// Uses the packaged extension as a person would, in a real VS Code.
//
//   node test/e2e.mjs          (or: npm test)
//   LUAKIT_BIN=PATH            the server to pack (default: the newer of target/release and target/debug)
//   LUAKIT_VSIX=PATH           a package to test as it is, instead
//   LUAKIT_E2E_SERVER=PATH     start this server instead of the packed one: to see the test fail
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { testEditing } from './editing.mjs';
import { finish, Stop } from './harness.mjs';
import { testLookup } from './lookup.mjs';
import { testPin } from './pin.mjs';
import { testTrust } from './trust.mjs';
import { testTrouble } from './trouble.mjs';
import { testViews } from './views.mjs';
import { requireTools } from './workbench.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

try {
  requireTools();
  const vsix = process.env.LUAKIT_VSIX ? path.resolve(process.env.LUAKIT_VSIX) : pack();
  await testLookup();
  await testEditing(vsix, process.env.LUAKIT_E2E_SERVER);
  await testViews(vsix, process.env.LUAKIT_E2E_SERVER);
  await testPin(vsix, process.env.LUAKIT_E2E_SERVER);
  await testTrouble(vsix);
  await testTrust(vsix);
} catch (error) {
  if (!(error instanceof Stop)) {
    console.log(`FAIL  ${error.message}`);
    process.exitCode = 1;
  }
}
finish();

function pack() {
  const vsix = path.join(repository, 'target/vscode/luakit.vsix');
  const script = fileURLToPath(new URL('../scripts/package.mjs', import.meta.url));
  const env = { ...process.env, LUAKIT_BIN: process.env.LUAKIT_BIN ?? newest(), LUAKIT_VSIX: vsix };
  const done = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr.trim());
  console.log(done.stdout.trim());
  return vsix;
}

function newest() {
  const built = ['release', 'debug']
    .map(profile => path.join(repository, 'target', profile, 'luakit'))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!built.length) throw new Error('no server in target/: run `cargo build`, or name one with LUAKIT_BIN');
  return built[0];
}
