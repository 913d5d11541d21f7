import { expect, test } from 'vitest';
import { parseSettings } from '../../src/config/load-config.ts';
import { override } from '../../src/engine/overrides.ts';

const settings = (more: string) => parseSettings(`command: x\nsurface: a\nmetric: m\n${more}`);

test('who names another proposer than the panel of pawl.yaml has no panel', () => {
  const panel = settings('proposer: panel\npanel: {rounds: 2}\n');
  for (const proposer of ['hybrid', 'ollama', 'tuner', 'auto'] as const)
    expect(override(panel, { proposer }).panel).toBeUndefined();
  expect(override(panel, {}).panel).toMatchObject({ rounds: 2 });
  expect(override(panel, { proposer: 'panel' }).panel).toMatchObject({ rounds: 2 });
  // A hybrid with a panel of its own is what pawl.yaml says.
  const hybrid = settings('proposer: hybrid\npanel: {rounds: 2}\n');
  expect(override(hybrid, { proposer: 'hybrid' }).panel).toMatchObject({ rounds: 2 });
  expect(override(settings(''), { proposer: 'panel' }).panel).toMatchObject({ rounds: 1 });
});
