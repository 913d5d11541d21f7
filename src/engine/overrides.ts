import type { JournalEvent, Overrides } from '../protocol/events.ts';
import type { Settings } from '../protocol/settings.ts';

const usualPanel = { personas: null, rounds: 1, tokens: 160, seconds: 120, rewrite: true };

/** The command line wins over pawl.yaml. */
export function override(settings: Settings, overrides: Overrides): Settings {
  const budgetMs = overrides.budgetMs ?? settings.budgetMs;
  return {
    ...settings,
    budgetMs,
    timeoutMs:
      overrides.budgetMs === undefined ? settings.timeoutMs : Math.max(settings.timeoutMs, budgetMs * 2),
    verify: overrides.verify ?? settings.verify,
    proposer: overrides.proposer ?? settings.proposer,
    ...panelFor(settings, overrides),
    sandbox: overrides.sandbox ?? settings.sandbox,
    model:
      overrides.model === undefined
        ? settings.model
        : { ...settings.model, name: overrides.model, others: [] },
    stop: {
      ...settings.stop,
      experiments: overrides.experiments ?? settings.stop.experiments,
      afterMs: overrides.afterMs ?? settings.stop.afterMs,
    },
  };
}

/** The panel of who asks for one; none for who asks for another proposer than the panel of pawl.yaml. */
function panelFor({ proposer, panel }: Settings, overrides: Overrides): Pick<Settings, 'panel'> {
  if (overrides.proposer === 'panel') return { panel: panel ?? usualPanel };
  return overrides.proposer !== undefined && proposer === 'panel' ? { panel: undefined } : {};
}

/**
 * What the command line says now, over what it said when the run was started and resumed: who goes on with a run after
 * a power cut does not remember the options of that evening.
 */
export function joinOverrides(past: readonly JournalEvent[], now: Overrides): Overrides {
  let said: Overrides = {};
  for (const event of past) {
    if (event.type === 'run.started' || event.type === 'run.resumed') said = { ...said, ...event.overrides };
    // A limit that was reached has done its duty: to go on means beyond it.
    if (event.type === 'run.ended' && event.outcome === 'finished') {
      const { experiments: _, afterMs: __, ...rest } = said;
      said = rest;
    }
  }
  return { ...said, ...now };
}
