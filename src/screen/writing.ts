import { clean } from '../protocol/clean.ts';
import type { ModelStream } from './live.ts';
import type { Snapshot } from './store.ts';

type Writing = Pick<Snapshot, 'live'>;

/** The idea that the model is writing down, as far as it has come; empty before it has begun with it. */
export function writtenIdea({ live }: Writing): string {
  const model = writer(live);
  if (!model) return '';
  const { answer } = model;
  // As JSON first: its name and colon look like those of the written form.
  const found =
    /"hypothesis"\s*:\s*"((?:[^"\\]|\\.)*)/i.exec(answer)?.[1] ??
    /^[^\w\n]{0,6}HYPOTHESIS[^\w\n]{0,6}:[* ]*(.+)/im.exec(answer)?.[1];
  return found === undefined ? '' : clean(found.replaceAll(/\\(["\\/])/g, '$1')).trim();
}

/** What the model is at, in few words: its idea, and before there is one how far it has come. */
export function writingText(writing: Writing): string {
  const model = writer(writing.live);
  if (!model) return '';
  if (model.stage === 'loading') return 'the model is being loaded';
  const idea = writtenIdea(writing);
  if (idea !== '' || model.tokens === 0) return idea;
  const speed = model.tokensPerSecond === null ? '' : `, ${model.tokensPerSecond.toFixed(0)}/s`;
  return `${model.note === 'thinking' ? 'thinking, ' : ''}${model.tokens} tokens${speed}`;
}

/** The model, while it is its turn. */
function writer({ phase, model }: Snapshot['live']): ModelStream | null {
  return phase.phase === 'proposing' && model !== null && model.n === phase.n ? model : null;
}
