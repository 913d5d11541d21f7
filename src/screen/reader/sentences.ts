import { luckyBar } from '../../journal/lucky-bar.ts';
import type { Experiment, RunState } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import { endWords } from '../../protocol/words.ts';
import { badge } from '../panes/header-rows.ts';
import { bestAndBaseline, changeOf, experimentsOf } from '../selectors.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { number } from '../text/format.ts';

/** What happens now and how it goes, in two or three sentences. */
export function statusSentence(snapshot: Snapshot): string {
  return [nowSentence(snapshot), chartSentence(snapshot.run)].filter(Boolean).join(' ');
}

/** What happens now; without the idea where that was told before. */
export function nowSentence(snapshot: Snapshot, idea = true): string {
  const { run, live, link } = snapshot;
  const { word } = badge(snapshot);
  const { phase } = live;
  if (run.ended) return clean(`Run ${run.tag} ${endWords(run.ended.outcome, run.ended.why)}.`);
  if (link !== 'live') return `${sentenceCase(word)}.`;
  if (run.held && phase.phase === 'held')
    return clean(`Held: ${run.held.reason}. ${run.held.next ?? ''}`.trim());
  const e = run.experiments[phase.n];
  const who = phase.n === 0 ? 'the baseline' : `experiment ${phase.n}`;
  return clean(`${sentenceCase(word)}: ${who}${idea && e?.hypothesis ? `, ${e.hypothesis}` : ''}.`);
}

/** The progress chart in words. */
export function chartSentence(run: RunState): string {
  const { best, baseline } = bestAndBaseline(run);
  if (best === null) return '';
  const name = run.settings?.metric.name ?? 'metric';
  const { counts } = run;
  const failed = counts.crashed + counts['timed-out'];
  const tally = `${counts.kept} kept, ${counts.discarded} discarded, ${failed} crashed.`;
  if (run.champion.n === 0) return `Best ${name} ${number(best)} is the baseline's. ${tally}`;
  const since = experimentsOf(run).filter((e) => e.n > run.champion.n && e.verdict !== null).length;
  const gain = baseline === null ? '' : `, baseline ${number(baseline)}`;
  const lucky = luckyBar(run);
  const bar = lucky ? `, partly luck: an idea must beat ${number(lucky.bar)}` : '';
  const quiet = since === 0 ? '' : ` The last ${since === 1 ? 'one' : since} brought no gain.`;
  return `Best ${name} ${number(best)} at experiment ${run.champion.n}${bar}${gain}. ${tally}${quiet}`;
}

/** One experiment: verdict, number, change, why. */
export function experimentSentence(e: Experiment, run: RunState): string {
  const who = e.n === 0 ? 'Baseline' : `Experiment ${e.n}`;
  const value = e.metric === null ? '' : `, ${run.settings?.metric.name ?? 'metric'} ${number(e.metric)}`;
  const change = e.gain === null || e.n === 0 ? '' : `, ${changeWords(run, e.gain)}`;
  const what = e.n === 0 || !e.hypothesis ? '' : `: ${e.hypothesis}`;
  const why = e.why && e.verdict !== null ? `. ${e.why}` : '';
  return clean(`${who} ${e.verdict ?? 'is under way'}${value}${change}${what}${why}.`);
}

function changeWords(run: RunState, gain: number): string {
  const { value, relative } = changeOf(run, gain);
  const size = relative
    ? `${Math.abs(value * 100).toFixed(Math.abs(value) < 0.1 ? 2 : 1)} percent`
    : number(Math.abs(value));
  return `${size} ${gain >= 0 ? 'better' : 'worse'}`;
}

/** What the machine does. */
export function machineSentences({ live, run }: Snapshot): string[] {
  const out = (live.gpu?.gpus ?? []).map((gpu) => {
    const parts = [`GPU ${gpu.index}, ${gpu.name}`];
    if (gpu.utilization !== null) parts.push(`${Math.round(gpu.utilization)} percent busy`);
    if (gpu.memoryUsedMiB !== null && gpu.memoryTotalMiB !== null)
      parts.push(`${gib(gpu.memoryUsedMiB)} of ${gib(gpu.memoryTotalMiB)} GiB in use`);
    if (gpu.temperatureC !== null) parts.push(`${gpu.temperatureC} degrees`);
    if (gpu.powerW !== null) parts.push(`${Math.round(gpu.powerW)} watts`);
    if (gpu.throttle === null) parts.push('throttling not known');
    else if (gpu.throttle.length > 0) parts.push(`throttled: ${gpu.throttle.join(', ')}`);
    return `${parts.join(', ')}.`;
  });
  if (out.length === 0) out.push(run.gpus.length > 0 ? 'No GPU sample yet.' : 'No GPU.');
  if (live.host)
    out.push(
      `CPU ${Math.round(live.host.cpu)} percent, memory ${gib(live.host.memoryUsedMiB)} of ${gib(live.host.memoryTotalMiB)} GiB.`,
    );
  return out.map(clean);
}

function gib(mib: number): string {
  return (mib / 1024).toFixed(1);
}

const signs = /[\u2190-\u21ff\u2500-\u259f\u25a0-\u27bf\u2800-\u28ff\u2205\u225f\u2016\u00b7]/gu;

/** The words of a row, without the signs that are only seen. */
export function wordsOf(row: Row): string {
  return clean(row.map((span) => span.text).join(''))
    .replaceAll('→', ' to ')
    .replaceAll('↑', 'up')
    .replaceAll('↓', 'down')
    .replace(signs, ' ')
    .replaceAll('−', 'minus ')
    .replaceAll('×', 'x')
    .replaceAll('▏', '')
    .replace(/\s+/g, ' ')
    .trim();
}

function sentenceCase(word: string): string {
  return word[0] + word.slice(1).toLowerCase();
}
