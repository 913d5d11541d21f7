import { UserError } from '../../protocol/failure.ts';
import { clientFor, runningModels, sameModel } from './client.ts';
import { askDeadlines, type Deadlines } from './fetch.ts';

/** Since 0.12.6 a request can say `truncate: false`; older servers cut long prompts without a word. */
const leastVersion = '0.12.6';

/** A model as /api/tags lists it. */
export interface ListedModel {
  name: string;
  /** Bytes of weights. */
  size: number;
  family: string;
  /** Empty on servers that do not list them. */
  capabilities: string[];
  /** Where it really runs; null = here. */
  remote: string | null;
}

export interface ModelInfo {
  name: string;
  family: string;
  parameterSize: string;
  capabilities: string[];
  /** Tokens that it was trained for; null when the server does not say. */
  contextLength: number | null;
  remote: string | null;
  /** Bytes of weights; null when not known. */
  weightBytes: number | null;
  /** Bytes of the attention cache for one token of context (two 16-bit numbers a layer, head and dimension); null when not known. */
  cacheBytesPerToken: number | null;
}

/** True for names of models that run in Ollama's cloud: `x:cloud`, `x:120b-cloud` (internal/modelref). */
function isCloudName(name: string): boolean {
  return /:(?:[^/:]*-)?cloud$/i.test(name);
}

/** The server's version. @throws UserError when it is too old. */
export async function checkVersion(url: string, deadlines: Deadlines = askDeadlines): Promise<string> {
  const { version } = await clientFor(url, deadlines, null).version();
  if (typeof version === 'string' && isOlder(version, leastVersion)) {
    throw new UserError(
      `Ollama ${version} at ${url} is too old: pawl needs ${leastVersion} or newer. Update it: https://ollama.com/download`,
      3,
    );
  }
  return String(version);
}

/** True when a is an earlier release than b; builds that are not numbered (`0.0.0`, `dev`) count as new. */
export function isOlder(a: string, b: string): boolean {
  const parts = (v: string) => /^v?(\d+)\.(\d+)\.(\d+)/.exec(v)?.slice(1).map(Number);
  const left = parts(a);
  const right = parts(b);
  if (!left || !right || left.every((x) => x === 0)) return false;
  for (let i = 0; i < 3; i++) {
    if (left[i] !== right[i]) return left[i]! < right[i]!;
  }
  return false;
}

/** GET /api/tags. */
async function listModels(url: string, deadlines: Deadlines = askDeadlines): Promise<ListedModel[]> {
  const { models } = await clientFor(url, deadlines, null).list();
  return (models ?? []).map((m) => {
    const more = m as { capabilities?: string[]; remote_host?: string; remote_model?: string };
    return {
      name: m.name ?? m.model,
      size: m.size ?? 0,
      family: m.details?.family ?? '',
      capabilities: more.capabilities ?? [],
      remote: more.remote_host || more.remote_model || null,
    };
  });
}

/** POST /api/show. @throws what the client throws; 404 when the model is not there. */
async function showModel(url: string, name: string, deadlines: Deadlines = askDeadlines): Promise<ModelInfo> {
  const shown = await clientFor(url, deadlines, null).show({ model: name });
  const more = shown as { remote_host?: string; remote_model?: string };
  const info = (shown.model_info ?? {}) as unknown as Record<string, unknown>;
  const arch = info['general.architecture'];
  const context = info[`${typeof arch === 'string' ? arch : ''}.context_length`];
  return {
    name,
    family: shown.details?.family || (typeof arch === 'string' ? arch : ''),
    parameterSize: shown.details?.parameter_size ?? '',
    capabilities: shown.capabilities ?? [],
    contextLength: typeof context === 'number' && context > 0 ? context : null,
    remote: more.remote_host || more.remote_model || (isCloudName(name) ? 'ollama.com' : null),
    weightBytes: null,
    cacheBytesPerToken: cacheBytes(info, typeof arch === 'string' ? arch : ''),
  };
}

/** 2 x layers x key/value heads x head size x 2 bytes, as the server's own PredictServerVRAM reckons. */
function cacheBytes(info: Record<string, unknown>, arch: string): number | null {
  const number = (key: string): number | null => {
    const value = info[`${arch}.${key}`];
    // Layers may differ in their heads: then there is one number for each.
    const largest = Array.isArray(value) ? Math.max(...value.map(Number)) : value;
    return typeof largest === 'number' && Number.isFinite(largest) && largest > 0 ? largest : null;
  };
  const layers = number('block_count');
  const heads = number('attention.head_count');
  const kvHeads = number('attention.head_count_kv') ?? heads;
  const embedding = number('embedding_length');
  const size = number('attention.key_length') ?? (embedding && heads ? embedding / heads : null);
  return layers && kvHeads && size ? 2 * layers * kvHeads * size * 2 : null;
}

