// The state of the server and of the script before one's eyes, in the language status (the `{}` of the status bar).
//
// A dry run always ends visibly: where it could not run there is no finding to tell so, and silence would read as fine.
import * as path from 'node:path';
import * as vscode from 'vscode';

export type State =
  | { is: 'starting' }
  | { is: 'running'; version: string; evaluates: boolean }
  | { is: 'stopped' }
  | { is: 'failed'; why: string };

/** What the server says in `luakit/status` when a dry run has ended. */
export interface Evaluation {
  uri: string;
  state: 'ok' | 'error' | 'limit' | 'failed' | 'cancelled' | 'outdated';
  message: string;
  ms: number;
}

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem('luakit.server', { language: 'lua' });

  private readonly editor = vscode.window.onDidChangeActiveTextEditor(() => this.update());
  private readonly evaluations = new Map<string, Evaluation>();
  private state: State = { is: 'stopped' };

  constructor() {
    this.item.name = 'luakit';
    this.update();
  }

  dispose(): void {
    this.item.dispose();
    this.editor.dispose();
  }

  show(state: State): void {
    this.state = state;
    // What an earlier server found says nothing about the next.
    if (state.is !== 'running') this.evaluations.clear();
    this.update();
  }

  evaluated(evaluation: Evaluation): void {
    // A newer run is on its way, and says how it was.
    if (evaluation.state === 'outdated') return;
    this.evaluations.set(key(vscode.Uri.parse(evaluation.uri)), evaluation);
    this.update();
  }

  private update(): void {
    const { item, state } = this;
    const document = vscode.window.activeTextEditor?.document;
    const evaluation = document && this.evaluations.get(key(document.uri));
    const { Error, Warning, Information } = vscode.LanguageStatusSeverity;
    const troubled = evaluation?.state === 'failed' || evaluation?.state === 'limit';
    item.severity = state.is === 'failed' ? Error : troubled ? Warning : Information;
    item.busy = state.is === 'starting';
    item.text = state.is === 'running' ? `luakit ${state.version}` : `luakit: ${state.is}`;
    item.detail = state.is === 'failed' ? state.why : undefined;
    if (state.is === 'running') {
      if (!state.evaluates) item.detail = 'scripts are not evaluated: the workspace is not trusted';
      else if (evaluation) item.detail = describe(evaluation);
    }
    item.command =
      state.is === 'running'
        ? { command: 'luakit.showOutput', title: 'Show Output' }
        : { command: 'luakit.restartServer', title: state.is === 'stopped' ? 'Start' : 'Restart' };
  }
}

function describe({ uri, state, message, ms }: Evaluation): string {
  const name = path.posix.basename(vscode.Uri.parse(uri).path);
  if (state === 'ok') return `${name}: ${message}, evaluated in ${ms} ms`;
  return state === 'error' ? `${name}: evaluated in ${ms} ms, with errors` : `${name}: ${message}`;
}

// Both sides escape URIs in their own way.
function key(uri: vscode.Uri): string {
  return uri.toString();
}
