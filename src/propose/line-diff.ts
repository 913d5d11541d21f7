/** One line of two versions of a text: in both, only in the old one, or only in the new one. */
export type Step = { sign: ' ' | '-' | '+'; text: string };

const context = 3;
/** Beyond that many changed lines the middle is shown as replaced: nobody reads such a diff line by line. */
const mostChanges = 1200;

export interface DiffOptions {
  /** The new text is still being written: what the old one has beyond it is not removed. */
  open?: boolean;
}

/** Unified diff of one file as git writes it, without blob ids. Empty when the texts are the same. */
export function unifiedDiff(path: string, before: string, after: string, options: DiffOptions = {}): string {
  const old = linesOf(before);
  const now = linesOf(after);
  // The rest of the old text is not to be compared yet: its braces would match those being written.
  const near = options.open ? old.slice(0, now.length + 40) : old;
  const steps = stepsBetween(near, now);
  if (options.open) {
    let end = steps.length;
    while (end > 0 && steps[end - 1]!.sign === '-') end--;
    for (let i = end; i < steps.length; i++) steps[i] = { ...steps[i]!, sign: ' ' };
    steps.push(...old.slice(near.length).map((text): Step => ({ sign: ' ', text })));
  }
  const hunks = hunksOf(steps);
  if (hunks === '') return '';
  const from = old.length === 0 ? '/dev/null' : `a/${path}`;
  return `diff --git a/${path} b/${path}\n--- ${from}\n+++ b/${path}\n${hunks}`;
}

function linesOf(text: string): string[] {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The fewest lines that go and come between two texts, in order. */
export function stepsBetween(old: string[], now: string[]): Step[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const same = (text: string): Step => ({ sign: ' ', text });
  return [
    ...old.slice(0, start).map(same),
    ...shortest(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...old.slice(old.length - end).map(same),
  ];
}

/** Myers, "An O(ND) Difference Algorithm" (1986): the fewest lines removed and added. */
function shortest(a: string[], b: string[]): Step[] {
  const most = Math.min(a.length + b.length, mostChanges);
  const offset = most + 1;
  let reach = new Int32Array(2 * most + 3);
  const trail: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trail.push(reach.slice());
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach[offset + k - 1]! < reach[offset + k + 1]!);
      let x = down ? reach[offset + k + 1]! : reach[offset + k - 1]! + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      reach[offset + k] = x;
      if (x >= a.length && y >= b.length) return walkBack(a, b, trail, d, offset);
    }
    reach = reach.slice();
  }
  return [...a.map((text): Step => ({ sign: '-', text })), ...b.map((text): Step => ({ sign: '+', text }))];
}

function walkBack(a: string[], b: string[], trail: Int32Array[], changes: number, offset: number): Step[] {
  const steps: Step[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = changes; d > 0; d--) {
    const reach = trail[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && reach[offset + k - 1]! < reach[offset + k + 1]!);
    const beforeX = reach[offset + (down ? k + 1 : k - 1)]!;
    const beforeY = beforeX - (down ? k + 1 : k - 1);
    while (x > beforeX && y > beforeY && x > 0 && y > 0) {
      if (x === (down ? beforeX : beforeX + 1) && y === (down ? beforeY + 1 : beforeY)) break;
      steps.push({ sign: ' ', text: a[--x]! });
      y--;
    }
    if (down) steps.push({ sign: '+', text: b[--y]! });
    else steps.push({ sign: '-', text: a[--x]! });
  }
  while (x > 0) steps.push({ sign: ' ', text: a[--x]! });
  return steps.reverse();
}

function hunksOf(steps: Step[]): string {
  let out = '';
  let old = 1;
  let now = 1;
  let i = 0;
  const advance = (step: Step) => {
    if (step.sign !== '+') old++;
    if (step.sign !== '-') now++;
  };
  while (i < steps.length) {
    if (steps[i]!.sign === ' ') {
      advance(steps[i++]!);
      continue;
    }
    // Up to where more than twice the context is unchanged.
    let last = i;
    for (let k = i; k < steps.length && k - last <= context * 2; k++) if (steps[k]!.sign !== ' ') last = k;
    const lead = Math.min(context, i, leading(steps, i));
    const end = Math.min(steps.length, last + 1 + context);
    const body = steps.slice(i - lead, end);
    const removed = body.filter((s) => s.sign !== '+').length;
    const added = body.filter((s) => s.sign !== '-').length;
    const start = (line: number, count: number) => (count === 0 ? line - lead - 1 : line - lead);
    out += `@@ -${start(old, removed)},${removed} +${start(now, added)},${added} @@\n`;
    for (const { sign, text } of ordered(body)) out += `${sign}${text}\n`;
    for (; i < end; i++) advance(steps[i]!);
  }
  return out;
}

/** Unchanged lines right before. */
function leading(steps: Step[], from: number): number {
  let count = 0;
  while (from - count - 1 >= 0 && steps[from - count - 1]!.sign === ' ') count++;
  return count;
}

/** Within each change what went stands before what came. */
function ordered(steps: Step[]): Step[] {
  const out: Step[] = [];
  let went: Step[] = [];
  let came: Step[] = [];
  for (const step of steps) {
    if (step.sign === '-') went.push(step);
    else if (step.sign === '+') came.push(step);
    else {
      out.push(...went, ...came, step);
      went = [];
      came = [];
    }
  }
  return [...out, ...went, ...came];
}
