// Runs inside the extension host, as VS Code's test runner would, and answers what the page cannot show: exact ranges,
// texts, settings. The test asks over HTTP while it drives the page.
const http = require('node:http');
const vscode = require('vscode');

const ops = {
  async open({ file }) {
    await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
  },
  text: ({ file }) => find(file).getText(),
  shown: () =>
    vscode.window.visibleTextEditors.map(({ document, selection }) => ({
      uri: document.uri.toString(),
      text: document.getText(),
      selected: document.getText(selection),
    })),
  dirty: ({ file }) => find(file).isDirty,
  trusted: () => vscode.workspace.isTrusted,
  command: ({ id }) => vscode.commands.executeCommand(id).then(() => undefined),
  async select({ file, from, to }) {
    const document = find(file);
    const editor = await vscode.window.showTextDocument(document, { preview: false });
    const wanted = new vscode.Selection(document.positionAt(from), document.positionAt(to));
    if (editor.selection.isEqual(wanted)) return;
    // Setting it only asks the page to; a key pressed before it did would go elsewhere.
    const done = new Promise(resolve => {
      const listener = vscode.window.onDidChangeTextEditorSelection(event => {
        if (event.textEditor !== editor || !event.selections[0].isEqual(wanted)) return;
        listener.dispose();
        resolve();
      });
    });
    editor.selection = wanted;
    await done;
  },
  diagnostics: ({ file }) =>
    vscode.languages.getDiagnostics(vscode.Uri.file(file)).map(found => ({
      code: typeof found.code === 'object' ? found.code.value : found.code,
      source: found.source,
      severity: vscode.DiagnosticSeverity[found.severity],
      message: found.message,
      line: found.range.start.line + 1,
      text: find(file).getText(found.range),
      related: (found.relatedInformation ?? []).map(({ location, message }) => ({
        file: location.uri.fsPath,
        line: location.range.start.line + 1,
        message,
      })),
    })),
};

function find(file) {
  const uri = vscode.Uri.file(file).toString();
  const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
  if (!document) throw new Error(`${file} is not open`);
  return document;
}

exports.run = () =>
  new Promise(resolve => {
    const server = http.createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { op, ...args } = JSON.parse(body);
      try {
        const answer = await ops[op](args);
        response.end(JSON.stringify({ answer }));
      } catch (error) {
        response.end(JSON.stringify({ error: String(error) }));
      }
    });
    server.listen(Number(process.env.LUAKIT_PROBE_PORT), '127.0.0.1');
    // The host is ended from outside.
    server.on('close', resolve);
  });
