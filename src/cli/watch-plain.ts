import { join } from 'node:path';
import { lockHolder } from '../engine/lock-holder.ts';
import { projectOfRun } from '../engine/paths.ts';
import { emptyState, fold, foldAll } from '../journal/fold.ts';
import { readJournal, scanJournal } from '../journal/read.ts';
import type { RunState } from '../journal/state.ts';
import { eventLine } from '../plain/event-line.ts';
import { connect } from '../protocol/connection.ts';
import type { JournalEvent } from '../protocol/events.ts';
import { asTyped } from './own-command.ts';
import { say, sayJson, tell } from './print.ts';
import type { Watched } from './watch.ts';

/** A living engine that does not take the connection back for so long is given up, ms. */
const patienceMs = 5000;

/** What is no news, read from the file: over the socket every event of a long run would be folded by itself. */
function past(run: Watched): RunState {
  const until = run.readSeq ?? 0;
  if (until === 0) return emptyState();
  try {
    return foldAll(eventsUpTo(join(run.runDir, 'journal.jsonl'), until));
  } catch {
    return emptyState();
  }
}

function* eventsUpTo(path: string, seq: number): Generator<JournalEvent> {
  for (const event of scanJournal(path)) {
    yield event;
    if (event.seq >= seq) return;
  }
}

/**
 * Plain lines (or journal lines) until the run ends.
 * @returns the run's exit code; 130 when interrupted; 1 when the engine went away.
 */
export function watchPlain(run: Watched, json: boolean): Promise<number> {
  return new Promise((resolve) => {
    let state = json ? emptyState() : past(run);
    let lostSince: NodeJS.Timeout | null = null;
    let interrupted = false;
    let exitCode: number | null = null;
    // Without a connection nothing is sent: then it is asked as soon as there is one.
    const askToStop = () => void connection.send({ type: 'stop', when: 'now' });
    const finish = (code: number) => {
      connection.close();
      if (lostSince) clearTimeout(lostSince);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal);
      resolve(code);
    };
    const saw = (event: JournalEvent) => {
      state = fold(state, event);
      const old = event.seq <= (run.readSeq ?? 0);
      const line = json || old ? null : eventLine(state, event);
      if (json) sayJson(event);
      else if (line !== null) say(line);
      // An end that was resumed from is none.
      if (event.type === 'run.resumed') exitCode = null;
      if (event.type === 'run.ended') {
        if (!json && !old) for (const text of event.tail ?? []) say(`  ${text}`);
        // The engine tidies up now (worktree, socket) and then hangs up: a script may rely on that.
        exitCode = interrupted ? 130 : event.exitCode;
      }
    };
    const catchUp = () => {
      try {
        for (const event of readJournal(join(run.runDir, 'journal.jsonl')).events.slice(state.seq))
          saw(event);
      } catch {
        // It was deleted, or is damaged: then there is nothing to say.
      }
    };
    const connection = connect(run.socket, {
      pulse: false,
      afterSeq: () => state.seq,
      opened: () => {
        if (lostSince) clearTimeout(lostSince);
        lostSince = null;
        if (interrupted) askToStop();
      },
      lost: () => {
        if (exitCode !== null) return finish(exitCode);
        const giveUp = () => {
          // A run with nothing left to do may be over before anybody could attach: the journal knows.
          catchUp();
          if (exitCode !== null) return finish(exitCode);
          tell(asTyped('the engine is gone. Nothing decided is lost; go on with: pawl resume'));
          finish(1);
        };
        // A reader that was stopped for long is cut off and comes back; an engine that is gone does not. One that was
        // killed just now is still being taken down.
        const lostAt = performance.now();
        const look = () => {
          if (lockHolder(projectOfRun(run.runDir)) === null || performance.now() - lostAt > patienceMs)
            giveUp();
          else lostSince = setTimeout(look, 100);
        };
        if (lostSince === null) look();
      },
      message: (message) => {
        if (message.kind === 'event') saw(message.event);
      },
    });
    // The pipe's reader left: that is no reason to stop the run.
    process.stdout.on('error', () => finish(0));
    const onInterrupt = () => {
      if (!run.owner || interrupted) return finish(130);
      interrupted = true;
      tell('stopping the run (again: leave it running)');
      askToStop();
    };
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onInterrupt);
    process.on('SIGHUP', () => finish(0));
    const early = run.early?.seen;
    run.early?.end();
    if (early) onInterrupt();
  });
}
