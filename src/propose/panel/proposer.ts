import type { ProposerInfo } from '../../protocol/events.ts';
import type { TalkingProposer } from '../ollama/talk.ts';
import type { Proposer } from '../proposer.ts';
import { PanelSession } from './session.ts';
import { rewriteQuestion, rewrittenText } from './wording.ts';

/** A panel of personas on one model: they argue, a chair chooses, the model writes the change; the persona is named. */
export function createPanelProposer(inner: TalkingProposer): Proposer {
  return {
    get info(): ProposerInfo {
      const { why, model } = inner.info;
      return { kind: 'panel', why: `a panel on one model; ${why}`, model };
    },
    get leased() {
      return inner.leased;
    },
    prepare: (surface) => inner.prepare(surface),
    open(context, io) {
      const { panel } = context;
      if (!panel || panel.personas.length === 0) throw new Error('a panel without personas was asked');
      return new PanelSession(inner.open(context, io), context, panel, (persona) => {
        const { model } = inner.info;
        return { proposer: 'panel', ...(model ? { model } : {}), ...(persona ? { persona } : {}) };
      });
    },
    async rewrite(wish, io) {
      const spoken = await inner.ask(rewriteQuestion(wish), { tokens: 220, seconds: 60 }, wish.n, io);
      if (spoken === null) return undefined;
      return spoken.cut ? null : rewrittenText(spoken.text);
    },
    close: () => inner.close(),
  };
}
