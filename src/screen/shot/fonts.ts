import { type Dirent, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A monospace family and the files of its faces (regular, bold, slanted), for drawing text into a PNG. */
export interface Font {
  family: string;
  files: string[];
}

const FOLDERS = [
  '/usr/share/fonts',
  '/usr/local/share/fonts',
  join(homedir(), '.local/share/fonts'),
  join(homedir(), '.fonts'),
  '/System/Library/Fonts',
  '/Library/Fonts',
  'C:\\Windows\\Fonts',
];

// Best first: by how many of the signs that we draw they hold.
const FAMILIES: readonly (readonly [family: string, file: RegExp])[] = [
  ['DejaVu Sans Mono', /^DejaVuSansMono(-\w+)?\.ttf$/],
  ['JetBrains Mono', /^JetBrainsMono-(Regular|Bold|Italic|BoldItalic)\.ttf$/],
  ['Menlo', /^Menlo\.ttc$/],
  ['Noto Sans Mono', /^NotoSansMono-(Regular|Bold)\.ttf$/],
  ['Liberation Mono', /^LiberationMono-\w+\.ttf$/],
  ['Consolas', /^consola[biz]?\.ttf$/i],
  ['Courier New', /^cour(bd|i|bi)?\.ttf$/i],
];

let found: Font | null | undefined;

/** The best monospace font of this machine, or null where there is none. Looked for once. */
export function monospaceFont(): Font | null {
  if (found !== undefined) return found;
  const files = FOLDERS.flatMap((folder) => filesUnder(folder));
  found = null;
  for (const [family, pattern] of FAMILIES) {
    const faces = files.filter(({ name }) => pattern.test(name));
    if (faces.length > 0) {
      found = { family, files: faces.map(({ path }) => path) };
      break;
    }
  }
  return found;
}

function filesUnder(folder: string): { name: string; path: string }[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries.map((entry) => ({ name: entry.name, path: join(entry.parentPath, entry.name) }));
}
