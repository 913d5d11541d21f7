import { armOutcomes } from '../loop/arms.ts';
import { personaAct } from '../loop/persona-policy.ts';
import { counts } from '../loop/stop-rules.ts';
import { personasOf, readPersonas } from './panel-context.ts';
import { type Bench, withEnvironment } from './step.ts';

/**
 * Looks after the texts of the panel's personas: the weakest one's may be written anew by the model, and stays only if
 * more of its ideas survive. Never in the user's files. @returns true when it did something
 */
export async function tendPersonas(bench: Bench): Promise<boolean> {
  const { session, proposer, workspace } = bench;
  const { state } = session;
  const settings = state.settings!.panel;
  if (!settings?.rewrite || !proposer.rewrite || state.current !== null) return false;
  const outcomes = armOutcomes(state.experiments).filter((o) => o.arm.proposer === 'panel' && o.chosen);
  const voices = personasOf(state, settings.personas);
  const act = personaAct(
    voices.map((v) => v.name),
    outcomes,
    state.rewrites,
  );
  if (act === null) return false;
  const n = state.experiments.length;
  const keepTexts = (message: string) =>
    withEnvironment(bench, null, () =>
      workspace.keepTexts(
        'personas',
        new Map(personasOf(session.state, settings.personas).map((p) => [`${p.name}.md`, `${p.text}\n`])),
        message,
      ),
    );
  if (act.do === 'settle') {
    session.append({ type: 'persona.settled', persona: act.persona, n, kept: act.keep, why: act.why });
    await keepTexts(act.why);
    return true;
  }
  // The ones before are the first of the history.
  if (state.rewrites.every((r) => r.text === '')) await keepTexts('The personas as the run began with them');
  const { persona, why } = act;
  const text = await askForText(bench, n, persona, voices.find((v) => v.name === persona)!.text);
  if (text === undefined) return false;
  if (text === 'interrupted') return true;
  if (text === null) {
    session.append({
      type: 'persona.settled',
      persona,
      n,
      kept: false,
      why: `${persona}: the model had no better text to offer`,
    });
    return true;
  }
  const file = readPersonas(state.project, settings.personas).find((v) => v.name === persona)!.text;
  session.append({ type: 'persona.rewritten', persona, n, text, file, why });
  await keepTexts(why);
  return true;
}

/** @returns the new text, null when there is none, undefined when it cannot be asked yet, `interrupted` by a key */
async function askForText(
  bench: Bench,
  n: number,
  persona: string,
  text: string,
): Promise<string | 'interrupted' | null | undefined> {
  const { session, controls, lease } = bench;
  const abort = new AbortController();
  const finished = controls.begin({ n, kind: 'proposing', interrupt: (cause) => abort.abort(cause) });
  const ideas = session.state.experiments
    .filter((e) => e?.arm.persona === persona && counts(e.verdict))
    .slice(-8)
    .map((e) => ({ hypothesis: e.hypothesis, verdict: e.verdict! }));
  session.phase('proposing', n, `a new text for the ${persona}`);
  try {
    await lease.toModel(abort.signal);
    const io = { signal: abort.signal, pulse: session.pulse };
    return await withEnvironment(bench, null, () => bench.proposer.rewrite!({ n, persona, text, ideas }, io));
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    controls.interruption();
    return 'interrupted';
  } finally {
    finished();
    lease.modelOver();
  }
}
