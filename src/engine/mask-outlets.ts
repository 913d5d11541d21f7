import { clean, cleanLines } from '../protocol/clean.ts';
import type { EventBody, JournalEvent } from '../protocol/events.ts';
import type { Pulse, PulseOf } from '../protocol/pulse.ts';
import { LineMask, StreamMask } from '../protocol/secret-stream.ts';
import type { Mask } from '../protocol/secrets.ts';

/** Fields of events that hold what a model, a script or another program said. */
const foreign: { readonly [T in JournalEvent['type']]?: readonly string[] } = {
  'run.held': ['reason', 'next'],
  'run.warned': ['text'],
  'run.ended': ['why', 'tail'],
  'experiment.proposed': ['hypothesis', 'expect', 'family'],
  'experiment.rejected': ['why'],
  'trial.ended': ['why', 'metrics'],
  'experiment.decided': ['why'],
  'experiment.remeasured': ['why'],
};

/** The same, of many lines. */
const foreignTexts: typeof foreign = { 'persona.rewritten': ['text'] };

/** One sentence of others is no longer than this in the journal: a line of it must stay a line. Characters. */
const longest = 4000;

/**
 * The event without secrets and without terminal controls in what others said, and with an end to it. Here, so that every
 * reader of the journal is safe; replies stay raw in their files.
 */
export function maskEvent(mask: Mask, body: EventBody): EventBody {
  const fields = foreign[body.type];
  const texts = foreignTexts[body.type];
  if (fields === undefined && texts === undefined) return body;
  const copy: Record<string, unknown> = { ...body };
  for (const field of fields ?? []) copy[field] = maskValue(mask, copy[field]);
  for (const field of texts ?? []) copy[field] = mask(cleanLines(String(copy[field])).join('\n'));
  return copy as EventBody;
}

/** Lines of a tail. */
const mostLines = 200;

function short(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function maskValue(mask: Mask, value: unknown): unknown {
  if (typeof value === 'string') return short(mask(clean(value)));
  if (Array.isArray(value))
    return value.length === 0
      ? value
      : mask(cleanLines(value.join('\n')).join('\n'))
          .split('\n')
          .slice(-mostLines)
          .map(short);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, v]) => [mask(name), v]));
  return value;
}

/** Passes pulses on without secrets. Tokens are cut anywhere, so what may be the beginning of one waits a little. */
export function maskPulses(mask: Mask, send: (pulse: Pulse) => void): (pulse: Pulse) => void {
  let words: { mask: StreamMask; last: PulseOf<'model.tokens'> } | null = null;
  let log: { n: number; k: number; mask: LineMask } | null = null;

  const endWords = () => {
    if (words === null) return;
    const text = words.mask.end();
    const { last } = words;
    words = null;
    if (text !== '') send({ ...last, text });
  };

  return (pulse) => {
    switch (pulse.type) {
      case 'model.tokens': {
        if (words !== null && (words.last.channel !== pulse.channel || words.last.n !== pulse.n)) endWords();
        words = { mask: words?.mask ?? new StreamMask(mask), last: pulse };
        const text = words.mask.push(pulse.text);
        if (text !== '') send({ ...pulse, text });
        return;
      }
      case 'model.started':
      case 'phase':
        endWords();
        return send(pulse.type === 'phase' ? { ...pulse, detail: mask(pulse.detail) } : pulse);
      case 'model.stats':
        if (pulse.stage === 'done' || pulse.stage === 'retrying') endWords();
        return send(pulse.note === null ? pulse : { ...pulse, note: mask(pulse.note) });
      case 'log': {
        if (log?.n !== pulse.n || log.k !== pulse.k)
          log = { n: pulse.n, k: pulse.k, mask: new LineMask(mask) };
        const lines = log.mask.lines(pulse.lines);
        return send({ ...pulse, lines, live: pulse.live === null ? null : log.mask.live(pulse.live) });
      }
      case 'diff':
        return send({ ...pulse, text: mask(pulse.text) });
      case 'notice':
        return send({ ...pulse, text: mask(pulse.text) });
      default:
        return send(pulse);
    }
  };
}
