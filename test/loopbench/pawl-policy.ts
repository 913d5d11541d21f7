import { championStep, nextStep } from '../../src/loop/decide.ts';
import { foldLedger, type Ledger, openLedger } from '../../src/loop/ledger.ts';
import type { MeasureStep } from '../../src/loop/step.ts';
import { championBar } from '../../src/loop/view.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import type { Settings } from '../../src/protocol/settings.ts';
import { settings, trialEnded, trialStarted } from '../loop/night.ts';
import type { Night } from './night.ts';
import type { Policy } from './simple-policies.ts';

export interface Told {
  /** How a score (log, higher is better) is shown to the policy as a metric. */
  metric(score: number): number;
  over: Partial<Settings>;
}

/** A loss that starts at 1. */
export const asLoss: Told = { metric: (score) => Math.exp(-score), over: {} };

/** The product's own decision module, fed with the events that its engine would write. */
export function pawl(over: Partial<Settings>, told: Told = asLoss): Policy {
  return (night) => new Loop(night, { ...told.over, ...over }, told).play();
}

export class Loop {
  protected ledger: Ledger = openLedger();
  protected seq = 0;
  private readonly k: number[] = [];
  protected readonly night: Night;
  private readonly told: Told;

  constructor(night: Night, over: Partial<Settings>, told: Told) {
    this.night = night;
    this.told = told;
    const host = { cpus: 8, memoryMiB: 1, node: '', platform: '' };
    this.emit({ type: 'run.started', settings: settings(over), seed: 7, host } as EventBody<'run.started'>);
  }

  play(): number {
    const { night } = this;
    this.judge(0);
    const start = championBar(this.ledger)!;
    for (let n = 1; !night.over; n++) {
      this.checkChampion();
      this.propose(n);
      this.judge(n);
    }
    return Math.abs(Math.log(start / championBar(this.ledger)!));
  }

  protected checkChampion(): void {
    for (let check = championStep(this.ledger); check && !this.night.over; check = championStep(this.ledger))
      this.measure(check);
  }

  protected propose(n: number): void {
    this.night.propose(n);
    this.emit({ type: 'experiment.started', n, parent: String(this.night.champion), proposer: 'tuner' });
  }

  private judge(n: number): void {
    for (;;) {
      const step = nextStep(this.ledger, n);
      if (step.do === 'measure') {
        this.measure(step);
        if (this.night.over && n > 0) return;
        continue;
      }
      const { do: _, ...verdict } = step;
      this.emit({ type: 'experiment.decided', n, by: 'engine', ...verdict });
      if (n === 0 || step.verdict !== 'kept' || this.night.over) return;
      this.night.keep(n);
      this.emit({
        type: 'champion.moved',
        from: '',
        to: String(n),
        n,
        by: 'engine',
        cause: 'kept',
        reverted: [],
        restored: [],
        why: '',
      });
      return;
    }
  }

  private measure(step: MeasureStep): void {
    const k = this.k[step.n] ?? 0;
    this.k[step.n] = k + 1;
    this.emit(trialStarted(step.n, k, step.role, step.seedIndex));
    const score = this.night.run(step.n);
    const outcome = score === null ? 'crashed' : this.told.metric(score);
    this.emit(trialEnded(step.n, k, step.role, outcome));
  }

  protected emit(body: EventBody): JournalEvent {
    this.seq += 1;
    const at = new Date(Date.UTC(2026, 0, 1) + this.seq).toISOString();
    const event = { v: 1, seq: this.seq, at, ...body } as JournalEvent;
    this.ledger = foldLedger(this.ledger, event);
    return event;
  }
}
