// The life of one server: found, probed, started, restarted, stopped.
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
} from 'vscode-languageclient/node';
import { probe } from './probe';
import type { Projects } from './projects';
import { findServer, type Server } from './server';
import { initializationOptions, middleware } from './settings';
import type { Evaluation, Status } from './status';
import { traceChannel } from './trace';

const START_TIMEOUT_MS = 20_000;
const RESTARTS = 3;
const RESTARTS_WITHIN_MS = 3 * 60 * 1000;

export class Session {
  private client: LanguageClient | undefined;
  private running: Server | undefined;
  private readonly evaluated = new vscode.EventEmitter<Evaluation>();
  private crashes: number[] = [];
  // Starts and stops wait for each other: a client that is stopped while it starts throws.
  private queue: Promise<void> = Promise.resolve();

  /** Fires when a dry run has ended. */
  readonly onDidEvaluate = this.evaluated.event;

  constructor(
    private readonly extensionPath: string,
    private readonly output: vscode.LogOutputChannel,
    private readonly status: Status,
    private readonly projects: Projects,
  ) {}

  /** Starts the server, or starts it anew where the documents, the settings or the trust have changed. */
  refresh(): Promise<void> {
    return this.enqueue(async () => {
      if (!this.projects.any) return;
      await this.end();
      await this.begin();
    });
  }

  /** Starts anew because the user said so: then also where no build script was seen. */
  restart(): Promise<void> {
    return this.enqueue(async () => {
      this.crashes = [];
      await this.end();
      await this.begin();
    });
  }

  /** The server that is running. */
  get server(): Server | undefined {
    return this.client && this.running;
  }

  /** Asks one of luakit's own questions. */
  async request<T>(method: string, params: object): Promise<T> {
    if (!this.client) throw new Error('no server is running');
    return this.client.sendRequest<T>(method, params);
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.end());
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step).catch(error => this.output.error(String(error)));
    return this.queue;
  }

  private async begin(): Promise<void> {
    this.status.show({ is: 'starting' });
    const server = findServer({
      env: process.env,
      setting: vscode.workspace.getConfiguration('luakit').get('server.path', ''),
      extensionPath: this.extensionPath,
      platform: process.platform,
    });
    if (!server) {
      return this.fail('no server is packed with this extension, and there is no `luakit` on PATH');
    }
    const answer = await probe(server);
    if ('problem' in answer) return this.fail(answer.problem);
    this.output.info(`luakit ${answer.version}: ${server.path}, from ${server.origin}`);

    const client = this.connect(server);
    this.client = client;
    this.running = server;
    client.onNotification('luakit/status', (evaluation: Evaluation) => {
      this.status.evaluated(evaluation);
      this.evaluated.fire(evaluation);
    });
    try {
      await answered(client);
    } catch (error) {
      this.client = undefined;
      await client.dispose().catch(() => undefined);
      const why = error instanceof Error ? error.message : String(error);
      this.output.error(why);
      return this.fail(`\`${server.path}\`, from ${server.origin}, started but did not answer`);
    }
    this.showRunning(answer.version);
    // After a crash the client starts the server again by itself.
    client.onDidChangeState(({ newState }) => {
      if (client !== this.client) return;
      if (newState === State.Running) this.showRunning(answer.version);
      if (newState === State.Starting) this.status.show({ is: 'starting' });
    });
  }

  private connect(server: Server): LanguageClient {
    const client: LanguageClient = new QuietClient(
      'luakit',
      'luakit',
      { command: server.path, args: ['lsp'] },
      {
        documentSelector: this.projects.selector(),
        outputChannel: this.output,
        traceOutputChannel: traceChannel(this.output),
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        // What the server writes beside the protocol is its log, not an error in itself.
        stdioOptions: {
          stdout: () => undefined,
          stderr: input => createInterface({ input }).on('line', line => this.output.info(line)),
        },
        initializationOptions,
        // Failures are told once, by `fail`, with what can be done about them.
        initializationFailedHandler: () => false,
        synchronize: { configurationSection: 'luakit' },
        middleware,
        errorHandler: {
          error: (_error, _message, count) => ({
            action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
            handled: true,
          }),
          closed: () => this.closed(client, server),
        },
      },
    );
    return client;
  }

  private closed(client: LanguageClient, server: Server) {
    // A server that ends before it has answered would do so again; `begin` tells about it.
    if (client.initializeResult === undefined) return { action: CloseAction.DoNotRestart, handled: true };
    const now = Date.now();
    this.crashes = [...this.crashes.filter(then => now - then < RESTARTS_WITHIN_MS), now];
    if (this.crashes.length <= RESTARTS) return { action: CloseAction.Restart, handled: true };
    void this.fail(`\`${server.path}\` ended ${this.crashes.length} times within three minutes`);
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // A client that failed, or whose server has gone, cannot be stopped; nothing is left to stop then.
    await client?.dispose().catch(error => this.output.warn(String(error)));
    this.status.show({ is: 'stopped' });
  }

  private showRunning(version: string): void {
    this.status.show({ is: 'running', version, evaluates: vscode.workspace.isTrusted });
  }

  private async fail(why: string): Promise<void> {
    this.output.error(why);
    this.status.show({ is: 'failed', why });
    // Not awaited: the message stays until someone reads it.
    void vscode.window
      .showErrorMessage(`luakit: ${why}`, 'Open Settings', 'Show Output', 'Try Again')
      .then(action => {
        if (action === 'Open Settings') {
          return vscode.commands.executeCommand('workbench.action.openSettings', 'luakit.server.path');
        }
        if (action === 'Show Output') return this.output.show();
        return action === 'Try Again' ? this.restart() : undefined;
      });
  }
}

/** Keeps its errors in the output: those that people can do something about are told by `fail`, once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Starts the client. A server that hangs would block every later start and stop, so waiting has an end. */
async function answered(client: LanguageClient): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer in ${START_TIMEOUT_MS / 1000} s`)),
      START_TIMEOUT_MS,
    );
  });
  try {
    await Promise.race([client.start(), late]);
  } finally {
    clearTimeout(timer);
  }
}
