// What is told of a result as text, in documents that follow the script: its LLB, and what the last edit rebuilds.
import * as vscode from 'vscode';
import { isSame, nameOf, type Result } from './result';
import type { Session } from './session';

const SCHEME = 'luakit';

export type Kind = 'llb' | 'diff';

export class Texts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly disposables: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly session: Session) {
    this.disposables = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      session.onDidEvaluate(({ uri, state }) => {
        // Of a script with errors, what it built last stays.
        if (state !== 'ok') return;
        const shown = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);
        for (const document of shown) {
          if (isSame(read(document.uri).uri, uri)) this.changed.fire(document.uri);
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  async show(kind: Kind, result: Result): Promise<void> {
    const path = `/${nameOf(result)}.${kind}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: JSON.stringify(result) });
    // It may have been closed, and be remembered as it was.
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const viewColumn = vscode.ViewColumn.Beside;
    await vscode.window.showTextDocument(document, { viewColumn, preserveFocus: true, preview: false });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const result = read(uri);
    if (uri.path.endsWith('.llb')) return this.session.request<string>('luakit/llb', result);
    const params = { ...result, base: 'before' };
    return (await this.session.request<{ text: string }>('luakit/graphDiff', params)).text;
  }
}

function read(uri: vscode.Uri): Result {
  return JSON.parse(uri.query) as Result;
}
