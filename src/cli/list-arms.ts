import type { RunState } from '../journal/state.ts';
import { gainText, hourlyText, timeText, whText } from '../loop/amounts.ts';
import { type ArmKey, type ArmRow, armKeys, armRows } from '../loop/arms.ts';
import { compareModelAndTuner } from '../loop/arms-compared.ts';
import { scaleOfRun } from '../loop/predictions.ts';
import { clean } from '../protocol/clean.ts';
import { UserError } from '../protocol/failure.ts';
import { say, sayJson } from './print.ts';

/** What a few minutes brought says nothing of an hour. */
const leastHours = 0.1;

/** What `--by` was given. @throws UserError */
export function armKey(wanted: string): ArmKey {
  const key = armKeys.find((k) => k === wanted);
  if (key) return key;
  throw new UserError(`--by is one of ${armKeys.join(', ')}, not '${wanted}'`);
}

/** `pawl list --by proposer|model|persona|family`: what each brought, and what it cost. */
export function listArms(run: RunState, by: ArmKey, json: boolean): void {
  const rows = armRows(run.experiments, by);
  const scale = scaleOfRun(run);
  const measure = { scale, direction: run.settings?.metric.direction ?? 'minimize' } as const;
  const compared = compareModelAndTuner(run.experiments, measure);
  if (json) {
    for (const row of rows) sayJson({ by, scale, ...row });
    if (compared) sayJson({ by: 'comparison', scale, ...compared });
    return;
  }
  if (rows.length === 0) {
    say(by === 'persona' ? 'No proposal of this run came from a persona.' : 'No experiment is decided yet.');
    return;
  }
  const width = Math.max(10, ...rows.map((r) => clean(r.name).length));
  say(
    `${by.padEnd(width)}  asked  applied  tried  kept  stayed  ${'gain'.padStart(9)}  ${'proposing'.padStart(9)}  ${'training'.padStart(8)}  ${'energy'.padStart(8)}  ${'gain an hour'.padStart(12)}`,
  );
  for (const row of rows) say(line(row, width));
  if (rows.some((r) => r.gain !== 0)) {
    say('');
    say(
      `gain: the measured gains of what stayed, each less what of it was probably luck; + is better${scale === 'log' ? '; percentages follow one another, so they multiply' : ''}${run.verified ? '' : '. Not verified yet: pawl verify'}`,
    );
  }
  if (compared) {
    say('');
    say(compared.sentence);
  }

  function line(r: ArmRow, name: number): string {
    const count = (value: number, columns: number) => String(value).padStart(columns);
    const stayed = r.survival === null ? '-' : `${Math.round(100 * r.survival)} %`;
    const hours = (r.proposeSeconds + r.trainSeconds) / 3600;
    return [
      clean(r.name).padEnd(name),
      count(r.experiments, 5),
      count(r.applied, 7),
      count(r.tried, 5),
      count(r.kept, 4),
      stayed.padStart(6),
      (r.gain === 0 ? '-' : gainText(r.gain, measure)).padStart(9),
      timeText(r.proposeSeconds).padStart(9),
      timeText(r.trainSeconds).padStart(8),
      (r.energyWh === null ? '-' : whText(r.energyWh)).padStart(8),
      (r.gain === 0 || hours < leastHours ? '-' : hourlyText(r.gain, hours, measure)).padStart(12),
    ].join('  ');
  }
}
