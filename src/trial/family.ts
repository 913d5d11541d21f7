import { isDead, type ProcessRow } from './process-table.ts';

/**
 * Who belongs to one command: learned from one look at the process table after another, so that a process stays known
 * after its parent died, after setsid(), and after it threw its environment away.
 *
 * Two proofs, both closed over each other: being a child of a member, and being in a group or session of a member. The
 * second holds because the leader starts its own session, and a session is left only by making a new one: whatever
 * group or session a member is in was made by a member.
 */
export class Family {
  /** pid -> start ticks of members that were alive at the last look. */
  #members = new Map<number, number | null>();
  #groups = new Set<number>();
  #rows: ProcessRow[] = [];
  readonly #exempt: ReadonlySet<number>;

  /** @param exempt pids that can never be members, whatever the table says. */
  constructor(exempt: ReadonlySet<number>) {
    this.#exempt = exempt;
  }

  /** Takes a process in, by a proof from outside (it is the leader, or it holds our cookie). */
  adopt(row: ProcessRow): void {
    if (this.#exempt.has(row.pid)) return;
    this.#members.set(row.pid, row.startTicks);
  }

  has(row: ProcessRow): boolean {
    return this.#members.has(row.pid) && this.#members.get(row.pid) === row.startTicks;
  }

  /** Members of the last look that still run. */
  get living(): ProcessRow[] {
    return this.#rows.filter((row) => !isDead(row));
  }

  /** Learns from a new look at the process table. */
  update(table: ProcessRow[]): void {
    const children = new Map<number, ProcessRow[]>();
    const byPid = new Map<number, ProcessRow>();
    const inGroups = new Map<number, ProcessRow[]>();
    for (const row of table) {
      byPid.set(row.pid, row);
      push(children, row.ppid, row);
      push(inGroups, row.pgid, row);
      if (row.session !== row.pgid) push(inGroups, row.session, row);
    }
    // A group that is empty, or whose number now names a stranger, is not ours any more: the number was free for reuse.
    for (const group of this.#groups) {
      const leader = byPid.get(group);
      if (!inGroups.has(group) || (leader && !this.has(leader))) this.#groups.delete(group);
    }
    // Never by group: kernel threads and processes whose session lies outside our pid namespace (0), and our own.
    const closed = new Set([0, 1]);
    for (const pid of this.#exempt) {
      const row = byPid.get(pid);
      if (row) closed.add(row.pgid).add(row.session);
    }
    const found = new Map<number, ProcessRow>();
    const queue: ProcessRow[] = [];
    const take = (row: ProcessRow): void => {
      if (found.has(row.pid) || this.#exempt.has(row.pid)) return;
      found.set(row.pid, row);
      queue.push(row);
    };
    for (const row of table) if (this.has(row)) take(row);
    for (const group of this.#groups) for (const row of inGroups.get(group) ?? []) take(row);
    for (let row = queue.pop(); row; row = queue.pop()) {
      for (const child of children.get(row.pid) ?? []) take(child);
      for (const group of [row.pgid, row.session]) {
        if (closed.has(group) || this.#groups.has(group)) continue;
        this.#groups.add(group);
        for (const member of inGroups.get(group) ?? []) take(member);
      }
    }
    this.#rows = [...found.values()];
    this.#members = new Map(this.#rows.map((row) => [row.pid, row.startTicks]));
  }
}

function push(map: Map<number, ProcessRow[]>, key: number, row: ProcessRow): void {
  const list = map.get(key);
  if (list) list.push(row);
  else map.set(key, [row]);
}

/** Ourselves, our ancestors and init: never ours to kill. */
export function exemptPids(table: ProcessRow[]): Set<number> {
  const parents = new Map(table.map((row) => [row.pid, row.ppid]));
  const exempt = new Set([0, 1, process.pid, process.ppid]);
  for (let pid = parents.get(process.pid); pid !== undefined && pid > 1; pid = parents.get(pid)) {
    if (exempt.has(pid) && pid !== process.ppid) break;
    exempt.add(pid);
  }
  return exempt;
}
