import type { JournalEvent } from '../protocol/events.ts';
import { type Verdict, verdicts } from '../protocol/words.ts';
import {
  endTrial,
  foldApproval,
  foldVerification,
  meanMetric,
  newExperiment,
  newTrial,
  remeasured,
} from './records.ts';
import type { Experiment, RunState } from './state.ts';

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
    ended: null,
    held: null,
    answered: null,
    lease: null,
    champion: { sha: '', n: 0 },
    experiments: [],
    current: null,
    mode: 'auto',
    approval: null,
    reruns: [],
    incidents: [],
    notes: [],
    moves: [],
    acts: [],
    counts: Object.fromEntries(verdicts.map((v) => [v, 0])) as Record<Verdict, number>,
    energyWh: null,
    resumes: 0,
    recoveries: [],
    verification: { start: [], end: [], failures: 0 },
    verified: null,
  };
}

/** The next state; the old one is untouched. The only way that state changes, live or from disk. */
export function fold(state: RunState, event: JournalEvent): RunState {
  const next = copy(state);
  apply(next, event);
  return next;
}

/** Folds many events at once; the same result as folding one by one, without a copy for each. */
export function foldAll(events: Iterable<JournalEvent>, from: RunState = emptyState()): RunState {
  const next = copy(from);
  for (const event of events) apply(next, event);
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
    counts: { ...state.counts },
  };
}

