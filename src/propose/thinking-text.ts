// Some models think inside their answer, between <think> tags, instead of in the separate field.

const open = /^\s*<(think|thinking|reasoning)>/i;
const close = /<\/(think|thinking|reasoning)>/i;
/** A line that belongs to an answer: past it a tag is code, not thinking. */
const answerLine = /^[ \t>*#`_-]*(?:HYPOTHESIS\b|EDIT\s|WHOLE\s|SET\s|<{5,9}\s*SEARCH|--- a\/)/m;

/** A tag on a line of its own after a few words such as `Sure!`: thinking as well, when it is closed later. */
function openLater(text: string, end: RegExpExecArray | null): RegExpExecArray | null {
  const start = /^[ \t]*<(think|thinking|reasoning)>[ \t]*$/im.exec(text);
  if (!start || !end || end.index < start.index) return null;
  const answer = answerLine.exec(text);
  return answer && answer.index < start.index ? null : start;
}

/**
 * Separates inline thinking from the answer. An opening tag counts only at the very start, a closing tag without
 * an opening one (templates that prefill the tag) only before the first line of an answer, so that code that
 * mentions the tags stays whole. An opening tag that is never closed means that everything is thinking.
 */
export function splitThinking(text: string): { thinking: string; answer: string } {
  const end = close.exec(text);
  const start = open.exec(text) ?? openLater(text, end);
  if (start) {
    const from = start.index + start[0].length;
    if (!end) return { thinking: text.slice(from), answer: '' };
    const rest = splitThinking(text.slice(end.index + end[0].length));
    return { thinking: text.slice(from, end.index) + rest.thinking, answer: rest.answer };
  }
  if (end) {
    const answer = answerLine.exec(text);
    if (!answer || end.index < answer.index) {
      return { thinking: text.slice(0, end.index), answer: text.slice(end.index + end[0].length) };
    }
  }
  return { thinking: '', answer: text };
}
