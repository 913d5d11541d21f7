import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beInTheMiddle } from '../e2e/fingerprint.ts';
import { type Night, openNight } from '../e2e/night.ts';

// A run whose experiments take a blink, so that it can be killed hundreds of times.

const preload = fileURLToPath(new URL('./effects-preload.mjs', import.meta.url));

// The loss depends on the constant and a little on the seed: some experiments are kept, some are not, some are confirmed.
const train = `STEP=1
NOISE=$((PAWL_SEED % 7))
echo "METRIC loss=$((200000 - STEP * 60 + (STEP * 7919 % 37) * 40 + NOISE * 10))"
while [ -e "$STAY/$PAWL_EXPERIMENT" ]; do sleep 0.02; done
`;

const reply = (_: unknown, index: number): string => {
  const step = index % 3 === 1 ? -index : index + 2;
  return `HYPOTHESIS: step ${step}\nEXPECT: lower\nFAMILY: step\nSET STEP = ${step}\n`;
};

/** Which effect the engine is killed at. */
export interface KillPlan {
  name: string;
  count: number;
  when: 'before' | 'after';
  /** Its trial, its gits and the command that watches it are killed in the same moment. */
  all: boolean;
}

export interface SmallRun extends Night {
  /** Names of the effects of an engine that was started with `recording`, in their order. */
  effectsPath: string;
  recording: Record<string, string>;
  armed(plan: KillPlan): Record<string, string>;
}

/** A user's repository in the middle of things, with a run that is cheap to do. */
export async function openSmallRun(): Promise<SmallRun> {
  const night = await openNight({
    script: reply,
    project: {
      files: { 'train.sh': train, '.gitignore': 'secret\n', 'run.sh': '#!/bin/sh\n' },
      settings: {
        surface: ['train.sh'],
        instructions: null,
        command: 'sh train.sh',
        metric: { name: 'loss', direction: 'minimize' },
      },
    },
  });
  beInTheMiddle(night.project);
  writeFileSync(join(night.project.directory, 'empty'), '');
  const effectsPath = join(night.project.home, 'effects');
  const options = { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}`, TEST_EFFECTS: effectsPath };
  return Object.assign(night, {
    effectsPath,
    recording: options,
    armed: (plan: KillPlan) => ({ ...options, TEST_KILL_AT: JSON.stringify(plan) }),
  });
}
