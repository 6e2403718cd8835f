// Bundles the extension into the one file that VS Code loads.
import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: new URL('..', import.meta.url).pathname,
  entryPoints: ['src/extension.ts'],
  outfile: 'out/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // VS Code 1.91, the oldest that the language client supports, runs extensions on Node 20.
  target: 'node20',
  external: ['vscode'],
  minify: !watch,
  sourcemap: watch ? 'inline' : false,
  legalComments: 'none',
  logLevel: 'warning',
};

if (watch) {
  await (await context(options)).watch();
} else {
  await build(options);
}
