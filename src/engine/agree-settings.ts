import { loadSettings } from '../config/load-config.ts';
import type { JournalEvent, Overrides } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import type { Settings } from '../protocol/settings.ts';
import type { EngineOptions } from './engine-options.ts';
import { joinOverrides, override } from './overrides.ts';
import { checkRemote } from './remote-choice.ts';
import { chooseSandbox, type SandboxChoice } from './sandbox-choice.ts';

/** What a run is to do from now on, as pawl.yaml, the command line and this machine say. */
export interface Agreed {
  settings: Settings;
  overrides: Overrides;
  walls: SandboxChoice;
}

/**
 * Joins what was asked for, now and when the run began. @param landmarks the run's past, see Past; none for a new run.
 * @throws UserError when it cannot be, or would make old and new numbers incomparable; ConsentNeeded
 */
export async function agreeOnSettings(
  options: EngineOptions,
  landmarks: readonly JournalEvent[],
): Promise<Agreed> {
  const overrides = joinOverrides(landmarks, options.overrides);
  const asked = override(loadSettings(options.projectDir), overrides);
  checkRemote(asked, options.projectDir);
  const walls = await chooseSandbox({
    sandbox: asked.sandbox,
    projectDir: options.projectDir,
    byOption: overrides.sandbox !== undefined,
    ownCode: options.ownCode === true && (asked.proposer === 'auto' || asked.proposer === 'tuner'),
  });
  const settings: Settings = walls.tunerOnly ? { ...asked, proposer: 'tuner' } : asked;
  const started = landmarks.find((e) => e.type === 'run.started');
  if (started) mustMeasureTheSame(started.settings, settings);
  return { settings, overrides, walls };
}

/** Numbers measured in different ways cannot be compared. @throws UserError naming what changed in pawl.yaml. */
function mustMeasureTheSame(before: Settings, now: Settings): void {
  const changed = [
    ...(before.command === now.command ? [] : ['command']),
    ...((before.evaluate ?? null) === (now.evaluate ?? null) ? [] : ['evaluate']),
    ...(before.metric.name === now.metric.name ? [] : ['metric.name']),
    ...(before.metric.direction === now.metric.direction ? [] : ['metric.direction']),
    ...(before.budgetMs === now.budgetMs ? [] : ['budget']),
  ];
  if (changed.length === 0) return;
  throw new UserError(
    `${changed.join(' and ')} changed since this run began, so old and new numbers cannot be compared.\n` +
      'Put it back to go on with this run, or start a new one from HEAD: pawl run --new',
  );
}
