import type { Arm, Conditions, ConstantChange, ProcessId } from '../protocol/events.ts';
import type { FormReply } from './state.ts';

// Of ten thousand experiments most have the same parent, arm, files and machine, and each line of a journal brings a copy
// of its own. What is alike is held once. Nothing here changes what a state says, only how often it is held.

/** Different values that are remembered; then it begins anew. A run has a handful, a hostile journal any number. */
const most = 512;

/** Gives the first of all values that have the same key. */
function pool<T>(keyOf: (value: T) => string): (value: T) => T {
  const first = new Map<string, T>();
  return (value) => {
    const key = keyOf(value);
    const known = first.get(key);
    if (known !== undefined) return known;
    if (first.size >= most) first.clear();
    first.set(key, value);
    return value;
  };
}

/** A text that many experiments have: a parent's commit, a file's path, a family. */
export const pooledText: (text: string) => string = pool((text) => text);

/** A list of such texts. */
export const pooledTexts: (texts: string[]) => string[] = pool((texts) => texts.join('\0'));

/** Who was asked. */
export const pooledArm: (arm: Arm) => Arm = pool((arm) => `${arm.proposer}\0${arm.model}\0${arm.persona}`);

/** Most models write the form they are asked for at the first attempt: then one list says it of all experiments. */
export const pooledReplies: (replies: FormReply[]) => FormReply[] = pool((replies) =>
  replies.map((r) => `${r.attempt}\0${r.model}\0${r.form}\0${r.why}\0${r.code}`).join('\0\0'),
);

const quiet = pool<Conditions>((conditions) => JSON.stringify(conditions));

/** A machine without a GPU, or with nothing to say, says the same of every trial. */
export function pooledConditions(conditions: Conditions): Conditions {
  return conditions.gpus.length === 0 && conditions.foreignCores === null ? quiet(conditions) : conditions;
}

/** The same machine has the same boot for all of a run. */
export function withPooledBoot(id: ProcessId): ProcessId {
  return { ...id, bootId: id.bootId === null ? null : pooledText(id.bootId) };
}

const nothing: never[] = [];
Object.freeze(nothing);

/** The list of nothing that all share: most lists of an experiment stay empty. Whoever writes into it gets an error. */
export const none = <T>(): T[] => nothing;

/** The same few constants are moved again and again. */
export function pooledConstants(changes: readonly ConstantChange[]): ConstantChange[] {
  if (changes.length === 0) return none();
  return changes.map(({ path, name, from, to }) => ({
    path: pooledText(path),
    name: pooledText(name),
    from,
    to,
  }));
}
