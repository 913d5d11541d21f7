// Writes themes/theme.schema.json from the schema that the program reads theme files with; a test compares the two.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { themeFileSchema } from '../src/screen/theme/theme.ts';

const schema = {
  ...z.toJSONSchema(themeFileSchema, { io: 'input', reused: 'ref' }),
  title: 'A theme of pawl',
};
writeFileSync(
  fileURLToPath(new URL('../themes/theme.schema.json', import.meta.url)),
  `${JSON.stringify(schema, null, 2)}\n`,
);
