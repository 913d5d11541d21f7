import type { Pulse, PulseOf } from '../protocol/pulse.ts';

const keepLines = 400;
const keepSamples = 120;
const keepText = 24_000;

/** Remembers just enough of the pulse to rebuild the picture for a screen that attaches later. Bounded. */
export function createPresent(): { note(pulse: Pulse): void; pulses(): Pulse[] } {
  const latest = new Map<Pulse['type'], Pulse>();
  let tokens: PulseOf<'model.tokens'>[] = [];
  let log: PulseOf<'log'> | null = null;
  let points: PulseOf<'curve'> | null = null;
  const gpu: PulseOf<'gpu'>[] = [];
  const host: PulseOf<'host'>[] = [];

  return {
    note(pulse) {
      switch (pulse.type) {
        case 'model.started':
          if (!pulse.goesOn) tokens = [];
          latest.set(pulse.type, pulse);
          latest.delete('model.stats');
          if (isDraft(latest.get('diff'))) latest.delete('diff');
          return;
        case 'model.tokens': {
          const last = tokens.at(-1);
          if (last && last.channel === pulse.channel) {
            tokens[tokens.length - 1] = { ...last, text: (last.text + pulse.text).slice(-keepText) };
          } else tokens.push({ ...pulse, text: pulse.text.slice(-keepText) });
          while (tokens.length > 1 && chars(tokens) > keepText * 2) tokens.shift();
          return;
        }
        case 'trial.started':
          log = null;
          points = null;
          latest.set(pulse.type, pulse);
          return;
        case 'log':
          log = joined(log && log.n === pulse.n && log.k === pulse.k ? log : null, pulse);
          return;
        case 'curve':
          points =
            points && points.n === pulse.n && points.k === pulse.k
              ? { ...pulse, points: thin([...points.points, ...pulse.points]) }
              : pulse;
          return;
        case 'gpu':
          keep(gpu, pulse);
          return;
        case 'host':
          keep(host, pulse);
          return;
        case 'heartbeat':
        case 'notice':
          return;
        default:
          latest.set(pulse.type, pulse);
      }
    },
    pulses() {
      return [
        ...[
          latest.get('phase'),
          latest.get('wishes'),
          latest.get('undos'),
          latest.get('lease'),
          latest.get('model.started'),
        ].filter((p) => p !== undefined),
        ...tokens,
        ...[
          latest.get('model.stats'),
          latest.get('tuner'),
          latest.get('diff'),
          latest.get('trial.started'),
        ].filter((p) => p !== undefined),
        ...(log ? [log] : []),
        ...(points ? [points] : []),
        ...gpu,
        ...host,
      ];
    },
  };
}

/** The last lines that are known without a gap. */
function joined(before: PulseOf<'log'> | null, pulse: PulseOf<'log'>): PulseOf<'log'> {
  const whole =
    before && (pulse.first === undefined || pulse.dropped === 0)
      ? [...before.lines, ...pulse.lines]
      : pulse.lines;
  const lines = whole.slice(-keepLines);
  const dropped = (before?.dropped ?? 0) + pulse.dropped;
  if (pulse.first === undefined) return { ...pulse, lines, dropped };
  return { ...pulse, lines, dropped, first: pulse.first + pulse.lines.length - lines.length };
}

const isDraft = (pulse: Pulse | undefined): boolean => pulse?.type === 'diff' && pulse.draft === true;

const chars = (tokens: readonly PulseOf<'model.tokens'>[]): number =>
  tokens.reduce((sum, t) => sum + t.text.length, 0);

function keep<T>(ring: T[], item: T): void {
  ring.push(item);
  if (ring.length > keepSamples) ring.shift();
}

// Every second point goes once there are too many: the shape stays, the size is bounded.
function thin<T>(items: T[]): T[] {
  return items.length > 4000 ? items.filter((_, i) => i % 2 === 0 || i > items.length - 200) : items;
}
