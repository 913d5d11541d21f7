import type { Snapshot } from '../../src/screen/store.ts';
import { initialView, type Overlay, paneIds, type View } from '../../src/screen/view.ts';
import { states } from './states.ts';

type Look = Parameters<(typeof states)[string]>[0];
type State = (look?: Look) => Snapshot;

/** A state with something else looked at. */
function seen(name: string, view: Partial<View>): State {
  return (look) => {
    const snapshot = states[name]!(look);
    return { ...snapshot, view: { ...snapshot.view, ...view } };
  };
}

function over(name: string, overlay: Overlay, view: Partial<View> = {}): State {
  return seen(name, { ...view, overlay });
}

const note = {
  kind: 'note',
  text: 'stop touching learning rates; try attention patterns',
  cursor: 20,
} as const;

/** What lies over the panes, what stands in the message row, and every pane on its own: pictures for the gallery. */
export const overlays: Record<string, State> = {
  'over help': over('training', { kind: 'help', scroll: 0 }),
  'over help filtered': over('training', { kind: 'help', scroll: 0, filter: 'diff', typing: true }),
  'over revert': over('viewing the past', { kind: 'revert' }),
  'over stop': over('training', { kind: 'stop' }),
  'over verdict': over('viewing the past', { kind: 'verdict', n: 9 }),
  'over copy': over('training', { kind: 'copy', n: 15 }),
  'over undo': over('training', { kind: 'undo' }),
  'over notes': over('training', { kind: 'notes', at: 0 }),
  'over palette': over('training', { kind: 'palette', text: '', cursor: 0, at: 0 }),
  'over palette found': over('training', { kind: 'palette', text: 'rev', cursor: 3, at: 0 }),
  'over briefing': over('a long night', { kind: 'briefing', at: 0 }, { away: '2026-11-20T02:50:00.000Z' }),
  'over note': over('proposing', { ...note, sticky: false }),
  'row confirm': seen('training', {
    confirm: {
      question:
        'Skip #17 (0:38 of 1:00 done)? Its trial is stopped and its result is lost; u queues it again.',
      command: { type: 'skip' } as never,
      done: '',
    },
  }),
  'row toast': seen('training', {
    toast: { text: 'log needs positive values: val_bpb has -0.2', level: 'warn', until: null },
  }),
  'row prompt': seen('training', {
    focus: 'log',
    picked: true,
    prompt: { kind: 'search', pane: 'log', text: '', cursor: 0, before: '' },
  }),
  ...Object.fromEntries(
    paneIds.map((pane) => [`zoom ${pane}`, seen('training', { focus: pane, picked: true, zoom: true })]),
  ),
  'zoom split diff': seen('training', {
    focus: 'diff',
    picked: true,
    zoom: true,
    diff: { ...initialView().diff, split: true },
  }),
  'zoom past model': seen('viewing the past', { focus: 'model', picked: true, zoom: true }),
  'zoom tuner': seen('the tuner proposes', { focus: 'model', picked: true, zoom: true }),
};
