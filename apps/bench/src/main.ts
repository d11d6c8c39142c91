// npm run bench: what a request costs with the guard in front of it, beside bare node:http and beside others that do the same job.
import { readFile, writeFile } from 'node:fs/promises';
import { parseOptions } from './parse-options.ts';
import { renderMarkdown } from './report/render-markdown.ts';
import { replaceFigures } from './report/replace-figures.ts';
import { runBench } from './run-bench.ts';

const parsed = parseOptions(process.argv.slice(2));
if ('help' in parsed) {
  console.log(parsed.help);
} else if ('problem' in parsed) {
  console.error(parsed.problem);
  process.exitCode = 2;
} else {
  const { json, write } = parsed.options;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  try {
    const report = await runBench({ ...parsed.options, stop: stop.signal, onProgress: (text) => console.error(text) });
    const figures = renderMarkdown(report);
    console.log(figures);
    if (json !== null) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    if (write !== null) await writeFile(write, replaceFigures(await readFile(write, 'utf8'), figures));
  } catch (error) {
    console.error(stop.signal.aborted ? 'Stopped.' : error);
    process.exitCode = 1;
  }
}
