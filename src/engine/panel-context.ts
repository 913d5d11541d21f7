import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RunState } from '../journal/state.ts';
import { armOutcomes } from '../loop/arms.ts';
import { defaultPersonas, type Persona } from '../propose/panel/personas.ts';
import type { PanelContext } from '../propose/proposer.ts';
import type { Settings } from '../protocol/settings.ts';
import { readOwnText } from '../workspace/read-own-text.ts';

/** A persona is a paragraph or two; every voice's whole text goes into a question. Characters. */
const longestText = 2000;
const mostPersonas = 9;

/** The panel for the next proposal: its voices, from files that the user may edit meanwhile, and how each has fared. */
export function panelContext(state: RunState, settings: NonNullable<Settings['panel']>): PanelContext {
  const outcomes = armOutcomes(state.experiments).filter((o) => o.arm.proposer === 'panel' && o.chosen);
  const { rounds, tokens, seconds } = settings;
  const open = state.rewrites.find((r) => r.outcome === 'open')?.persona;
  const personas = personasOf(state, settings.personas).map((persona) => {
    const own = outcomes.filter((o) => o.arm.persona === persona.name);
    const last = outcomes.findLastIndex((o) => o.arm.persona === persona.name);
    return {
      ...persona,
      tried: own.filter((o) => o.tried).length,
      survived: own.filter((o) => o.survived).length,
      // A new text is to be tried soon, not when the chair happens to like it.
      waited: (outcomes.length - 1 - last) * (open === persona.name ? 3 : 1),
    };
  });
  return { personas, rounds, tokens, seconds };
}

/** The voices with the texts that count now: the files', save where the model's rewrite of just that text does. */
export function personasOf(state: RunState, folder: string | null): Persona[] {
  return readPersonas(state.project, folder).map(({ name, text }) => {
    const rewrite = state.rewrites.findLast(
      (r) => r.persona === name && r.file === text && r.outcome !== 'dropped',
    );
    return { name, text: rewrite?.text ?? text };
  });
}

/** The voices as their files say now, else the ones that pawl has. */
export function readPersonas(project: string, folder: string | null): Persona[] {
  const own = folder === null ? [] : readFolder(project, folder);
  // Two are needed; an editor may be between delete and write.
  return own.length >= 2 ? own : [...defaultPersonas];
}

function readFolder(project: string, folder: string): Persona[] {
  try {
    return readdirSync(join(project, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
      .map((entry) => entry.name)
      .sort()
      .slice(0, mostPersonas)
      .flatMap((name) => {
        const text = readOwnText(project, join(folder, name), 4 * longestText)
          ?.slice(0, longestText)
          .trim();
        return text ? [{ name: basename(name, '.md').replace(/[^\p{L}\p{N} _-]/gu, ''), text }] : [];
      });
  } catch {
    return [];
  }
}
