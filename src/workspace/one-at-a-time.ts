/** A queue of one: what is handed in runs after everything handed in before has settled, whether it failed or not. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#last.then(task, task);
    // The chain must go on after a failure; the caller gets the rejection from `next`.
    this.#last = next.catch(() => {});
    return next;
  }
}
