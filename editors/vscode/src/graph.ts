// The graph beside the script: drawn by the server, and kept together with the cursor.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { isSame, type Location, nameOf, type Result } from './result';
import type { Session } from './session';

/** A drawing of what a script makes, and the digests of the ops in it that the last edit rebuilds. */
interface Drawing {
  /** The script, where the graph was asked for from one of its modules. */
  entry: string;
  svg: string;
  rebuilt: string[];
}

/** Holds the drawings, one for each result. */
export class Graphs implements vscode.Disposable {
  private readonly graphs = new Map<string, Graph>();
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly session: Session) {
    this.disposables = [
      session.onDidEvaluate(({ uri, state }) => {
        if (state !== 'ok') return;
        for (const graph of this.graphs.values()) {
          if (graph.isOf(uri)) void graph.refresh();
        }
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor.document.languageId !== 'lua') return;
        for (const graph of this.graphs.values()) void graph.light(textEditor);
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables, ...this.graphs.values()).dispose();
  }

  async show(result: Result): Promise<void> {
    const key = JSON.stringify([vscode.Uri.parse(result.uri).toString(), result.target ?? null]);
    const known = this.graphs.get(key);
    if (known) {
      known.reveal();
      return known.refresh();
    }
    // What cannot be drawn needs no window.
    const drawing = await draw(this.session, result);
    this.graphs.set(key, new Graph(this.session, result, drawing, () => this.graphs.delete(key)));
  }
}

class Graph implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;
  private clicked = { digest: '', times: 0 };
  private asked = 0;

  constructor(
    private readonly session: Session,
    readonly result: Result,
    private drawing: Drawing,
    closed: () => void,
  ) {
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const options = { enableScripts: true, localResourceRoots: [] };
    this.panel = vscode.window.createWebviewPanel(
      'luakit.graph',
      `Graph of ${nameOf(result)}`,
      column,
      options,
    );
    this.panel.onDidDispose(closed);
    this.panel.webview.onDidReceiveMessage((message: { ready?: true; digest?: string }) => {
      // A page that was hidden begins anew.
      if (message.ready) {
        this.post(this.drawing);
        const editor = vscode.window.activeTextEditor;
        if (editor?.document.languageId === 'lua') void this.light(editor);
      }
      if (message.digest) void this.open(message.digest);
    });
    this.panel.webview.html = page();
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Whether it shows what a script makes. */
  isOf(uri: string): boolean {
    return isSame(this.result.uri, uri) || isSame(this.drawing.entry, uri);
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  async refresh(): Promise<void> {
    // A run without errors is what it answers from, so that nothing but the end of the server is in the way.
    this.drawing = await draw(this.session, this.result).catch(() => this.drawing);
    this.post(this.drawing);
  }

  /** Lights the ops that are made where the cursor is. */
  async light({ document, selection }: vscode.TextEditor): Promise<void> {
    if (!this.panel.visible) return;
    const asked = (this.asked += 1);
    const params = { uri: document.uri.toString(), position: selection.active };
    const answer = await this.session
      .request<{ ops: { digest: string }[] } | null>('luakit/opsAt', params)
      .catch(() => null);
    if (asked === this.asked) this.post({ lit: answer?.ops.map(({ digest }) => digest) ?? [] });
  }

  /** Goes to where an op was made; with each click to the next of several places. */
  private async open(digest: string): Promise<void> {
    const params = { uri: this.result.uri, digest };
    const { ranges, callers } = await this.session.request<{ ranges: Location[]; callers: Location[] }>(
      'luakit/rangesOf',
      params,
    );
    const places = [...ranges, ...callers];
    const times = this.clicked.digest === digest ? this.clicked.times + 1 : 0;
    this.clicked = { digest, times };
    const place = places[times % places.length];
    if (!place) return;
    const uri = vscode.Uri.parse(place.uri);
    const editor = vscode.window.visibleTextEditors.find(it => it.document.uri.toString() === uri.toString());
    const { start, end } = place.range;
    const selection = new vscode.Range(start.line, start.character, end.line, end.character);
    const viewColumn = editor?.viewColumn ?? vscode.ViewColumn.One;
    await vscode.window.showTextDocument(uri, { selection, viewColumn });
  }

  private post(message: Drawing | { lit: string[] }): void {
    // A page that is hidden hears nothing, and asks when it is shown.
    void this.panel.webview.postMessage(message);
  }
}

async function draw(session: Session, result: Result): Promise<Drawing> {
  const svg = await session.request<string>('luakit/llb', { ...result, format: 'svg' });
  interface Answer {
    uri: string;
    ops: { digest: string; rebuild: string | null }[];
  }
  const { uri: entry, ops } = await session.request<Answer>('luakit/graph', result);
  return { entry, svg, rebuilt: ops.filter(({ rebuild }) => rebuild).map(({ digest }) => digest) };
}

/** The page around the drawing, in the colours of the editor's theme. */
function page(): string {
  const nonce = randomBytes(16).toString('hex');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'">
<style>
  body svg {
    --ground: var(--vscode-editor-background); --box: var(--vscode-editorWidget-background);
    --line: var(--vscode-descriptionForeground); --text: var(--vscode-editor-foreground);
    --faint: var(--vscode-descriptionForeground); --source: var(--vscode-charts-green);
    --exec: var(--vscode-charts-blue); --file: var(--vscode-charts-yellow); --other: var(--vscode-charts-purple);
    display: block; margin: 12px auto;
  }
  .op { cursor: pointer; }
  .op:hover rect.box { stroke-width: 2.4; }
  .op.rebuilt rect.box { stroke-dasharray: 6 3; }
  .op.lit rect.box { fill: var(--vscode-editor-selectionBackground); }
</style>
</head>
<body>
<main></main>
<script nonce="${nonce}">
  const api = acquireVsCodeApi();
  const main = document.querySelector('main');
  let lit = new Set();
  let zoom = 1;
  const scale = () => {
    const svg = main.querySelector('svg');
    if (!svg) return;
    svg.setAttribute('width', svg.viewBox.baseVal.width * zoom);
    svg.setAttribute('height', svg.viewBox.baseVal.height * zoom);
  };
  const light = () => {
    for (const op of main.querySelectorAll('.op')) op.classList.toggle('lit', lit.has(op.dataset.digest));
    main.querySelector('.op.lit')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  addEventListener('message', ({ data }) => {
    if (data.svg !== undefined) {
      main.innerHTML = data.svg;
      const rebuilt = new Set(data.rebuilt);
      for (const op of main.querySelectorAll('.op')) {
        if (!rebuilt.has(op.dataset.digest)) continue;
        op.classList.add('rebuilt');
        op.querySelector('title').append('\\nrebuilt by the last edit');
      }
      scale();
    }
    if (data.lit) lit = new Set(data.lit);
    light();
  });
  main.addEventListener('click', ({ target }) => {
    const op = target.closest('.op');
    if (op) api.postMessage({ digest: op.dataset.digest });
  });
  addEventListener('wheel', event => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom = Math.min(4, Math.max(0.1, zoom * Math.exp(-event.deltaY / 300)));
    scale();
  }, { passive: false });
  api.postMessage({ ready: true });
</script>
</body>
</html>`;
}
