import { hasConsent } from '../config/consent.ts';
import { chooseNumCtx } from '../propose/ollama/context-size.ts';
import { failureOf, troubleOf } from '../propose/ollama/errors.ts';
import { askDeadlines, chatDeadlines, type Deadlines, httpFetch } from '../propose/ollama/fetch.ts';
import { ollamaHost, remoteHost } from '../propose/ollama/host.ts';
import { letThrough } from '../propose/ollama/let-through.ts';
import { LoadedModel } from '../propose/ollama/loaded-model.ts';
import { checkVersion, chooseModel, isOlder } from '../propose/ollama/model-info.ts';
import { memoryOf } from '../propose/ollama/model-memory.ts';
import { assumedMemoryMiB } from '../propose/ollama/proposer.ts';
import { systemPrompt } from '../propose/prompt-format.ts';
import type { Finding } from '../protocol/findings.ts';
import type { Settings } from '../protocol/settings.ts';
import { fail, failed, ok, warn } from './finding.ts';
import { size } from './look-at-machine.ts';

/** Ollama answers such questions from memory. */
const patience: Deadlines = { ...askDeadlines, connect: 2000, firstChunk: 5000 };
/** From this release on a server counts cached tokens and says when a prompt is too long. */
const goodVersion = '0.30.0';

export interface ModelQuestion {
  settings: Settings;
  projectDir: string;
  env: Readonly<Record<string, string | undefined>>;
  surface: ReadonlyMap<string, string>;
  /** Of the largest GPU; null without one. */
  memoryMiB: number | null;
  /** A run from here could ask its user for consent; else it would not start. Missing: it could. */
  mayAsk?: boolean;
}

/** Looks at Ollama as a run would: version, model, context, memory. Loads nothing. */
export async function lookAtModel(question: ModelQuestion): Promise<Finding[]> {
  const { settings, env } = question;
  if (settings.proposer === 'tuner') return [ok('model', 'not needed: the tuner proposes')];
  // Where `auto` may take the tuner, nothing of this can stop a run.
  const level = settings.proposer === 'auto' ? 'warn' : 'fail';
  let url = '';
  try {
    const remote = settings.model.allowRemote ? remoteHost(settings.model.host, env) : null;
    if (remote && !hasConsent({ remote: remote.url }, question.projectDir, env))
      return [
        (question.mayAsk === false ? fail : warn)(
          'model',
          `${remote.url} is another machine, and you have not agreed to send your code there: pawl run asks you${question.mayAsk === false ? ', and cannot without a terminal' : ''}`,
          'a local Ollama, or a yes to that question',
        ),
      ];
    if (remote) letThrough(remote.url);
    url = ollamaHost(settings.model.host, env, settings.model.allowRemote).url;
    return await lookAtServer(url, question);
  } catch (error) {
    const known = asFailure(error, url, settings.model.name);
    const finding = failed('model', known, level);
    if (level === 'fail') return [finding];
    return [{ ...finding, fix: [finding.fix, 'Without it the tuner proposes.'].filter(Boolean).join(' ') }];
  }
}

function asFailure(error: unknown, url: string, model: string): unknown {
  if (error instanceof Error && /^(UserError|EnvironmentFailure)$/.test(error.name)) return error;
  return failureOf(troubleOf(error, { url, model }));
}

async function lookAtServer(url: string, question: ModelQuestion): Promise<Finding[]> {
  const { settings, memoryMiB } = question;
  const version = await checkVersion(url, patience);
  const findings = [
    isOlder(version, goodVersion)
      ? warn(
          'model',
          `Ollama ${version} at ${url} is old`,
          `${goodVersion} or newer counts prompts right: https://ollama.com/download`,
        )
      : ok('model', `Ollama ${version} at ${url}`),
  ];
  const memory = memoryMiB ?? assumedMemoryMiB();
  for (const name of [settings.model.name, ...(settings.model.others ?? [])]) {
    const { model: info, why } = await chooseModel(url, name, memory, patience);
    findings.push(ok('model', `${info.name} (${[info.parameterSize, why].filter(Boolean).join(', ')})`));
    const model = new LoadedModel(url, info, version, settings.model, chatDeadlines);
    findings.push(contextFinding(model, question), ...(await memoryFindings(model, memoryMiB)));
  }
  const cloud = await cloudFinding(url, question.env);
  return cloud === null ? findings : [...findings, cloud];
}

/** The context that a run would ask for, and whether the surface fits. */
function contextFinding(model: LoadedModel, { settings, surface }: ModelQuestion): Finding {
  model.expect('edit', surface);
  const chars = [...surface].reduce(
    (sum, [path, text]) => sum + path.length + text.length,
    systemPrompt('edit').length,
  );
  const tokens = model.rate.estimate(chars);
  const room = model.mostRoom();
  const trained = model.info.contextLength;
  if (tokens > room)
    return warn(
      'model',
      `the surface has about ${tokens} tokens, and ${model.info.name} has room for ${room}`,
      'Narrow surface, raise model.num_ctx, or choose a model with a longer context.',
    );
  const numCtx = chooseNumCtx({
    promptTokens: tokens,
    numPredict: 4096,
    margin: 4096,
    trainContext: trained,
    setting: settings.model.numCtx,
  });
  return ok(
    'model',
    `context of about ${numCtx} tokens, the surface takes ${tokens}${trained === null ? '' : ` (the model was trained for ${trained})`}`,
  );
}

async function memoryFindings(model: LoadedModel, memoryMiB: number | null): Promise<Finding[]> {
  const need = await memoryOf(model).catch(() => null);
  if (need === null) return [];
  const said = `${need.loadedMiB === null ? 'needs about' : 'has loaded'} ${size(need.totalMiB)}`;
  if (need.loadedMiB !== null && need.loadedMiB < need.totalMiB * 0.95 && memoryMiB !== null)
    return [
      warn(
        'model',
        `${said}, of which only ${size(need.loadedMiB)} are on the GPU: it is slow`,
        'Free GPU memory (see nvidia-smi), or choose a smaller model.',
      ),
    ];
  if (memoryMiB === null) return [ok('model', `${said}, in main memory: no GPU`)];
  if (need.totalMiB > memoryMiB)
    return [
      warn(
        'model',
        `${said}, and the GPU has ${size(memoryMiB)}: part of it would run on the CPU`,
        'Choose a smaller model, or a smaller model.num_ctx.',
      ),
    ];
  return [ok('model', `${said} of ${size(memoryMiB)} on the GPU`)];
}

/** Even a local server talks to its maker, unless told not to. Older ones do not say. */
async function cloudFinding(url: string, env: ModelQuestion['env']): Promise<Finding | null> {
  if (env.OLLAMA_NO_CLOUD === '1') return null;
  const response = await httpFetch(
    patience,
    AbortSignal.timeout(2000),
  )(`${url}/api/status`).catch(() => null);
  if (!response?.ok) return null;
  const status = (await response.json().catch(() => null)) as { cloud?: { disabled?: boolean } } | null;
  if (status?.cloud === undefined || status.cloud.disabled === true) return null;
  return ok(
    'model',
    'Ollama’s cloud is on in the server; pawl refuses cloud models (to turn it off: OLLAMA_NO_CLOUD=1)',
  );
}
