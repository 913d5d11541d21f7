import { createHybridProposer } from '../propose/hybrid/proposer.ts';
import { detectOllama } from '../propose/ollama/detect.ts';
import { createOllamaProposer } from '../propose/ollama/proposer.ts';
import { createPanelProposer } from '../propose/panel/proposer.ts';
import type { Proposer } from '../propose/proposer.ts';
import { withStandIn } from '../propose/stand-in.ts';
import { createTunerProposer } from '../propose/tuner/proposer.ts';
import type { Settings } from '../protocol/settings.ts';

/** The run's proposer where it is asked for nothing: where it cannot work (no Ollama), one that needs nothing sits in for it. */
export async function notAsked(
  proposer: Proposer,
  surface: ReadonlyMap<string, string>,
  seed: number,
): Promise<Proposer> {
  try {
    await proposer.prepare(surface);
    return proposer;
  } catch {
    await proposer.close().catch(() => {});
    return createTunerProposer({ seed, why: 'nothing is proposed' });
  }
}

/**
 * The proposer that the settings ask for; `auto` takes Ollama when it answers and has a usable model, else the tuner.
 * Several models take turns by what they bring; `hybrid` has the tuner among them.
 * The choice and its reason are shown in the header.
 * @param memoryMiB of the largest GPU, to choose a model that fits; null without one.
 * @throws UserError when the wanted one cannot work.
 */
export async function chooseProposer(
  settings: Settings,
  seed: number,
  memoryMiB: number | null,
): Promise<Proposer> {
  const { env } = process;
  if (settings.proposer === 'tuner') return createTunerProposer({ seed, why: 'as asked' });
  if (settings.proposer === 'auto') {
    const { name, host, allowRemote } = settings.model;
    const found = await detectOllama(env, { name, host, allowRemote, memoryMiB });
    if (!found.usable) return createTunerProposer({ seed, why: found.why });
  }
  const { others = [], ...model } = settings.model;
  const withPanel =
    settings.proposer === 'panel' || (settings.proposer === 'hybrid' && settings.panel != null);
  const models = [model.name, ...others].map((name) => {
    const alone = createOllamaProposer({ env, settings: { ...model, name }, memoryMiB });
    const standIn = createTunerProposer({ seed, why: 'the model repeats itself' });
    return withStandIn(withPanel ? createPanelProposer(alone) : alone, standIn);
  });
  const all =
    settings.proposer === 'hybrid' ? [...models, createTunerProposer({ seed, why: 'one of two' })] : models;
  return all.length === 1 ? all[0]! : createHybridProposer(all);
}
