import { emptyState, fold } from '../../src/journal/fold.ts';
import type { RunState } from '../../src/journal/state.ts';
import { noiseOf } from '../../src/loop/estimate.ts';
import { forkTip } from '../../src/loop/fork-ground.ts';
import { nextRetry } from '../../src/loop/near-misses.ts';
import { plateauTurn } from '../../src/loop/plateau.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import type { Settings } from '../../src/protocol/settings.ts';
import { asLoss, Loop } from './pawl-policy.ts';
import type { Policy } from './simple-policies.ts';
import type { How, StuckNight } from './stuck-night.ts';

/** Pawl's own decisions, and its turns on a plateau of this length; null = it never turns. Plays StuckNights only. */
export function pawlOnPlateaus(plateau: number | null, over: Partial<Settings> = {}): Policy {
  return (night) => new Turning(night as StuckNight, { ...over, plateau }).play();
}

class Turning extends Loop {
  declare private state: RunState | undefined;

  constructor(night: StuckNight, over: Partial<Settings>) {
    super(night, over, asLoss);
  }

  protected override propose(n: number): void {
    const night = this.night as StuckNight;
    const how = this.plan();
    night.proposeAs(n, how);
    const parent = String(night.champion);
    const { fork, again } = how;
    this.emit({
      type: 'experiment.started',
      n,
      parent,
      proposer: 'ollama',
      ...(fork === undefined ? {} : { fork }),
      ...(again ? { again: [...again] } : {}),
    });
    this.commit(n, parent);
  }

  /** As the engine's turnSearch and planOfNext. */
  private plan(): How {
    const now = () => this.state!;
    for (let due = plateauTurn(now(), this.exact()); due; due = plateauTurn(now(), this.exact())) {
      const { of, ...rest } = due;
      this.emit({
        type: 'search.turned',
        n: now().experiments.length,
        ...rest,
        ...(of === null ? {} : { of }),
        why: '',
      });
      this.checkChampion();
    }
    const turn = now().plateau?.turn ?? 'usual';
    const again = turn === 'near-miss' ? nextRetry(now()) : null;
    const fork = forkTip(now());
    return { turn, ...(again ? { again } : {}), ...(fork === null ? {} : { fork }) };
  }

  private exact = () => noiseOf(this.ledger).exact;

  private commit(n: number, parent: string): void {
    const sha = String(n);
    this.emit({
      type: 'experiment.committed',
      n,
      sha,
      tree: sha,
      parent,
      files: [],
      added: 1,
      removed: 1,
      fuzzy: false,
    });
  }

  protected override emit(body: EventBody): JournalEvent {
    if (body.type === 'trial.ended' && body.role === 'champion') this.begin(body);
    const event = super.emit(body);
    this.state = fold(this.state ?? emptyState(), event);
    if (body.type === 'run.started') {
      this.state = { ...this.state, champion: { n: 0, sha: '0' } };
      this.emit({ type: 'experiment.started', n: 0, parent: '0', proposer: 'human' });
      this.commit(0, '0');
    }
    return event;
  }

  /** The state knows trials by their start. */
  private begin({ n, k, role }: EventBody<'trial.ended'>): void {
    const process = { pid: 1, startTicks: null, bootId: null };
    this.emit({ type: 'trial.started', n, k, role, sha: String(n), process, seed: 1 });
  }
}
