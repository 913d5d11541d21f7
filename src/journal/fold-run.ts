import { clockWords } from '../protocol/clock-words.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { RunState } from './state.ts';

/** Folds a run's beginning, holds and end. @param since ms since the event before it. */
export function foldRun(
  s: RunState,
  event: JournalEvent<
    | 'run.started'
    | 'run.resumed'
    | 'run.held'
    | 'run.released'
    | 'run.ended'
    | 'lease.chosen'
    | 'run.verified'
    | 'run.offered'
    | 'run.warned'
    | 'clock.jumped'
    | 'search.turned'
  >,
  since: number,
): void {
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
      if (s.ended) s.sittingMs = 0;
      s.engine = event.engine;
      if (event.project) s.project = event.project;
      if (event.settings) s.settings = event.settings;
      if (event.proposer) s.proposer = event.proposer;
      if (event.sandbox) s.sandbox = event.sandbox;
      s.ended = null;
      s.resumes += 1;
      s.recoveries = [
        ...s.recoveries,
        {
          at: event.at,
          recovered: event.recovered,
          ...(event.changed ? { changed: event.changed } : {}),
        },
      ];
      befell(s, {
        at: event.at,
        kind: 'resumed',
        text: event.recovered.map((did) => did.replace(/\.$/, '')).join('; '),
        until: null,
      });
      return;
    case 'run.held':
      s.held = {
        at: event.at,
        by: event.by,
        reason: event.reason,
        next: event.next,
        when: event.when,
        asks: event.asks ?? null,
        ...(event.kind ? { kind: event.kind } : {}),
      };
      if (event.by === 'user') s.acts.push({ at: event.at, act: 'hold', detail: '' });
      if (event.by === 'engine') befell(s, { at: event.at, kind: 'held', text: event.reason, until: null });
      return;
    case 'run.released':
      if (event.by === 'user') s.acts.push({ at: event.at, act: 'release', detail: '' });
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
    case 'run.warned':
      warned(s, event.at, event.text);
      return;
    case 'clock.jumped':
      s.idleMs += event.byMs;
      warned(s, event.at, clockWords(event.byMs));
      return;
    case 'lease.chosen':
      s.lease = { sharing: event.sharing, why: event.why };
      return;
    case 'search.turned': {
      const { at, n, turn, round, since, of = null, why } = event;
      s.plateau = { at, n, turn, round, since, of, why };
      s.turns.push(s.plateau);
      if (s.turns.length > mostIncidents) s.turns.shift();
      return;
    }
    case 'run.verified': {
      const { v: _v, seq: _seq, type: _type, ...verified } = event;
      s.verified = verified;
      s.offered = null;
      s.verification = { start: [], end: [], failures: 0, of: null };
      return;
    }
    case 'run.offered':
      s.offered = { n: event.n, claim: event.claim, why: event.why };
      s.verification = { start: [], end: [], failures: 0, of: null };
      return;
  }
}

/** More than anybody reads; a night of a flapping server must not grow the state. */
const mostIncidents = 200;

function warned(s: RunState, at: string, text: string): void {
  s.warnings.push({ at, text });
  if (s.warnings.length > mostIncidents) s.warnings.shift();
}

function befell(s: RunState, incident: RunState['incidents'][number]): void {
  s.incidents.push(incident);
  if (s.incidents.length > mostIncidents) s.incidents.shift();
}
