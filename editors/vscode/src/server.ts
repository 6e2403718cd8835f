// Where the server is: LUAKIT_SERVER, the setting, the one packed with the extension, PATH.
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';

export interface Places {
  /** The environment of the extension host. */
  env: NodeJS.ProcessEnv;
  /** The setting `luakit.server.path`. */
  setting: string;
  extensionPath: string;
  platform: NodeJS.Platform;
}

export interface Server {
  path: string;
  /** Who named it, in the user's words. */
  origin:
    'the environment variable LUAKIT_SERVER' | 'the setting luakit.server.path' | 'this extension' | 'PATH';
}

/** Finds the server. A place that was named by hand is taken even if nothing is there: a typo should be told. */
export function findServer(places: Places): Server | undefined {
  const { env, setting, extensionPath, platform } = places;
  if (env.LUAKIT_SERVER) {
    return { path: expand(env.LUAKIT_SERVER), origin: 'the environment variable LUAKIT_SERVER' };
  }
  if (setting.trim()) return { path: expand(setting.trim()), origin: 'the setting luakit.server.path' };

  const name = platform === 'win32' ? 'luakit.exe' : 'luakit';
  const packed = path.join(extensionPath, 'server', name);
  if (isFile(packed)) return { path: packed, origin: 'this extension' };

  const found = onPath('luakit', env, platform);
  return found === undefined ? undefined : { path: found, origin: 'PATH' };
}

/** Finds a program on PATH. */
export function onPath(
  program: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string | undefined {
  const name = platform === 'win32' ? `${program}.exe` : program;
  return (
    (env.PATH ?? env.Path ?? '')
      .split(platform === 'win32' ? ';' : ':')
      // An empty or relative entry means the current folder, which may be the workspace: that is not ours to run.
      .filter(folder => path.isAbsolute(folder))
      .map(folder => path.join(folder, name))
      .find(file => isFile(file) && isExecutable(file))
  );
}

export function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function expand(file: string): string {
  return file === '~' || file.startsWith('~/') ? path.join(homedir(), file.slice(1)) : file;
}
