import type { Snapshot } from '../store.ts';
import { number } from '../text/format.ts';

/** One thing of an experiment that can be copied. */
export interface CopyChoice {
  key: string;
  label: string;
  detail: string;
  text: string;
}

/** What `y` can copy of experiment `n`; only what there is. */
export function copyChoices(n: number, { run, live, past }: Snapshot): CopyChoice[] {
  const e = run.experiments[n];
  if (!e) return [];
  const out: CopyChoice[] = [];
  const add = (key: string, label: string, detail: string, text: string | null) => {
    if (text !== null && text !== '') out.push({ key, label, detail, text });
  };
  const diff = past?.n === n ? past.diff : live.diff?.n === n ? live.diff.text : null;
  add('d', 'diff', diff === null ? '' : `${diff.split('\n').length} lines`, diff);
  add('h', 'commit', e.sha?.slice(0, 12) ?? '', e.sha);
  const name = run.settings?.metric.name ?? 'metric';
  add(
    'm',
    'numbers',
    e.metric === null ? '' : `${name} ${number(e.metric)}`,
    e.metric === null
      ? null
      : [
          `#${e.n}`,
          e.verdict ?? '',
          `${name}=${e.metric}`,
          e.z === null ? '' : `z=${e.z.toFixed(2)}`,
          e.hypothesis,
        ]
          .filter(Boolean)
          .join('\t'),
  );
  add('t', 'hypothesis', '', e.hypothesis);
  add('w', 'why', '', e.why);
  return out;
}
