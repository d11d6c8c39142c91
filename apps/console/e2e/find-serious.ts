import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on the page that is serious or critical, with the place. */
export async function findSerious(page: Page): Promise<string[]> {
  // The page's policy forbids scripts that are put into it; the debugger's own evaluation is not bound by it.
  await page.evaluate(AXE);
  await settle(page);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const grave = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
    return grave.flatMap((one) =>
      one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`),
    );
  });
}

/** What is fading in or out has colours of neither state: waits until nothing is, and until what that starts has been drawn. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const running = () => document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    for (let calm = 0; calm < 3; calm += 1) {
      await nextFrame();
      const animations = running();
      if (animations.length > 0) calm = 0;
      await Promise.allSettled(animations.map((each) => each.finished));
    }
  });
}
