import { paneNames } from '../pane-names.ts';
import type { PaneId } from '../view.ts';
import { type Bindings, chordLabel, defaultBindings, bindings as inForce } from './bindings.ts';
import { categories } from './command-info.ts';
import { type CommandId, commandIds, commandInfo, commandTable, dangerOf } from './commands.ts';

export interface KeyLine {
  keys: string;
  about: string;
  /** What else one may call it: found by the filter of help. */
  names: string;
}

/**
 * All commands with their keys, by category; what help shows and documents print.
 * @param pane its own keys come first, under its name
 */
export function keyLines(
  bindings: Bindings = inForce(),
  pane: PaneId | null = null,
): { category: string; lines: KeyLine[] }[] {
  const own = (id: CommandId) => pane !== null && commandInfo(id).in?.includes(pane) === true;
  const linesOf = (fits: (id: CommandId) => boolean) =>
    commandIds.filter((id) => bindings[id].length > 0 && fits(id)).flatMap((id) => lineOf(id, bindings));
  const first = pane === null ? [] : [{ category: `In this pane: ${paneNames[pane]}`, lines: linesOf(own) }];
  const rest = categories.map((category) => ({
    category,
    lines: linesOf((id) => commandTable[id].category === category && !own(id)),
  }));
  return [...first, ...rest].filter(({ lines }) => lines.length > 0);
}

/** The key table for the documentation. */
export function keysMarkdown(bindings: Bindings = defaultBindings): string {
  return keyLines(bindings)
    .map(
      ({ category, lines }) =>
        `### ${category}\n\n| key | what it does |\n|---|---|\n` +
        lines.map(({ keys, about }) => `| ${keys.replaceAll('|', '\\|')} | ${about} |`).join('\n'),
    )
    .join('\n\n');
}

/** The key table for a terminal. */
export function keysText(bindings: Bindings = inForce()): string {
  return keyLines(bindings)
    .map(({ category, lines }) =>
      [category, ...lines.map((l) => `  ${l.keys.padEnd(20)} ${l.about}`)].join('\n'),
    )
    .join('\n\n');
}

/** Every command, for programs: name, keys as one writes them in config.yaml, where it is valid, how much care it needs. */
export function keysData(bindings: Bindings = inForce()): object[] {
  return commandIds.map((id) => ({
    name: id,
    keys: bindings[id],
    standard: defaultBindings[id],
    where: commandInfo(id).approving ? 'approving' : (commandInfo(id).in ?? 'everywhere'),
    danger: dangerOf(id),
    category: commandTable[id].category,
    about: commandTable[id].about,
  }));
}

const paneCommands = commandIds.filter((id) => /^focus-\d$/.test(id));

/** The seven pane keys are one line: seven of the kind would hide the rest. */
function lineOf(id: CommandId, bindings: Bindings): KeyLine[] {
  if (!paneCommands.includes(id)) {
    const { about, hint } = commandTable[id];
    return [{ keys: keysOf(id, bindings), about, names: `${hint} ${id}` }];
  }
  if (id !== paneCommands[0]) return [];
  const names = paneCommands.map((pane) => commandTable[pane].hint).join(', ');
  const keys = paneCommands.map((pane) => keysOf(pane, bindings)).join(' ');
  return [{ keys, about: `Focus ${names}.`, names: 'pane' }];
}

function keysOf(id: CommandId, bindings: Bindings): string {
  return bindings[id].map(chordLabel).join(', ');
}
