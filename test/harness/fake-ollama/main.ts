// node test/harness/fake-ollama/main.ts [--port 0] [--script replies.json|replies.mjs] [--delay ms]
// Prints its URL, for OLLAMA_HOST. A JSON script is a list of replies (text, or see script.ts), or
// {"models": [...], "script": [...], ...} with any of the options; a module exports the same as default.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { ScriptedReply } from './script.ts';
import { type FakeOllamaOptions, startFakeOllama } from './start-fake-ollama.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, script: { type: 'string' }, delay: { type: 'string' } },
});

async function fromFile(file: string): Promise<FakeOllamaOptions> {
  const loaded: unknown = file.endsWith('.json')
    ? JSON.parse(readFileSync(file, 'utf8'))
    : ((await import(pathToFileURL(path.resolve(file)).href)) as { default: unknown }).default;
  const isScript = Array.isArray(loaded) || typeof loaded === 'function';
  return isScript
    ? { script: loaded as NonNullable<FakeOllamaOptions['script']> }
    : (loaded as FakeOllamaOptions);
}

const options = values.script === undefined ? {} : await fromFile(values.script);
if (values.delay !== undefined && Array.isArray(options.script)) {
  const delayMs = Number(values.delay);
  options.script = (options.script as (string | ScriptedReply)[]).map((r) =>
    typeof r === 'string' ? { text: r, delayMs } : { delayMs, ...r },
  );
}
const fake = await startFakeOllama({ ...options, port: Number(values.port) });
process.stdout.write(`${fake.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    void fake.close().then(() => process.exit(0));
  });
}
