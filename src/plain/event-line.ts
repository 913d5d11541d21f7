import { luckyBar } from '../journal/lucky-bar.ts';
import type { RunState } from '../journal/state.ts';
import { earlyAccount, earlySentence } from '../loop/early-account.ts';
import { plainNumber } from '../loop/plain-number.ts';
import { claimSentence } from '../loop/verify.ts';
import { attemptWords, replyPath } from '../protocol/attempt-words.ts';
import { clean } from '../protocol/clean.ts';
import { clockWords } from '../protocol/clock-words.ts';
import type { EventBody, JournalEvent, SandboxInfo } from '../protocol/events.ts';
import { endWords } from '../protocol/words.ts';

/**
 * One plain sentence for an event, or null for those that a log reader does not need.
 * @param state the state with the event folded in
 */
export function eventLine(state: RunState, event: JournalEvent): string | null {
  const text = say(state, event);
  return text === null ? null : `${clock(event.at)} ${clean(text)}`;
}

function say(state: RunState, event: JournalEvent): string | null {
  switch (event.type) {
    case 'run.started':
      return (
        `run ${event.tag} on ${event.branch}, ${event.settings.metric.direction} ${event.settings.metric.name}, ` +
        `budget ${event.settings.budgetMs / 1000}s, proposer ${event.proposer.kind}` +
        `${event.proposer.model ? ` ${event.proposer.model}` : ''} (${event.proposer.why}), ${walls(event.sandbox)}`
      );
    case 'run.resumed':
      return `resumed${event.sandbox?.level === 'off' ? `, ${walls(event.sandbox)}` : ''}${event.recovered.map((did) => `; ${did.replace(/\.$/, '')}`).join('')}${changedPart(event.changed)}`;
    case 'run.held':
      return `HELD ${event.reason}${event.next ? `. ${event.next}` : ''}`;
    case 'run.released':
      return `released by ${event.by === 'user' ? 'you' : 'pawl'}`;
    case 'run.warned':
      return `note: ${event.text}`;
    case 'clock.jumped':
      return `note: ${clockWords(event.byMs)}`;
    case 'run.verified':
    case 'run.offered':
      return event.why;
    case 'run.ended':
      return endLine(state, event);
    case 'experiment.proposed':
      return `${tag(event.n)} try: ${event.hypothesis}`;
    case 'experiment.rejected':
      return refused(state, event);
    case 'smoke.ended':
      // A crash is told with the attempt that it cost.
      return event.outcome === 'stopped' ? `${tag(event.n)} smoke run ended: ${event.why}` : null;
    case 'trial.ended':
      if (event.n === 0 && event.outcome === 'ok') {
        return `${tag(0)} baseline run ${event.k + 1}: ${number(event.metric)} in ${event.seconds.toFixed(1)}s`;
      }
      if (event.role === 'candidate' && event.outcome === 'ok') return null;
      if (event.role === 'verify' && event.outcome === 'ok')
        return `verifying: ${event.n === 0 ? 'start' : tag(event.n)} ${number(event.metric)}`;
      if (event.role === 'held-out' && event.outcome === 'ok')
        return `held out: ${event.n === 0 ? 'start' : tag(event.n)} ${number(event.metric)}`;
      // The verdict that follows says why it failed.
      if (event.role !== 'champion' && failures.has(event.outcome)) return null;
      if (event.outcome !== 'ok') return `${tag(event.n)} ${event.outcome}: ${event.why ?? ''}`;
      if (event.role === 'champion') return `${tag(event.n)} champion again: ${number(event.metric)}`;
      return `${tag(event.n)} run ${runs(state, event.n)}: ${runValues(state, event.n)}`;
    case 'experiment.decided': {
      // A failed baseline ends the run, which says why.
      if (event.n === 0) return event.verdict === 'kept' ? `${tag(0)} ${event.why}` : null;
      const value = event.metric === null ? '' : ` ${number(event.metric)}`;
      return `${tag(event.n)} ${event.verdict.toUpperCase()}${value}: ${event.why}`;
    }
    case 'champion.moved':
      if (event.cause === 'kept') return null;
      return `champion is ${event.n === 0 ? 'the baseline' : tag(event.n)} now: ${event.why}`;
    case 'search.turned':
      return `PLATEAU ${event.why}`;
    case 'persona.rewritten':
    case 'persona.settled':
      return `PANEL ${event.why}`;
    case 'lease.chosen':
      return event.sharing === 'none' ? null : `GPU: ${event.sharing} (${event.why})`;
    case 'mode.changed':
      return event.mode === 'approve'
        ? 'APPROVE: each proposal waits for your yes (pawl attach, then y)'
        : 'AUTO: proposals run by themselves';
    case 'approval.asked':
      return `${tag(event.n)} waits for your yes: pawl attach, then y runs it, n rejects it (+${event.added} -${event.removed} in ${event.files.join(', ')})`;
    case 'proposal.edited':
      return `${tag(event.n)} edited by you (+${event.added} -${event.removed}), waits for your yes`;
    case 'approval.answered':
      return event.by === 'engine'
        ? null
        : `${tag(event.n)} ${event.answer === 'run' ? 'approved' : 'rejected'} by you`;
    case 'rerun.asked':
      return `${tag(event.n)} is to run once more, for you`;
    case 'experiment.remeasured':
      return `${tag(event.n)} again: ${event.why}`;
    case 'experiment.pinned':
      return `${tag(event.n)} pinned`;
    case 'experiment.unpinned':
      return `${tag(event.n)} not pinned any more`;
    case 'human.noted':
      return `your note${event.sticky ? ' (sticky)' : ''}: ${event.text}`;
    default:
      return null;
  }
}

