// The server's state, in the language status (the `{}` of the status bar).
import * as vscode from 'vscode';

export type State =
  | { is: 'starting' }
  | { is: 'running'; version: string; evaluates: boolean }
  | { is: 'stopped' }
  | { is: 'failed'; why: string };

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem('luakit.server', { language: 'lua' });

  constructor() {
    this.item.name = 'luakit';
    this.show({ is: 'stopped' });
  }

  dispose(): void {
    this.item.dispose();
  }

  show(state: State): void {
    const { item } = this;
    item.busy = state.is === 'starting';
    item.severity =
      state.is === 'failed' ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    item.command =
      state.is === 'running'
        ? { command: 'luakit.showOutput', title: 'Show Output' }
        : { command: 'luakit.restartServer', title: state.is === 'stopped' ? 'Start' : 'Restart' };
    item.text = `luakit: ${state.is}`;
    item.detail = undefined;
    if (state.is === 'failed') item.detail = state.why;
    if (state.is === 'running') {
      item.text = `luakit ${state.version}`;
      if (!state.evaluates) item.detail = 'scripts are not evaluated: the workspace is not trusted';
    }
  }
}
