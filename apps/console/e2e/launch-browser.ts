import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';
import { searchBeforeClosing } from './search-before-closing.ts';

/** `--single-process` and `--disable-web-security`, which the package would add, hide faults and crash on a second context. */
const ARGS = ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none', '--disable-background-networking'];

/** Chromium as a package of npm brings it, or the one that `CHROMIUM_PATH` names. What its pages keep is searched when they are closed. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await unpackChromium());
  const browser = await playwright.launch({ executablePath, args: ARGS, headless: true });
  searchBeforeClosing(browser);
  return browser;
}

/** The package unpacks into the temporary directory and takes whatever is there, even another version: so each has a directory of its own. */
async function unpackChromium(): Promise<string> {
  const directory = path.join(tmpdir(), `latchkey-chromium-153-${process.getuid?.() ?? 'user'}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = directory;
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    return await chromium.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