/** @throws UserError when the model runs elsewhere or cannot answer questions. */
function checkUsable(model: ModelInfo): void {
  if (model.remote !== null) {
    throw new UserError(
      `${model.name} does not run on this machine but on ${model.remote}: pawl sends your code nowhere. Choose a local model.`,
    );
  }
  // Servers before capabilities were listed say nothing: then the first reply tells.
  if (model.capabilities.length > 0 && !model.capabilities.includes('completion')) {
    throw new UserError(
      `${model.name} cannot write text (it can: ${model.capabilities.join(', ')}). Choose a model for chat or code.`,
    );
  }
}

export interface Choice {
  model: ModelInfo;
  why: string;
}

/**
 * The model to use: the named one, or for `auto` a local one that can chat: preferably one that is loaded already,
 * else the largest whose weights fit `memoryMiB`.
 * @throws UserError saying what to pull when there is none.
 */
export async function chooseModel(
  url: string,
  setting: string,
  memoryMiB: number,
  deadlines: Deadlines = askDeadlines,
): Promise<Choice> {
  const listed = await listModels(url, deadlines);
  if (setting !== 'auto') {
    if (isCloudName(setting)) throw cloudName(setting);
    const found = listed.find((m) => sameModel(m.name, setting));
    if (!found) throw missing(setting, listed);
    const model = await showModel(url, found.name, deadlines);
    checkUsable({ ...model, remote: model.remote ?? found.remote });
    return { model: { ...model, weightBytes: found.size || null }, why: 'named in pawl.yaml' };
  }
  const loaded = (await runningModels(url, deadlines)).map((m) => m.name);
  const order = rank(listed, loaded, memoryMiB);
  for (const { name, why } of order) {
    const model = await showModel(url, name, deadlines);
    if (
      model.remote === null &&
      (model.capabilities.length === 0 || model.capabilities.includes('completion'))
    ) {
      const weightBytes = listed.find((m) => m.name === name)?.size || null;
      return { model: { ...model, weightBytes }, why };
    }
  }
  throw new UserError(
    listed.length === 0
      ? `Ollama at ${url} has no model. Get one, for example: ollama pull qwen3:8b`
      : `Ollama at ${url} has no local model that can write code (it has ${names(listed)}). Get one, for example: ollama pull qwen3:8b`,
    3,
  );
}

/** Models worth asking, best first. Weights that fit come before weights that do not; smallest first among the latter. */
function rank(
  listed: readonly ListedModel[],
  loaded: readonly string[],
  memoryMiB: number,
): { name: string; why: string }[] {
  const local = listed.filter((m) => m.remote === null && !isCloudName(m.name) && !isEmbedding(m));
  const isLoaded = (m: ListedModel) => loaded.some((name) => sameModel(name, m.name));
  // A fifth of the memory is for the context.
  const fits = (m: ListedModel) => m.size / 1048576 <= memoryMiB * 0.8;
  const bySize = [
    ...local.filter(fits).sort((a, b) => b.size - a.size),
    ...local.filter((m) => !fits(m)).sort((a, b) => a.size - b.size),
  ];
  return [
    ...bySize.filter(isLoaded).map((m) => ({ name: m.name, why: 'it is loaded already' })),
    ...bySize
      .filter((m) => !isLoaded(m))
      .map((m) => ({
        name: m.name,
        why: fits(m) ? 'the largest local model that fits' : 'the smallest local model',
      })),
  ];
}

function isEmbedding(m: ListedModel): boolean {
  if (m.capabilities.length > 0) return !m.capabilities.includes('completion');
  return /bert|embed|minilm|bge/i.test(`${m.family} ${m.name}`);
}

function missing(name: string, listed: readonly ListedModel[]): UserError {
  const have = listed.length > 0 ? ` It has: ${names(listed)}.` : ' It has none yet.';
  return new UserError(
    `Ollama does not have the model ${name}. Get it with: ollama pull ${name}\n${have.trim()}`,
    3,
  );
}

function cloudName(name: string): UserError {
  return new UserError(
    `${name} is a cloud model: it does not run on this machine, and pawl sends your code nowhere. Choose a local model.`,
  );
}

function names(listed: readonly ListedModel[]): string {
  const shown = listed.slice(0, 8).map((m) => m.name);
  return shown.join(', ') + (listed.length > shown.length ? ', …' : '');
}
