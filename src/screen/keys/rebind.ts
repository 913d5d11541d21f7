import { nearest } from '../../config/nearest.ts';
import { type Bindings, chordLabel, defaultBindings, sharePlace } from './bindings.ts';
import type { Chord } from './chord.ts';
import { readChord } from './chord-text.ts';
import { type CommandId, commandIds } from './commands.ts';

export interface Rebound {
  bindings: Bindings;
  /** Each as `place: what, and how to mend it`. */
  problems: string[];
}

/**
 * The keys as the user wants them: what they name gets their keys instead of the shipped ones, all others stay.
 * What cannot be is left as shipped and told; a mistake never leaves the screen without keys.
 * @param where names a place in the user's file, such as `config.yaml:3: keys.hold`
 */
export function rebind(
  wanted: Readonly<Record<string, readonly string[]>>,
  where: (field: readonly string[]) => string = (field) => field.join('.'),
): Rebound {
  const problems: string[] = [];
  const own = new Map<CommandId, Chord[]>();
  for (const [name, texts] of Object.entries(wanted)) {
    const at = where(['keys', name]);
    if (!isCommand(name)) {
      const guess = nearest(name, commandIds);
      problems.push(
        `${at}: there is no act of that name. ${guess ? `Did you mean '${guess}'?` : '`pawl keys --json` lists them.'}`,
      );
      continue;
    }
    const chords: Chord[] = [];
    for (const text of texts) {
      const read = readChord(text);
      if ('chord' in read) chords.push(read.chord);
      else problems.push(`${at}: ${read.wrong}`);
    }
    if (chords.length === texts.length) own.set(name, chords);
  }
  const withOwn = () =>
    Object.fromEntries(commandIds.map((id) => [id, own.get(id) ?? defaultBindings[id]])) as Record<
      CommandId,
      readonly Chord[]
    >;
  // Every round takes at least one wish back, so this ends.
  for (let clash = firstClash(withOwn(), own); clash; clash = firstClash(withOwn(), own)) {
    const { mine, other, chord } = clash;
    const key = chordLabel(chord);
    problems.push(
      `${where(['keys', mine])}: ${key} is the key of both '${mine}' and '${other}'. Give '${other}' another key too, or null.`,
    );
    own.delete(mine);
  }
  const bindings = withOwn();
  if (bindings.detach.length === 0 && bindings.interrupt.length === 0) {
    problems.push(`${where(['keys', 'detach'])}: 'detach' and 'interrupt' cannot both be without a key`);
    return { bindings: { ...bindings, interrupt: defaultBindings.interrupt }, problems };
  }
  return { bindings, problems };
}

function isCommand(name: string): name is CommandId {
  return (commandIds as string[]).includes(name);
}

function firstClash(
  bindings: Bindings,
  own: ReadonlyMap<CommandId, unknown>,
): { mine: CommandId; other: CommandId; chord: Chord } | null {
  for (const mine of own.keys())
    for (const other of commandIds) {
      if (other === mine || !sharePlace(mine, other)) continue;
      const chord = bindings[mine].find((c) => bindings[other].includes(c));
      if (chord !== undefined) return { mine, other, chord };
    }
  return null;
}
