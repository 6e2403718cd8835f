// What a person sees and does in the workbench's page.
import { until } from './harness.mjs';

/** The box of the `nth` occurrence of a word in the editor, in the page's pixels. */
export async function boxOf(page, word, { line = word, nth = 0 } = {}) {
  return page.evaluate(
    ([word, line, nth]) => {
      const plain = text => text.replaceAll('\u00a0', ' ');
      const row = [...document.querySelectorAll('.monaco-editor .view-line')].find(row =>
        plain(row.textContent).includes(line),
      );
      if (!row) return null;
      let at = -1;
      for (let i = 0; i <= nth; i += 1) at = plain(row.textContent).indexOf(word, at + 1);
      // Colours cut a line into spans, so the word's ends may lie in different ones.
      const place = offset => {
        const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          if (offset <= node.length) return [node, offset];
          offset -= node.length;
        }
      };
      const range = document.createRange();
      range.setStart(...place(at));
      range.setEnd(...place(at + word.length));
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y, width, height };
    },
    [word, line, nth],
  );
}

/** The boxes of the red squiggles. */
export function squiggles(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('.monaco-editor .squiggly-error')].map(mark => {
      const { x, y, width, height } = mark.getBoundingClientRect();
      return { x, y, width, height };
    }),
  );
}

/** Whether the mark is under the word and hardly wider. */
export function under(mark, word) {
  const near = (a, b) => Math.abs(a - b) < 3;
  return near(mark.x, word.x) && near(mark.width, word.width) && near(mark.y, word.y);
}

/** Rests the mouse on a word until the hover says something; its parts come one after the other. */
export async function hover(page, word, says, options) {
  const rows = page.locator('.monaco-hover:not(.hidden) .hover-row');
  const text = async () => (await rows.allInnerTexts()).join('\n');
  const box = await boxOf(page, word, options);
  // Off the editor: a tall hover would stay for as long as the mouse is over it.
  await page.mouse.move(900, 15);
  await until('end of the hover before', async () => !(await text()));
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await until(`hover with ${says}`, async () => says.test(await text()), { seen: text });
  return text();
}

/** Waits until keys go to the editor. */
export async function focused(page) {
  await until('focus in the editor', () =>
    page.evaluate(() => document.activeElement?.closest('.monaco-editor') !== null),
  );
}

/** The labels that completion offers at the cursor. */
export async function complete(page) {
  await page.keyboard.press('Control+Space');
  const rows = page.locator('.suggest-widget.visible .monaco-list-row .label-name');
  await rows.first().waitFor();
  return rows.allInnerTexts();
}

/** The rows of the Problems panel, which is brought to the front. */
export async function problems(page) {
  const panel = page.locator('.markers-panel');
  if (!(await panel.isVisible())) await page.keyboard.press('Control+Shift+M');
  await panel.waitFor();
  return page.locator('.markers-panel .monaco-list-row');
}

/** The texts of the notifications that are shown. */
export function messages(page) {
  return page.locator('.notification-toast').allInnerTexts();
}

/** What the `{}` of the status bar says. */
export async function status(page) {
  await page.locator('[id="status.languageStatus"]').click();
  const shown = page.locator('.hover-language-status').first();
  await shown.waitFor();
  const text = await shown.innerText();
  await page.keyboard.press('Escape');
  return text.replaceAll(/\s+/g, ' ');
}

/** Runs a command as a person would, from the palette. */
export async function palette(page, title) {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget .quick-input-box input');
  await input.fill(`>${title}`);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
}
