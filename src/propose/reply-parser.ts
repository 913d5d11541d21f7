import type { Edit, Refusal } from './proposer.ts';
import { changesNothing } from './refusals.ts';
import { readJson } from './reply-json.ts';
import { ReplyReader } from './reply-reader.ts';
import { unwrapAnswer } from './reply-wrapping.ts';
import { splitThinking } from './thinking-text.ts';

/** What a reply says, without the circumstances of its making. */
export interface ParsedReply {
  hypothesis: string;
  expect: string | null;
  family: string | null;
  edits: Edit[];
}

export interface ReplyContext {
  surface: ReadonlyMap<string, string>;
  /** Ollama's done_reason; `length`: the model was cut off. null = not known to be complete. */
  doneReason: string | null;
}

/**
 * Reads a model's reply. Tolerant about form, strict about meaning: what could be read in two ways, or may be cut off,
 * is a refusal whose feedback goes back to the model. Never throws.
 */
export function parseReply(
  reply: string,
  context: ReplyContext,
): { ok: true; parts: ParsedReply } | { ok: false; refusal: Refusal } {
  if (context.doneReason === 'length') {
    return refuse(
      'truncated',
      'the reply was cut off at the token limit',
      'Your reply was cut off before it ended. Make a smaller change.',
    );
  }
  const answer = splitThinking(reply.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')).answer;
  if (answer.trim() === '') {
    return refuse(
      'format',
      'the reply is empty',
      'Your reply had no answer in it. Reply with a hypothesis and an edit.',
    );
  }
  const reader = new ReplyReader(unwrapAnswer(answer).split('\n'), context);
  reader.read();
  if (reader.edits.length === 0) {
    const paths = [...context.surface.keys()];
    const json = readJson(answer, { path: paths.length === 1 ? paths[0]! : null, base: reader.base });
    if (json?.ok) return { ok: true, parts: reader.parts(json) };
    if (json) reader.problem = json.why;
  }
  if (reader.problem !== null) {
    return refuse(
      'format',
      `unreadable: ${reader.problem}`,
      `Your reply could not be read: ${reader.problem}.`,
    );
  }
  if (reader.edits.length === 0 && reader.idle) return { ok: false, refusal: changesNothing() };
  if (reader.edits.length === 0) {
    return refuse(
      'format',
      'the reply has no edit',
      'Your reply had no edit that could be read. Give an EDIT <path> line with a SEARCH/REPLACE block, or a line SET NAME = value, in the form that was asked for.',
    );
  }
  return { ok: true, parts: reader.parts() };
}

function refuse(code: Refusal['code'], why: string, feedback: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, why, feedback } };
}
