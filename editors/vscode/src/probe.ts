// Runs `luakit version` before the server is trusted to start, so that what is wrong can be said in plain words:
// VS Code installs a package for another platform without a complaint, and a server that cannot run only shows as a
// connection that closed.
import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isExecutable, type Server } from './server';

const TIMEOUT_MS = 10_000;

export type Probe = { version: string } | { problem: string };

export async function probe(server: Server): Promise<Probe> {
  const stat = statSync(server.path, { throwIfNoEntry: false });
  if (!stat) return { problem: `\`${server.path}\`, from ${server.origin}, does not exist` };
  if (!stat.isFile()) return { problem: `\`${server.path}\`, from ${server.origin}, is not a file` };
  if (!isExecutable(server.path)) {
    return { problem: `\`${server.path}\`, from ${server.origin}, is not executable` };
  }
  return new Promise(resolve => {
    execFile(
      server.path,
      ['version'],
      { timeout: TIMEOUT_MS, windowsHide: true },
      (error, stdout, stderr) => {
        if (!error) resolve({ version: versionOf(stdout) });
        else resolve({ problem: explain(server, error, stderr) });
      },
    );
  });
}

/** `luakit 0.1.0 (…)` → `0.1.0` */
function versionOf(stdout: string): string {
  const line = stdout.trim().split('\n')[0] ?? '';
  return /\d+\.\d+\.\d+\S*/.exec(line)?.[0] ?? line;
}

function explain(
  server: Server,
  error: Error & { code?: unknown; killed?: boolean; signal?: unknown },
  stderr: string,
): string {
  const name = `\`${server.path}\`, from ${server.origin},`;
  const built = builtFor(server.path);
  const here = `${process.platform}-${process.arch}`;
  if (built !== undefined && built !== here && built !== `${process.platform}-any`) {
    return `${name} was built for ${built} and cannot run on ${here}`;
  }
  // The file is there, so what was not found is the loader that it names: another C library.
  if (error.code === 'ENOENT') return `${name} was built for another system than this ${here}`;
  if (typeof error.code === 'string') return `${name} cannot be run: ${error.message}`;
  if (error.killed) return `${name} did not answer \`luakit version\` within ${TIMEOUT_MS / 1000} s`;
  const why = stderr.trim().split('\n')[0];
  const end = error.signal ? `was ended by ${String(error.signal)}` : `exited with ${String(error.code)}`;
  return `${name} does not work: \`luakit version\` ${end}${why ? `: ${why}` : ''}`;
}

/** The system a binary was built for, from its first bytes; undefined for what is no binary (a script, say). */
function builtFor(file: string): string | undefined {
  const head = Buffer.alloc(20);
  const fd = openSync(file, 'r');
  try {
    if (readSync(fd, head, 0, head.length, 0) < head.length) return undefined;
  } finally {
    closeSync(fd);
  }
  if (head.readUInt32BE(0) === 0x7f454c46) {
    return `linux-${{ 0x03: 'ia32', 0x28: 'arm', 0x3e: 'x64', 0xb7: 'arm64' }[head.readUInt16LE(18)] ?? 'unknown'}`;
  }
  if (head.readUInt16BE(0) === 0x4d5a) return 'win32-any';
  if (head.readUInt32BE(0) === 0xcafebabe) return 'darwin-any';
  if (head.readUInt32LE(0) === 0xfeedfacf) {
    return `darwin-${{ 0x01000007: 'x64', 0x0100000c: 'arm64' }[head.readUInt32LE(4)] ?? 'unknown'}`;
  }
  return undefined;
}
