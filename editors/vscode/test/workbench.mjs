// A VS Code with the packaged extension in it, opened on a folder in Chromium.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { until } from './harness.mjs';

const extension = fileURLToPath(new URL('..', import.meta.url));
const repository = path.resolve(extension, '../..');
const tools = process.env.LUAKIT_VSCODE ?? path.join(repository, 'target/tools/vscode');
export const screenshots = path.join(repository, 'target/screenshots/vscode');

const USER_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.activityBar.location': 'hidden',
  'window.commandCenter': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  // In the browser VS Code saves by itself; here the test says when.
  'files.autoSave': 'off',
  'files.simpleDialog.enable': true,
  'remote.autoForwardPorts': false,
  'editor.hover.delay': 100,
  'editor.occurrencesHighlight': 'off',
  'editor.selectionHighlight': false,
  'editor.scrollBeyondLastLine': false,
  'editor.overviewRulerBorder': false,
  'editor.minimap.enabled': false,
  'editor.fontSize': 14,
  'editor.suggest.showStatusBar': false,
  // What is typed is what arrives.
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoSurround': 'never',
  'editor.acceptSuggestionOnCommitCharacter': false,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

/** Ends with a message unless `setup.sh` has been run. */
export function requireTools() {
  if (!existsSync(path.join(tools, 'version'))) {
    throw new Error(`no VS Code in ${tools}: run \`npm run test:setup\` in editors/vscode`);
  }
}

/**
 * Installs the package, opens `files` (name → text) as a folder, and waits until the workbench is usable.
 * `server` is put in LUAKIT_SERVER.
 */
export async function openWorkbench(vsix, files, { trusted = true, server } = {}) {
  const home = mkdtempSync(path.join(tmpdir(), 'luakit-vscode-'));
  const folder = path.join(home, 'webapp');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const userData = path.join(home, 'user-data');
  const machineSettings = path.join(userData, 'Machine/settings.json');
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  mkdirSync(path.join(userData, 'Machine'), { recursive: true });
  writeFileSync(path.join(userData, 'User/settings.json'), JSON.stringify(USER_SETTINGS));
  writeFileSync(machineSettings, '{}');

  const [port, probePort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    HOME: home,
    // Sockets would pile up in the system's folders.
    TMPDIR: home,
    XDG_RUNTIME_DIR: home,
    LUAKIT_PROBE_PORT: String(probePort),
    LUAKIT_SERVER: server ?? '',
  };
  const main = [
    path.join(tools, 'vscode/out/server-main.js'),
    '--accept-server-license-terms',
    ...['--telemetry-level', 'off'],
    ...['--server-data-dir', path.join(home, 'server-data')],
    ...['--user-data-dir', userData],
    ...['--extensions-dir', path.join(home, 'extensions')],
  ];
  await run(main.concat('--install-extension', vsix), env);
  const code = spawn(
    process.execPath,
    main.concat(
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      // Without it the page takes no `payload`, and so no probe.
      '--enable-smoke-test-driver',
      trusted ? '--disable-workspace-trust' : [],
    ),
    { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  code.stdout.on('data', chunk => (log += chunk));
  code.stderr.on('data', chunk => (log += chunk));

  let browser;
  const close = async () => {
    await browser?.close().catch(() => undefined);
    // The group: the extension host and the server are its grandchildren.
    if (code.exitCode === null) {
      const ended = new Promise(resolve => code.on('exit', resolve));
      process.kill(-code.pid, 'SIGTERM');
      await ended;
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const answers = () =>
      fetch(`http://127.0.0.1:${port}/version`).then(
        response => response.ok,
        () => false,
      );
    await until("answer from VS Code's web server", answers, { seen: () => log.slice(-2000) });
    browser = await openBrowser(path.join(home, 'chromium'));
    const page = browser.pages()[0] ?? (await browser.newPage());
    page.setDefaultTimeout(20_000);
    // The page calls these when host tests run in it.
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.exposeFunction('codeAutomationExit', () => undefined);
    const probeFolder = `vscode-remote://127.0.0.1:${port}${path.join(extension, 'test/probe')}`;
    const payload = [
      ['extensionDevelopmentPath', probeFolder],
      ['extensionTestsPath', `${probeFolder}/index.cjs`],
      ['skipWelcome', 'true'],
    ];
    const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
    await page.goto(`http://127.0.0.1:${port}/?${query}`);
    await page.waitForSelector('.monaco-workbench .part.editor', { timeout: 60_000 });

    const ask = async (op, args = {}) => {
      const body = JSON.stringify({ op, ...args });
      const response = await fetch(`http://127.0.0.1:${probePort}/`, { method: 'POST', body });
      const { answer, error } = await response.json();
      if (error) throw new Error(error);
      return answer;
    };
    await until(
      'answer from the extension host',
      () =>
        ask('trusted').then(
          () => true,
          () => false,
        ),
      {
        seconds: 60,
      },
    );
    // Files are opened by name, so the pictures need no explorer.
    await ask('command', { id: 'workbench.action.closeSidebar' });
    return { page, folder, ask, machineSettings, extensions: path.join(home, 'extensions'), close };
  } catch (error) {
    await browser
      ?.pages()[0]
      ?.screenshot({ path: shot('not-opened') })
      .catch(() => undefined);
    await close();
    throw error;
  }
}

/** The path of a screenshot. */
export function shot(name) {
  mkdirSync(screenshots, { recursive: true });
  return path.join(screenshots, `${name}.png`);
}

/** The process ids of language servers whose program lies in the folder. */
export function serversIn(folder) {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return [program, args[0]].some(part => part?.startsWith(folder)) && args.includes('lsp');
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function openBrowser(profile) {
  return chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1040, height: 560 },
    deviceScaleFactor: 1.5,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function run(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', chunk => (output += chunk));
    child.stderr.on('data', chunk => (output += chunk));
    child.on('exit', code => (code === 0 ? resolve(output) : reject(new Error(`${args.at(-1)}: ${output}`))));
  });
}

function freePort() {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
