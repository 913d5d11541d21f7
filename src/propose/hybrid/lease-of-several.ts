import type { LeasedModel } from '../proposer.ts';

/** The models of several proposers, as one to the GPU lease: only one of them is loaded at a time. */
export interface LeaseOfSeveral extends LeasedModel {
  /** The next load is this one's. */
  expect(model: LeasedModel | null): void;
  /** Before a question to `model`: unloads the others. @throws EnvironmentFailure when one stays */
  only(model: LeasedModel | null): Promise<void>;
}

/** @returns null when none has a model */
export function leaseOfSeveral(models: readonly LeasedModel[]): LeaseOfSeveral | null {
  if (models.length === 0) return null;
  let expected = models[0]!;
  let last: LeasedModel | null = null;
  const only = async (model: LeasedModel | null) => {
    if (model === null || model === last) return;
    for (const other of models) if (other !== model) await other.unload();
    last = model;
    expected = model;
  };
  return {
    expect(model) {
      if (model !== null) expected = model;
    },
    only,
    /** What must fit is the largest one; where they are is what the loaded one says. */
    async memory() {
      const all = (await Promise.all(models.map((m) => m.memory()))).filter((m) => m !== null);
      const largest = all.reduce((a, b) => (b.totalMiB > a.totalMiB ? b : a), all[0]!);
      if (!largest) return null;
      const loaded = all.find((m) => m.loadedMiB !== null);
      return {
        ...largest,
        loadedMiB: loaded ? loaded.loadedMiB : null,
        ...(loaded ? { loadedName: loaded.name } : {}),
      };
    },
    async unload() {
      let any = false;
      for (const model of models) any = (await model.unload()) || any;
      return any;
    },
    async preload(signal) {
      await only(expected);
      return expected.preload(signal);
    },
    share(sharing) {
      for (const model of models) model.share(sharing);
    },
  };
}
