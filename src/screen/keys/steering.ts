import type { Command } from '../../protocol/commands.ts';
import { holdPending, judgedExperiment, trialOpen, trialRuns, waitingProposal } from '../selectors.ts';
import type { ScreenStore, Snapshot } from '../store.ts';
import { number } from '../text/format.ts';
import type { Confirm } from '../view.ts';
import type { CommandId } from './commands.ts';
import { whyNot } from './validity.ts';

export interface Orders {
  /** Resolves to whether the engine took it. */
  order(command: Command, done: string): Promise<boolean>;
  ask(confirm: Confirm): void;
}

/** The acts: says why when one makes no sense, asks when one costs a trial, else tells the engine. */
export function steer(id: CommandId, store: ScreenStore, { order, ask }: Orders): void {
  const snapshot = store.current();
  const reason = whyNot(id, snapshot);
  if (reason !== null) {
    store.say(reason, 'warn');
    return;
  }
  const { run } = snapshot;
  switch (id) {
    case 'hold':
      if (run.held || holdPending(snapshot)) {
        void order({ type: 'release' }, 'released');
      } else {
        void order({ type: 'hold', when: 'after-trial' }, 'holds after this trial');
      }
      return;
    case 'hold-now': {
      const command: Command = { type: 'hold', when: 'now' };
      if (trialRuns(snapshot))
        ask({
          question: `Stop ${trialName(snapshot)} and run it again on release?`,
          command,
          done: 'held',
          stands: trialStands(snapshot),
        });
      else void order(command, 'held');
      return;
    }
    case 'skip': {
      const command: Command = { type: 'skip', n: run.current! };
      const done = `skipped #${run.current}`;
      const measured = measuredSoFar(snapshot);
      if (trialRuns(snapshot) || measured !== null)
        ask({
          question: `Skip #${run.current}? Its ${measured === null ? 'result' : `result, ${number(measured)} so far,`} is lost.`,
          command,
          done,
          stands: (now) => now.run.current === run.current,
        });
      else void order(command, done);
      return;
    }
    case 'revert':
      store.look({ overlay: { kind: 'revert' } });
      return;
    case 'stop':
      store.look({ overlay: { kind: 'stop' } });
      return;
    case 'note':
      store.look({ overlay: { kind: 'note', text: '', cursor: 0, sticky: false } });
      return;
    case 'undo':
      store.look({ overlay: { kind: 'undo' } });
      return;
    case 'notes':
      store.look({ overlay: { kind: 'notes', at: 0 } });
      return;
    case 'verdict':
      store.look({ overlay: { kind: 'verdict', n: judgedExperiment(snapshot)!.n } });
      return;
    case 'mode': {
      const mode = run.mode === 'auto' ? 'approve' : 'auto';
      void order({ type: 'mode', mode }, mode);
      return;
    }
    case 'approve-run':
    case 'approve-reject': {
      const { n, tree } = waitingProposal(snapshot)!;
      const answer = id === 'approve-run' ? 'run' : 'reject';
      void order({ type: 'answer', n, tree, answer }, answer === 'run' ? `#${n} runs` : `#${n} rejected`);
      return;
    }
    case 'approve-note': {
      const { n, tree } = waitingProposal(snapshot)!;
      store.look({ overlay: { kind: 'note', text: '', cursor: 0, sticky: false, rejects: { n, tree } } });
      return;
    }
  }
}

/** The running trial; how far it is shows the header, a number here would be wrong a second later. */
function trialName({ run, live }: Snapshot): string {
  if (run.current === 0) return 'the baseline trial';
  return live.trial && live.trial.n !== run.current
    ? `the trial of the champion, for #${run.current},`
    : `the trial of #${run.current}`;
}

/** The latest number of the experiment at work, null before its first. */
function measuredSoFar({ run }: Snapshot): number | null {
  const e = run.current === null ? undefined : run.experiments[run.current];
  return e?.trials.findLast((trial) => trial.outcome === 'ok')?.metric ?? null;
}

function trialStands({ live }: Snapshot): NonNullable<Confirm['stands']> {
  const { trial } = live;
  return ({ run }) => !trial || trialOpen(run, trial);
}
