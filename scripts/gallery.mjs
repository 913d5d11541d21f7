// Draws every state of the screen at several sizes and in several themes into a folder, to be looked at:
//   npm run gallery -- /tmp/gallery [--themes dark,light] [--sizes 80x24,120x40] [--states 'training|held by user']
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    themes: { type: 'string', default: 'dark,light,high-contrast,cvd,ansi16,mono' },
    sizes: { type: 'string', default: '80x24,120x40,200x60' },
    states: { type: 'string' },
  },
});
const folder = resolve(positionals[0] ?? 'gallery');
for (const theme of values.themes.split(','))
  for (const size of values.sizes.split(',')) {
    const env = {
      ...process.env,
      PAWL_GALLERY: folder,
      PAWL_GALLERY_THEME: theme,
      PAWL_GALLERY_SIZE: size,
      ...(values.states ? { PAWL_GALLERY_STATE: values.states } : {}),
    };
    const { status } = spawnSync('vitest', ['run', 'test/screen/gallery.test.tsx'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) process.exit(status ?? 1);
    console.log(`${theme} ${size}`);
  }
console.log(folder);
