import { join } from 'node:path';
import type { TrialSpec } from './runner.ts';
import { isSecret } from './secret-names.ts';

// What a trial finds in its environment: the user's own, minus what belongs to this process, plus quiet and offline
// defaults for the usual trainers. Sources: Python's docs (-u, faulthandler), tqdm, huggingface_hub, wandb, no-color.org.

/** Node's private channels to a parent or a test runner; a child that inherits them misbehaves. */
const ours = new Set([
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
  'NODE_COMPILE_CACHE',
  'NODE_V8_COVERAGE',
]);

/** Output as plain lines, at once. Without PYTHONUNBUFFERED a killed trainer loses everything it printed. */
const output = {
  PYTHONUNBUFFERED: '1',
  PYTHONFAULTHANDLER: '1',
  NO_COLOR: '1',
  COLUMNS: '120',
  TQDM_MININTERVAL: '1',
};

/** Nothing leaves the machine, nothing asks. */
const offline = {
  HF_HUB_OFFLINE: '1',
  HF_DATASETS_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  HF_HUB_DISABLE_TELEMETRY: '1',
  WANDB_MODE: 'offline',
  WANDB_SILENT: 'true',
  TOKENIZERS_PARALLELISM: 'false',
  DO_NOT_TRACK: '1',
};

/** A copy of the user's environment without secrets, what is private to this process, and any PAWL_ variable. */
function userEnvironment(from: NodeJS.ProcessEnv): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined || ours.has(name) || name.startsWith('PAWL_')) continue;
    if (!isSecret(name, value)) env[name] = value;
  }
  // Would make every trainer print colours, whatever NO_COLOR says.
  delete env.FORCE_COLOR;
  delete env.CLICOLOR_FORCE;
  return env;
}

/** The environment of a check or any other short command: the user's, with plain output. */
export function quietEnvironment(from: NodeJS.ProcessEnv): Record<string, string> {
  return { ...userEnvironment(from), ...output };
}

/**
 * The environment of a trial. Compiled kernels go to `spec.cacheDir`, so that trials share them, unless the user has
 * a place for them. XDG_CACHE_HOME and HF_HOME stay: moving them would hide downloaded weights from an offline run.
 */
export function trialEnvironment(spec: TrialSpec, from: NodeJS.ProcessEnv): Record<string, string> {
  const cache = (name: string): string => join(spec.cacheDir, name);
  const user = quietEnvironment(from);
  return {
    TORCHINDUCTOR_CACHE_DIR: cache('torchinductor'),
    TRITON_CACHE_DIR: cache('triton'),
    CUDA_CACHE_PATH: cache('cuda'),
    MPLCONFIGDIR: cache('matplotlib'),
    ...user,
    ...offline,
    PAWL_BUDGET_SECONDS: String(spec.settings.budgetMs / 1000),
    PAWL_SEED: String(spec.seed),
    PAWL_RUN_ID: spec.cookie,
    PAWL_EXPERIMENT: String(spec.n),
    PAWL_TRIAL: String(spec.k),
    PAWL_OUT_DIR: spec.outDir,
    ...(spec.smoke ? { PAWL_SMOKE: '1' } : {}),
  };
}

/** Addresses of a desktop session and folders that a sandboxed command does not have. */
const outside = [
  'XDG_RUNTIME_DIR',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'SESSION_MANAGER',
  'TMP',
  'TEMP',
  'WSL_INTEROP',
];

/**
 * The environment of a sandboxed command: temporary files in its own /tmp, and the caches that are usually in the home
 * folder (read-only there) in the run's. uv takes the environment as it is: it could neither load nor write anything.
 * @param cacheDir null for a check, which keeps nothing
 */
export function insideEnvironment(
  env: Readonly<Record<string, string>>,
  cacheDir: string | null,
): Record<string, string> {
  const inside: Record<string, string> = { ...env, TMPDIR: '/tmp' };
  for (const name of outside) delete inside[name];
  const cache = (name: string): string => (cacheDir === null ? `/tmp/cache/${name}` : join(cacheDir, name));
  return {
    NUMBA_CACHE_DIR: cache('numba'),
    TORCH_EXTENSIONS_DIR: cache('torch-extensions'),
    WANDB_DATA_DIR: cache('wandb'),
    WANDB_CACHE_DIR: cache('wandb'),
    WANDB_CONFIG_DIR: cache('wandb'),
    UV_CACHE_DIR: cache('uv'),
    UV_OFFLINE: '1',
    UV_NO_SYNC: '1',
    PIP_NO_INDEX: '1',
    ...inside,
  };
}
