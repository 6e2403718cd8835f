// The settings as the server gets them: at the start, on change, and when it asks.
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

/** The commands that the extension has itself: the server would offer them, too, and a command can be there once. */
const OWN_COMMANDS = [
  'luakit.build',
  'luakit.evaluate',
  'luakit.showDiff',
  'luakit.showGraph',
  'luakit.showLlb',
];

/** The settings at the start; later ones follow by `didChangeConfiguration` and on request. */
export function initializationOptions(): object {
  const settings = vscode.workspace.getConfiguration().get<object>('luakit');
  return { ...distrust(settings), trusted: vscode.workspace.isTrusted, commands: OWN_COMMANDS };
}

/** Keeps the settings that travel later as true as those of the start. */
export const middleware: Middleware = {
  workspace: {
    // Trust comes with a new start, so there is nothing to tell before it.
    didChangeConfiguration: async (sections, next) => {
      if (vscode.workspace.isTrusted) await next(sections);
    },
    configuration: async (params, token, next) => {
      const answers = await next(params, token);
      if (!Array.isArray(answers)) return answers;
      return answers.map((answer, i) => {
        const { section } = params.items[i] ?? {};
        if (section === 'luakit') return distrust(answer);
        return section === 'luakit.dryRun' && !vscode.workspace.isTrusted ? 'manual' : answer;
      });
    },
  },
};

/** In an untrusted workspace nothing is evaluated, whatever the settings say. */
function distrust<T>(settings: T): T {
  return vscode.workspace.isTrusted ? settings : { ...settings, dryRun: 'manual' };
}
