// The extension: starts `luakit lsp` for the documents that are luakit's, and says how it goes.
import * as vscode from 'vscode';
import { build } from './build';
import { Graphs } from './graph';
import { Projects } from './projects';
import { nameOf, type Result, resultOf } from './result';
import { Session } from './session';
import { Status } from './status';
import { Texts } from './texts';

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('luakit', { log: true });
  const status = new Status();
  const projects = new Projects();
  const running = new Session(context.extensionPath, output, status, projects);
  session = running;
  const texts = new Texts(running);
  const graphs = new Graphs(running);

  // VS Code wakes the extension for every Lua file; a server is wanted only where luakit is used.
  const serve = async (document: vscode.TextDocument) => {
    if (await projects.add(document)) await running.refresh();
  };

  context.subscriptions.push(
    output,
    status,
    projects,
    texts,
    graphs,
    onResult('luakit.evaluate', ({ uri }) => running.request('luakit/evaluate', { uri })),
    onResult('luakit.build', result => build(running, result)),
    onResult('luakit.showGraph', result => graphs.show(result)),
    onResult('luakit.showLlb', result => texts.show('llb', result)),
    onResult('luakit.showDiff', result => texts.show('diff', result)),
    vscode.commands.registerCommand('luakit.restartServer', () => running.restart()),
    vscode.commands.registerCommand('luakit.showOutput', () => output.show()),
    vscode.workspace.onDidOpenTextDocument(serve),
    vscode.workspace.onDidSaveTextDocument(serve),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.isUntitled) void serve(document);
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(async ({ added }) => {
      if (await projects.addFolders(added)) await running.refresh();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.refresh()),
    vscode.workspace.onDidChangeConfiguration(async event => {
      if (event.affectsConfiguration('luakit.server.path')) await running.refresh();
    }),
    projects.onDidAppear(() => running.refresh()),
  );

  const found = await Promise.all([
    projects.addFolders(vscode.workspace.workspaceFolders ?? []),
    ...vscode.workspace.textDocuments.map(document => projects.add(document)),
  ]);
  // Not awaited: a slow server is no reason for VS Code to wait with what comes after us.
  if (found.includes(true)) void running.refresh();
}

/** Registers a command about a script, run from a lens or from the palette. Why it cannot be done is told. */
function onResult(command: string, run: (result: Result) => Promise<unknown>): vscode.Disposable {
  return vscode.commands.registerCommand(command, async (argument?: unknown) => {
    const result = resultOf(argument);
    if (!result) return;
    try {
      await run(result);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      void vscode.window.showWarningMessage(`luakit: ${nameOf(result)}: ${why}`);
    }
  });
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}
