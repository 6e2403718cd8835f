// Makes `luakit.trace.server` work as people know it from other languages: this client traces only into a channel whose
// log level is Trace, so it gets one that has that level whenever the setting says so.
import * as vscode from 'vscode';

export function traceChannel(output: vscode.LogOutputChannel): vscode.LogOutputChannel {
  const level = () => (traced() ? vscode.LogLevel.Trace : output.logLevel);
  const changes = (listener: (level: vscode.LogLevel) => void) =>
    vscode.Disposable.from(
      output.onDidChangeLogLevel(() => listener(level())),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('luakit.trace.server')) listener(level());
      }),
    );
  return new Proxy({} as vscode.LogOutputChannel, {
    get(_target, key) {
      if (key === 'logLevel') return level();
      if (key === 'onDidChangeLogLevel') return changes;
      if (key === 'trace')
        return (message: string) => (traced() ? output.info(message) : output.trace(message));
      const value: unknown = Reflect.get(output, key);
      return typeof value === 'function' ? value.bind(output) : value;
    },
  });
}

function traced(): boolean {
  return vscode.workspace.getConfiguration('luakit').get('trace.server') !== 'off';
}
