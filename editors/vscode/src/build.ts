// Builds a script with BuildKit's own client, in a terminal.
import * as path from 'node:path';
import * as vscode from 'vscode';
import { nameOf, type Result } from './result';
import { onPath } from './server';
import type { Session } from './session';

/** The script that is built, and the folders that its local sources are. */
interface Graph {
  uri: string;
  contexts?: Record<string, string>;
}

/** Saves the script and builds it. Of several results, one is asked for. */
export async function build(session: Session, result: Result): Promise<void> {
  const uri = vscode.Uri.parse(result.uri);
  if (uri.scheme !== 'file') throw new Error('what is built is a file: save it first');
  if (!onPath('buildctl', process.env, process.platform)) {
    throw new Error('there is no `buildctl` on PATH, which builds');
  }
  const server = session.server;
  if (!server) throw new Error('no server is running');
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) throw new Error('the script could not be saved');
  const target = result.target ?? (await choose(session, result));
  if (target === undefined) return;
  const chosen = { uri: result.uri, target };
  // Evaluates what is saved, if that has not been done yet.
  const json = await session.request<string>('luakit/llb', { ...chosen, format: 'json' });
  const graph = await session.request<Graph>('luakit/graph', chosen);
  // A module is built by a script that requires it.
  const script = vscode.Uri.parse(graph.uri).fsPath;
  const args = vscode.workspace.getConfiguration('luakit', uri).get<Record<string, unknown>>('args', {});
  const ours = [
    ...[server.path, 'build', path.basename(script)],
    // What the editor evaluates is what is built.
    ...Object.entries(args).flatMap(([name, value]) => ['--arg', `${name}=${String(value)}`]),
    ...(target ? ['--target', target] : []),
  ];
  const cwd = path.dirname(script);
  // Without a word about it in luakit.toml, a local source is the folder of the script.
  const folder = (name: string) => path.relative(cwd, graph.contexts?.[name] ?? cwd) || '.';
  const theirs = ['buildctl', 'build', ...locals(json).flatMap(it => ['--local', `${it}=${folder(it)}`])];
  const name = `build ${nameOf(chosen)}`;
  const open = vscode.window.terminals.find(it => it.name === name && it.exitStatus === undefined);
  const terminal = open ?? vscode.window.createTerminal({ name, cwd });
  terminal.show(true);
  terminal.sendText(`${quoted(ours)} | ${quoted(theirs)}`);
}

/** The target to build; null is what is built by default, and undefined that nothing was chosen. */
async function choose(session: Session, { uri }: Result): Promise<string | null | undefined> {
  interface Export {
    target: string;
    default: boolean;
  }
  const { exports } = await session.request<{ exports: Export[] }>('luakit/graph', { uri });
  if (exports.some(it => it.default)) return null;
  const targets = exports.map(({ target }) => target);
  return vscode.window.showQuickPick(targets, { placeHolder: 'Build which result?' });
}

/** The names of the folders that the definition asks the client for. */
function locals(json: string): string[] {
  const { ops } = JSON.parse(json) as { ops: { source?: { identifier?: string } }[] };
  const identifiers = ops.map(op => op.source?.identifier ?? '');
  const names = identifiers.filter(it => it.startsWith('local://')).map(it => it.slice('local://'.length));
  return [...new Set(names)];
}

function quoted(words: string[]): string {
  const quote = (word: string) => {
    if (/^[\w@%+=:,./-]+$/.test(word)) return word;
    return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
  };
  return words.map(quote).join(' ');
}
