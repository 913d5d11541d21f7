import type { JournalEvent } from '../protocol/events.ts';
import { type Verdict, verdicts } from '../protocol/words.ts';
import { asOneFold } from './change-experiment.ts';
import { foldChampion } from './fold-champion.ts';
import { foldExperiment } from './fold-experiment.ts';
import { foldPersonas } from './fold-personas.ts';
import { foldRun } from './fold-run.ts';
import { foldSteering } from './fold-steering.ts';
import type { RunState } from './state.ts';

/** A run of which nothing is known yet. */
export function emptyState(): RunState {
  return {
    seq: 0,
    tag: '',
    project: '',
    base: '',
    branch: '',
    settings: null,
    proposer: null,
    sandbox: null,
    host: null,
    gpus: [],
    seed: 0,
    cookie: '',
    engine: null,
    startedAt: '',
    lastAt: '',
    idleMs: 0,
    sittingMs: 0,
    ended: null,
    held: null,
    plateau: null,
    turns: [],
    answered: null,
    lease: null,
    rewrites: [],
    personaNews: [],
    champion: { sha: '', n: 0 },
    experiments: [],
    current: null,
    mode: 'auto',
    approval: null,
    reruns: [],
    incidents: [],
    warnings: [],
    notes: [],
    moves: [],
    acts: [],
    counts: Object.fromEntries(verdicts.map((v) => [v, 0])) as Record<Verdict, number>,
    energyWh: null,
    resumes: 0,
    recoveries: [],
    verification: { start: [], end: [], failures: 0, of: null },
    verified: null,
    bar: null,
    offered: null,
  };
}

/** The next state; the old one is untouched. The only way that state changes, live or from disk. */
export function fold(state: RunState, event: JournalEvent): RunState {
  const next = copy(state);
  asOneFold(() => apply(next, event));
  return next;
}

/** Folds many events at once; the same result as folding one by one, without a copy for each. */
export function foldAll(events: Iterable<JournalEvent>, from: RunState = emptyState()): RunState {
  const next = copy(from);
  asOneFold(() => {
    for (const event of events) apply(next, event);
  });
  return next;
}

// Arrays are copied once per fold; the elements are replaced, never mutated, so that selectors can compare by identity.
function copy(state: RunState): RunState {
  return {
    ...state,
    experiments: state.experiments.slice(),
    notes: state.notes.slice(),
    moves: state.moves.slice(),
    acts: state.acts.slice(),
    incidents: state.incidents.slice(),
    warnings: state.warnings.slice(),
    turns: state.turns.slice(),
    counts: { ...state.counts },
  };
}

let latest = { text: '', ms: Number.NaN };

/** Date.parse, which remembers the latest time: each is asked for twice, as an event's own and as the one before. */
function msOf(text: string): number {
  if (latest.text !== text) latest = { text, ms: Date.parse(text) };
  return latest.ms;
}

function apply(s: RunState, event: JournalEvent): void {
  // A journal can be read while it is appended to, and streams may overlap on attach: once is enough.
  if (event.seq <= s.seq) return;
  s.seq = event.seq;
  const before = msOf(s.lastAt);
  const since = msOf(event.at) - before - (event.type === 'clock.jumped' ? event.byMs : 0);
  s.lastAt = event.at;
  // While no engine lived nothing was done; a clock that was set back takes nothing away.
  if (since > 0 && event.type !== 'run.resumed') s.sittingMs += since;
  if ('energyWh' in event && event.energyWh !== undefined) s.energyWh = (s.energyWh ?? 0) + event.energyWh;
  switch (event.type) {
    case 'run.started':
    case 'run.resumed':
    case 'run.held':
    case 'run.released':
    case 'run.ended':
    case 'lease.chosen':
    case 'run.verified':
    case 'run.offered':
    case 'run.warned':
    case 'clock.jumped':
    case 'search.turned':
      foldRun(s, event, since);
      return;
    case 'experiment.started':
    case 'experiment.proposed':
    case 'experiment.rejected':
    case 'proposal.dropped':
    case 'smoke.ended':
    case 'experiment.committed':
    case 'trial.started':
    case 'trial.ended':
    case 'experiment.decided':
    case 'experiment.remeasured':
      foldExperiment(s, event);
      return;
    case 'persona.rewritten':
    case 'persona.settled':
      foldPersonas(s, event);
      return;
    case 'champion.moved':
      foldChampion(s, event);
      return;
    case 'mode.changed':
    case 'approval.asked':
    case 'proposal.edited':
    case 'approval.answered':
    case 'experiment.pinned':
    case 'experiment.unpinned':
    case 'rerun.asked':
    case 'rerun.withdrawn':
    case 'human.noted':
    case 'human.withdrew':
    case 'human.acted':
      foldSteering(s, event);
      return;
    default:
      event satisfies never;
  }
}
