import type { Turn } from '../../src/protocol/plateau-words.ts';
import { Night } from './night.ts';
import type { World } from './worlds.ts';

// A night in which it matters how one searches: kinds of ideas that run dry by themselves, and corners.

/** A world in which some turns find ideas of a kind of their own; others find the usual ones. */
export interface StuckWorld extends World {
  kinds?: Partial<Record<Turn, Partial<World>>>;
}

/** How an experiment is proposed. */
export interface How {
  turn: Turn;
  /** The experiment whose code it starts from, instead of the champion's. */
  fork?: number;
  /** Earlier experiments whose changes it makes again. */
  again?: readonly number[];
}

/** Changes of structure that break, beyond the usual share, where a world says nothing of them. */
const breaksMore = 0.1;

export class StuckNight extends Night {
  private readonly gained = new Map<string, number>();
  private readonly kinds: string[] = [];
  /** What each idea is worth by itself. */
  private readonly deltas: (number | null)[] = [];

  proposeAs(n: number, how: How): void {
    const { propose, load, overhead } = this.world;
    if (how.again) {
      this.clock += overhead;
      // Gains add up, save that what both bring is brought once: eight tenths.
      const share = how.again.length > 1 ? 0.8 : 1;
      const delta = how.again.reduce((sum, m) => sum + (this.deltas[m] ?? 0), 0) * share;
      this.place(n, 'usual', this.level, delta);
      return;
    }
    this.clock += propose + load + overhead;
    const own = (this.world as StuckWorld).kinds?.[how.turn];
    const kind = own ? how.turn : 'usual';
    const ground = how.fork === undefined ? this.level : this.levels[how.fork]!;
    const extra = how.turn === 'structural' && !own ? breaksMore : 0;
    const world = { ...this.world, ...own, crash: (own?.crash ?? this.world.crash) + extra };
    // Of older code less has been gained: what it lacks can be found again.
    const behind = this.level - ground;
    this.place(n, kind, ground, this.idea(n, world, Math.max(0, (this.gained.get(kind) ?? 0) - behind)));
  }

  private place(n: number, kind: string, ground: number, delta: number | null): void {
    this.kinds[n] = kind;
    this.deltas[n] = delta;
    this.levels[n] = delta === null ? null : ground + delta;
    if (!this.over) this.proposals++;
  }

  override keep(n: number): void {
    const before = this.level;
    super.keep(n);
    const kind = this.kinds[n]!;
    this.gained.set(kind, (this.gained.get(kind) ?? 0) + this.level - before);
  }
}