function apply(s: RunState, event: JournalEvent): void {
  // A journal can be read while it is appended to, and streams may overlap on attach: once is enough.
  if (event.seq <= s.seq) return;
  s.seq = event.seq;
  const since = Date.parse(event.at) - Date.parse(s.lastAt);
  s.lastAt = event.at;
  if ('energyWh' in event && event.energyWh !== undefined) s.energyWh = (s.energyWh ?? 0) + event.energyWh;
  switch (event.type) {
    case 'run.started':
      s.tag = event.tag;
      s.project = event.project;
      s.base = event.base;
      s.branch = event.branch;
      s.settings = event.settings;
      s.proposer = event.proposer;
      s.sandbox = event.sandbox;
      s.host = event.host;
      s.gpus = event.gpus;
      s.seed = event.seed;
      s.cookie = event.cookie;
      s.engine = event.engine;
      s.startedAt = event.at;
      s.champion = { sha: event.base, n: 0 };
      return;
    case 'run.resumed':
      // A clock that was set back must not make the run longer than it was.
      if (since > 0) s.idleMs += since;
      s.engine = event.engine;
      if (event.project) s.project = event.project;
      if (event.settings) s.settings = event.settings;
      if (event.proposer) s.proposer = event.proposer;
      if (event.sandbox) s.sandbox = event.sandbox;
      s.ended = null;
      s.resumes += 1;
      s.recoveries = [...s.recoveries, { at: event.at, recovered: event.recovered }];
      befell(s, { at: event.at, kind: 'resumed', text: event.recovered.join('; '), until: null });
      return;
    case 'run.held':
      s.held = {
        at: event.at,
        by: event.by,
        reason: event.reason,
        next: event.next,
        when: event.when,
        asks: event.asks ?? null,
      };
      if (event.by === 'engine') befell(s, { at: event.at, kind: 'held', text: event.reason, until: null });
      return;
    case 'run.released':
      if (event.decision && s.held && s.held.asks !== null)
        s.answered = { n: s.held.asks, decision: event.decision };
      if (s.held?.by === 'engine')
        s.incidents = s.incidents.map((i) =>
          i.kind === 'held' && i.until === null ? { ...i, until: event.at } : i,
        );
      s.held = null;
      return;
    case 'run.ended':
      s.ended = {
        at: event.at,
        outcome: event.outcome,
        why: event.why,
        exitCode: event.exitCode,
        tail: event.tail ?? [],
      };
      s.held = null;
      return;
    case 'experiment.started':
      s.experiments[event.n] = newExperiment(event, event.at);
      s.current = event.n;
      s.notes = s.notes.map((note) =>
        note.usedBy === null && !note.withdrawn ? { ...note, usedBy: event.n } : note,
      );
      return;
    case 'experiment.proposed':
      change(s, event.n, (e) => ({
        ...e,
        hypothesis: event.hypothesis,
        expect: event.expect,
        family: event.family,
        constants: event.constants,
        attempts: event.attempt,
        proposeSeconds: e.proposeSeconds + event.seconds,
        tokens: event.tokens === null ? e.tokens : (e.tokens ?? 0) + event.tokens,
      }));
      return;
    case 'experiment.rejected':
      change(s, event.n, (e) => ({
        ...e,
        attempts: Math.max(e.attempts, event.attempt),
        refusals: [...e.refusals, { attempt: event.attempt, code: event.code, why: event.why }],
      }));
      return;
    case 'experiment.committed':
      change(s, event.n, (e) => ({
        ...e,
        sha: event.sha,
        tree: event.tree,
        files: event.files,
        fuzzy: event.fuzzy,
        added: event.added,
        removed: event.removed,
      }));
      if (s.approval?.n === event.n && s.approval.answer !== 'reject') s.approval = null;
      return;
    case 'trial.started':
      change(s, event.n, (e) => ({ ...e, trials: [...e.trials, newTrial(event, event.at)] }));
      return;
    case 'trial.ended':
      change(s, event.n, (e) => {
        const trials = e.trials.map((t) => (t.k === event.k ? endTrial(t, event, event.at) : t));
        // A champion that ran again is worth what all its runs say, not what the first one did.
        const again = event.role === 'champion' && event.outcome === 'ok' && e.metric !== null;
        return { ...e, trials, metric: again ? meanMetric(trials) : e.metric };
      });
      if (event.role === 'verify') s.verification = foldVerification(s.verification, event);
      return;
    case 'experiment.decided':
      change(s, event.n, (e) => ({
        ...e,
        endedAt: event.at,
        verdict: event.verdict,
        metric: event.metric,
        gain: event.gain,
        z: event.z,
        sigma: event.sigma,
        why: event.why,
        by: event.by,
        confidence: event.confidence,
        label: event.label,
      }));
      if (event.n > 0) s.counts[event.verdict] += 1;
      if (s.current === event.n) s.current = null;
      if (s.approval?.n === event.n) s.approval = null;
      return;
    case 'lease.chosen':
      s.lease = { sharing: event.sharing, why: event.why };
      return;
    case 'run.verified': {
      const { v: _v, seq: _seq, type: _type, ...verified } = event;
      s.verified = verified;
      s.verification = { start: [], end: [], failures: 0 };
      return;
    }
    case 'champion.moved':
      s.verification = { start: [], end: [], failures: 0 };
      s.verified = null;
      s.champion = { sha: event.to, n: event.n };
      s.moves.push({
        at: event.at,
        from: event.from,
        to: event.to,
        n: event.n,
        by: event.by,
        cause: event.cause,
        reverted: event.reverted,
        restored: event.restored,
        why: event.why,
      });
      for (const m of event.reverted) {
        // Taking a forced keep back gives it the verdict that it had.
        const before = event.cause === 'undone' ? (s.experiments[m]?.verdictBefore ?? null) : null;
        setVerdict(s, m, before ?? 'reverted');
        if (before) change(s, m, (e) => ({ ...e, verdictBefore: null, by: 'engine' }));
      }
      for (const m of event.restored) {
        const verdict = s.experiments[m]?.verdict ?? null;
        if (event.cause === 'forced' && m === event.n && verdict !== 'reverted')
          change(s, m, (e) => ({ ...e, verdictBefore: verdict, by: event.by }));
        setVerdict(s, m, 'kept');
      }
      return;
    case 'mode.changed':
      s.mode = event.mode;
      return;
    case 'approval.asked':
    case 'proposal.edited':
    case 'approval.answered':
      s.approval = foldApproval(s.approval, event);
      if (event.type === 'proposal.edited') change(s, event.n, (e) => ({ ...e, proposer: 'human' }));
      return;
    case 'experiment.pinned':
    case 'experiment.unpinned':
      change(s, event.n, (e) => ({ ...e, pinned: event.type === 'experiment.pinned' }));
      return;
    case 'rerun.asked':
      s.reruns = [...s.reruns, event.n];
      return;
    case 'rerun.withdrawn':
      s.reruns = without(s.reruns, event.n);
      return;
    case 'experiment.remeasured':
      s.reruns = without(s.reruns, event.n);
      change(s, event.n, (e) => remeasured(e, event));
      return;
    case 'human.noted':
      s.notes.push({
        id: event.id,
        text: event.text,
        sticky: event.sticky,
        at: event.at,
        usedBy: null,
        withdrawn: false,
      });
      return;
    case 'human.withdrew':
      s.notes = s.notes.map((note) => (note.id === event.id ? { ...note, withdrawn: true } : note));
      return;
    case 'human.acted':
      s.acts.push({ at: event.at, act: event.act, detail: event.detail });
      return;
  }
}

/** More than anybody reads; a night of a flapping server must not grow the state. */
const mostIncidents = 200;

function befell(s: RunState, incident: RunState['incidents'][number]): void {
  s.incidents.push(incident);
  if (s.incidents.length > mostIncidents) s.incidents.shift();
}

function without(list: readonly number[], n: number): number[] {
  const at = list.indexOf(n);
  return at < 0 ? list.slice() : list.toSpliced(at, 1);
}

function change(s: RunState, n: number, to: (e: Experiment) => Experiment): void {
  const e = s.experiments[n];
  if (e) s.experiments[n] = to(e);
}

function setVerdict(s: RunState, n: number, verdict: Verdict): void {
  const before = s.experiments[n]?.verdict;
  if (!before || before === verdict) return;
  change(s, n, (e) => ({ ...e, verdict }));
  if (n === 0) return;
  s.counts[before] -= 1;
  s.counts[verdict] += 1;
}
