import { loadUserConfig } from '../config/user-config.ts';
import type { RunState } from '../journal/state.ts';
import { createTeller } from '../notify/teller.ts';
import { messageOf, runUserCommand } from '../notify/user-command.ts';
import type { Session } from './session.ts';

/** Tells the user by their own command while no screen is attached; an attached screen tells by itself. */
export interface AwayTeller {
  saw(run: RunState): void;
  /** Waits for commands that still run: the last news is that the run has ended. */
  end(): Promise<void>;
}

/** Starts to listen. The command is read when something is to be told, so that it can be changed meanwhile. */
export function tellWhenAway(
  session: Pick<Session, 'state' | 'notice'>,
  nobodyWatches: () => boolean,
): AwayTeller {
  const running = new Set<Promise<void>>();
  const teller = createTeller({
    wanted: loadUserConfig().settings.notifications.events,
    away: nobodyWatches,
    start: session.state,
    tell(news, run) {
      const { command, channel } = loadUserConfig().settings.notifications;
      if (command === null || channel === 'off') return;
      const ran = runUserCommand(command, messageOf(news, run)).then((wrong) => {
        running.delete(ran);
        if (wrong !== null) session.notice('warn', wrong);
      });
      running.add(ran);
    },
  });
  return {
    saw: (run) => teller.saw(run),
    async end() {
      teller.close();
      await Promise.all(running);
    },
  };
}