/** What pawl.yaml says by now: that which holds, and that which does not. */
function changedPart(changed: EventBody<'run.resumed'>['changed'] = []): string {
  const named = (holds: boolean) =>
    changed.filter((c) => c.holds === holds).map(({ name, from, to }) => `${name} ${from} -> ${to}`);
  const [now, not] = [named(true), named(false)];
  return (
    (now.length > 0 ? `; pawl.yaml was changed: ${now.join(', ')}` : '') +
    (not.length > 0 ? `; the command line holds, not pawl.yaml: ${not.join(', ')}` : '')
  );
}

/** Whose reply was refused, why, and where a model's is kept. */
function refused(state: RunState, { n, attempt, why, by }: EventBody<'experiment.rejected'>): string {
  const arm = by ?? state.experiments[n]?.arm;
  const words = attemptWords({ attempt, ...(arm?.persona ? { persona: arm.persona } : {}) });
  const kept = arm?.model ? ` (the reply: ${replyPath(state, n)})` : '';
  return `${tag(n)} ${words} refused: ${why}${kept}`;
}

const failures: ReadonlySet<string> = new Set(['crashed', 'timed-out', 'hopeless']);

const walls = (sandbox: SandboxInfo) =>
  sandbox.level === 'off' ? `NO SANDBOX: ${sandbox.why}` : `sandbox ${sandbox.why}`;

/** How the run ended and what it brought. The end says the claim already, where it was measured just now. */
export function endLine(
  state: RunState,
  { outcome, why }: Pick<NonNullable<RunState['ended']>, 'outcome' | 'why'>,
) {
  const claim = state.verified?.claim;
  const short = claim && why.includes(claimSentence(claim)) ? 'verified' : null;
  return `${endWords(outcome, why)}. ${summary(state, short)}${earlyPart(state)}`;
}

function earlyPart(state: RunState): string {
  const early = earlyAccount(state.experiments);
  return early ? `; ${earlySentence(early)}` : '';
}

/**
 * `12 experiments, 3 kept; val_bpb 1.9 -> 1.75 (7.89 % better as measured, not verified)`
 * @param claimed said instead of the claim, where that stands beside it
 */
export function summary(state: RunState, claimed: string | null = null): string {
  const decided = state.experiments.filter((e) => e.n > 0 && e.verdict !== null).length;
  const from = state.experiments[0]?.metric ?? null;
  const to = state.experiments[state.champion.n]?.metric ?? null;
  const name = state.settings?.metric.name ?? 'metric';
  const kept = `${decided} ${decided === 1 ? 'experiment' : 'experiments'}, ${state.counts.kept} kept`;
  // Measured again on fresh seeds, the first numbers are history.
  const claim = state.verified?.claim;
  if (claim)
    return `${kept}; ${name} ${number(claim.start)} -> ${number(claim.end)}, ${claimed ?? claimSentence(claim)}`;
  if (from === null || to === null) return kept;
  if (state.champion.n === 0) return `${kept}; ${name} ${number(from)} -> ${number(to)}`;
  return `${kept}; ${name} ${number(from)} -> ${number(to)} (${measuredGain(state, from, to)})`;
}

/** `42.37 % better as measured, 39.75 % better without its luck, not verified`: measured and honest gain, of the start's number. */
function measuredGain(state: RunState, from: number, to: number): string {
  const sign = state.settings?.metric.direction === 'maximize' ? 1 : -1;
  const words = (value: number) => {
    const gain = sign * (value - from);
    const size =
      from === 0 ? number(Math.abs(gain)) : `${((100 * Math.abs(gain)) / Math.abs(from)).toFixed(2)} %`;
    return `${size} ${gain < 0 ? 'worse' : 'better'}`;
  };
  const lucky = luckyBar(state);
  return `${words(to)} as measured${lucky ? `, ${words(lucky.bar)} without its luck` : ''}, not verified`;
}

/** What the champion's number hides: the one that ideas are compared with. null where the two are one. */
export function barLine(state: RunState): string | null {
  const lucky = luckyBar(state);
  return (
    lucky &&
    `bar ${number(lucky.bar)}: what the next idea must beat; #${lucky.n} showed ${number(lucky.shown)}, partly luck`
  );
}

/** Good runs of an experiment's own commit. */
function goodRuns(state: RunState, n: number): number[] {
  const trials = state.experiments[n]?.trials ?? [];
  return trials.flatMap((t) => (t.outcome === 'ok' && t.metric !== null ? [t.metric] : []));
}

const runs = (state: RunState, n: number) => goodRuns(state, n).length;

/** `1.3610 (before: 1.3590)` */
function runValues(state: RunState, n: number): string {
  const values = goodRuns(state, n).map(number);
  return `${values.at(-1)} (before: ${values.slice(0, -1).join(', ')})`;
}

const tag = (n: number) => `#${String(n).padStart(3, '0')}`;
const clock = (iso: string) => new Date(iso).toTimeString().slice(0, 8);
const number = (x: number | null) => (x === null ? '-' : plainNumber(x, 6));
