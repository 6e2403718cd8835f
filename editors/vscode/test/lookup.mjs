// Where the server is looked for, and what is said about one that cannot run. Needs no VS Code.
import { build } from 'esbuild';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { assert, check } from './harness.mjs';

export async function testLookup() {
  const dir = mkdtempSync(path.join(tmpdir(), 'luakit-lookup-'));
  try {
    const { findServer } = await load('server', dir);
    const { probe } = await load('probe', dir);
    const extensionPath = path.join(dir, 'extension');
    const bin = path.join(dir, 'bin');
    program(path.join(extensionPath, 'server/luakit'));
    program(path.join(bin, 'luakit'));
    const places = { env: { PATH: bin }, setting: '', extensionPath, platform: 'linux' };
    const origin = changes => findServer({ ...places, ...changes })?.origin;

    await check(
      'the server is looked for in the variable, the setting, the package and PATH, in this order',
      () => {
        const env = { PATH: bin, LUAKIT_SERVER: '/v/luakit' };
        assert.equal(origin({ env, setting: '/s/luakit' }), 'the environment variable LUAKIT_SERVER');
        assert.equal(origin({ setting: '/s/luakit' }), 'the setting luakit.server.path');
        assert.equal(origin({}), 'this extension');
        assert.equal(origin({ extensionPath: dir }), 'PATH');
        assert.equal(origin({ extensionPath: dir, env: { PATH: '/nowhere' } }), undefined);
        assert.equal(origin({ extensionPath: dir, env: { PATH: '.:bin:' } }), undefined);
      },
    );

    await check('what is wrong with a server is said in plain words', async () => {
      const told = async file => (await probe({ path: file, origin: 'PATH' })).problem;
      assert.match(await told(path.join(dir, 'none')), /does not exist/);
      assert.match(await told(dir), /is not a file/);

      const plain = program(path.join(dir, 'plain'));
      chmodSync(plain, 0o644);
      assert.match(await told(plain), /is not executable/);

      const foreign = Buffer.from(elf());
      foreign.writeUInt16LE(process.arch === 'arm64' ? 0x3e : 0xb7, 18);
      const built = process.arch === 'arm64' ? 'x64' : 'arm64';
      assert.match(
        await told(program(path.join(dir, 'foreign'), foreign)),
        new RegExp(`built for linux-${built} and`),
      );
      const windows = program(path.join(dir, 'windows'), Buffer.from('MZ'.padEnd(64)));
      assert.match(await told(windows), /built for win32-any and/);

      const failing = program(path.join(dir, 'failing'), '#!/bin/sh\necho no such thing >&2\nexit 3\n');
      assert.match(await told(failing), /`luakit version` exited with 3: no such thing/);
      const loader = program(path.join(dir, 'loader'), '#!/nowhere/loader\n');
      assert.match(await told(loader), /built for another system/);

      const good = program(path.join(dir, 'good'), '#!/bin/sh\necho "luakit 1.2.3 (abc)"\n');
      assert.deepEqual(await probe({ path: good, origin: 'PATH' }), { version: '1.2.3' });
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function load(name, dir) {
  const outfile = path.join(dir, `${name}.mjs`);
  const entry = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile));
}

function program(file, content = '#!/bin/sh\n') {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: 0o755 });
  return file;
}

/** The first bytes of a Linux program. */
function elf() {
  const head = Buffer.alloc(64);
  head.writeUInt32BE(0x7f454c46, 0);
  head[4] = 2;
  head[5] = 1;
  return head;
}
