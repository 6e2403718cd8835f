// Packs the extension with a server for this machine: `luakit-<platform>.vsix`.
//
//   LUAKIT_BIN=PATH   the server to pack (default: ../../target/release/luakit)
//   LUAKIT_TARGET=T   the platform it was built for, as vsce names them (default: this machine's)
//   LUAKIT_VSIX=PATH  where the package goes (default: luakit-T.vsix here)
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
const target = process.env.LUAKIT_TARGET ?? `${process.platform}-${process.arch}`;
const exe = target.startsWith('win32') ? 'luakit.exe' : 'luakit';
const binary = path.resolve(process.env.LUAKIT_BIN ?? path.join(folder, '../../target/release', exe));
const vsix = path.resolve(process.env.LUAKIT_VSIX ?? path.join(folder, `luakit-${target}.vsix`));

if (!existsSync(binary)) {
  console.error(`no server at ${binary}: run \`cargo build --release\`, or name one with LUAKIT_BIN`);
  process.exit(1);
}

rmSync(path.join(folder, 'server'), { recursive: true, force: true });
mkdirSync(path.join(folder, 'server'));
const packed = path.join(folder, 'server', exe);
copyFileSync(binary, packed);
// Archives of build artifacts lose the bit, and a zip keeps what it finds.
chmodSync(packed, 0o755);

run(process.execPath, ['scripts/build.mjs']);
mkdirSync(path.dirname(vsix), { recursive: true });
run(process.execPath, [
  'node_modules/@vscode/vsce/vsce',
  'package',
  '--target',
  target,
  '--out',
  vsix,
  // The bundle already holds the dependencies.
  '--no-dependencies',
  '--allow-missing-repository',
  '--skip-license',
]);
console.log(`${vsix} (${(statSync(vsix).size / 1024 / 1024).toFixed(1)} MB, server ${binary})`);

function run(command, args) {
  const done = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (done.status !== 0) {
    console.error(`${args.join(' ')} failed:\n${done.stdout}${done.stderr}${done.error ?? ''}`);
    process.exit(1);
  }
}
