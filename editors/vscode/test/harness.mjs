// The few words in which the tests are written.
import assert from 'node:assert/strict';

let passed = 0;
let failed = 0;

/** Runs one check and says how it went. Later checks go on; `needed` ones, without which nothing can, stop the test. */
export async function check(name, run, { needed = false } = {}) {
  const start = Date.now();
  try {
    const note = await run();
    passed += 1;
    console.log(`ok    ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)${note ? `: ${note}` : ''}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${String(error.message).split('\n').slice(0, 25).join('\n      ')}`);
    if (needed) throw new Stop();
  }
}

/** Thrown when what follows makes no sense any more; the reason has been told. */
export class Stop extends Error {}

/** Closes the run: the tally on a line of its own, and the exit code. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed || !passed ? 1 : 0);
}

/** Asks until the answer is true, and gives it; the time-out's message says what was awaited and what was last seen. */
export async function until(what, ask, { seconds = 20, seen = () => undefined } = {}) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) {
      const last = await seen();
      throw new Error(`no ${what} within ${seconds} s${last === undefined ? '' : `; seen: ${show(last)}`}`);
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function show(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

export { assert };
