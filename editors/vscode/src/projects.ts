// Which documents are luakit's.
//
// Lua is used for much else, so the language alone does not tell. Luakit's are build scripts by their name, the Lua
// files beside and below one (that is where `require` looks), and files that export something.
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { TextDocumentFilter } from 'vscode-languageclient/node';

const MARKERS = ['luakit.toml', 'build.lua'];
const MARKER_GLOB = '**/{luakit.toml,build.lua,*.build.lua}';

export class Projects implements vscode.Disposable {
  private readonly roots = new Set<string>();
  private readonly files = new Set<string>();
  private entrySeen = false;
  private readonly watcher = vscode.workspace.createFileSystemWatcher(MARKER_GLOB, false, true, true);
  private readonly appeared = new vscode.EventEmitter<void>();

  /** Fires when a project comes into being beside files that are open already. */
  readonly onDidAppear = this.appeared.event;

  constructor() {
    this.watcher.onDidCreate(uri => {
      if (this.addRoot(path.dirname(uri.fsPath))) this.appeared.fire();
    });
  }

  dispose(): void {
    this.watcher.dispose();
    this.appeared.dispose();
  }

  /** Whether there is anything to serve. */
  get any(): boolean {
    return this.entrySeen || this.roots.size > 0 || this.files.size > 0;
  }

  /** Takes the workspace folders that are projects; true if that changes the selector. */
  async addFolders(folders: readonly vscode.WorkspaceFolder[]): Promise<boolean> {
    const found = await Promise.all(
      folders
        .filter(folder => folder.uri.scheme === 'file')
        .map(async ({ uri }) => (await hasMarker(uri.fsPath)) && this.addRoot(uri.fsPath)),
    );
    return found.includes(true);
  }

  /** Takes the document if it is luakit's; true if that changes the selector, or is the first to need a server. */
  async add(document: vscode.TextDocument): Promise<boolean> {
    if (document.languageId !== 'lua') return false;
    if (document.uri.scheme === 'untitled') {
      return /\bbk\s*\./.test(document.getText()) && this.addEntry();
    }
    if (document.uri.scheme !== 'file') return false;
    const file = document.uri.fsPath;
    if (this.covers(file)) return false;
    const root = await rootOf(file);
    if (root !== undefined) return this.addRoot(root);
    if (isEntry(file)) return this.addEntry();
    if (!/\bbk\s*\.\s*(export|target)\b/.test(document.getText())) return false;
    this.files.add(file);
    return true;
  }

  selector(): TextDocumentFilter[] {
    return [
      { language: 'lua', scheme: 'untitled' },
      { language: 'lua', scheme: 'file', pattern: '**/build.lua' },
      { language: 'lua', scheme: 'file', pattern: '**/*.build.lua' },
      ...[...this.roots].map(root => within(root, '**')),
      ...[...this.files].map(file => within(path.dirname(file), path.basename(file))),
    ];
  }

  private covers(file: string): boolean {
    return this.files.has(file) || [...this.roots].some(root => contains(root, file));
  }

  private addRoot(root: string): boolean {
    if (this.covers(root)) return false;
    this.roots.add(root);
    return true;
  }

  private addEntry(): boolean {
    const first = !this.entrySeen;
    this.entrySeen = true;
    return first;
  }
}

/** The nearest folder at or above the file that has a build script, not looking beyond its workspace folder. */
async function rootOf(file: string): Promise<string | undefined> {
  const workspace = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.uri.fsPath;
  let folder = path.dirname(file);
  for (;;) {
    if (await hasMarker(folder)) return folder;
    const parent = path.dirname(folder);
    if (folder === workspace || parent === folder) return undefined;
    folder = parent;
  }
}

async function hasMarker(folder: string): Promise<boolean> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.file(folder));
    return entries.some(([name, type]) => !(type & vscode.FileType.Directory) && isMarker(name));
  } catch {
    return false;
  }
}

function isMarker(name: string): boolean {
  return MARKERS.includes(name) || name.endsWith('.build.lua');
}

function isEntry(file: string): boolean {
  const name = path.basename(file);
  return name === 'build.lua' || name.endsWith('.build.lua');
}

function contains(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

// A path is not a glob: what is special in one (`[id]`, `{a}`) is plain in the other.
function within(folder: string, pattern: string): TextDocumentFilter {
  const baseUri = vscode.Uri.file(folder).toString();
  return { language: 'lua', scheme: 'file', pattern: { baseUri, pattern } };
}
