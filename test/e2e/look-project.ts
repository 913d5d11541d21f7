import type { Script } from '../harness/fake-ollama/script.ts';
import type { TemporaryProjectOptions } from '../harness/temporary-project.ts';

// A run with something to look at: a long log with errors, diffs of two hunks, another number to draw.

const filler = Array.from({ length: 70 }, (_, i) => `// between the constants ${String(i).padStart(2, '0')}`);

const train = `import { train } from './objective.mjs';
const LEARNING_RATE = 0.01;
const WIDTH = 32;
${filler.join('\n')}
const DROPOUT = 0.4;
const WEIGHT_DECAY = 0.01;
await train({ learningRate: LEARNING_RATE, width: WIDTH, dropout: DROPOUT, weightDecay: WEIGHT_DECAY });
console.log('METRIC other=3.5');
for (let i = 1; i <= 300; i++) {
  const no = String(i).padStart(4, '0');
  if (i === 100) console.log('Error: shapes A do not match');
  else if (i === 200) console.log('Error: shapes B do not match');
  else if (i === 3) console.log(\`line \${no} \${'and on '.repeat(16)}the end of a long line\`);
  else console.log(\`line \${no}\`);
}
`;

export const lookProject: TemporaryProjectOptions = {
  settings: { model: { think: true } },
  files: { 'train.mjs': train },
};

const both = (rate: number, dropout: number) =>
  `HYPOTHESIS: rate ${rate} and dropout ${dropout}\nEXPECT: lower\nFAMILY: rate\nSET LEARNING_RATE = ${rate}\nSET DROPOUT = ${dropout}\n`;

/** 1 is kept, 2 is worse and discarded, 3 is where the tests stand. */
export const lookScript: Script = [both(0.035, 0.3), both(0.034, 0.9), both(0.06, 0.2), both(0.07, 0.2)];
