import { withoutEntities } from './reply-characters.ts';

// What templates and chat front ends wrap around an answer: control tokens, HTML escapes, tags instead of markers.

const markers = /^[ \t]*<{3,9}[ \t]*(?:SEARCH|ORIGINAL|HEAD)\b/im;
const escapedMarkers = /^[ \t]*(?:&lt;){5,9}[ \t]*(?:SEARCH|ORIGINAL|HEAD)\b/im;
const endToken = /(?:<\|(?:im_end|return|end|eot_id|endoftext|end_of_text|eom_id)\|>|<end_of_turn>|<\/s>)$/;

/** The answer itself, in the form that the reader knows. Text that has the right markers already is left as it is. */
export function unwrapAnswer(answer: string): string {
  let text = withoutEndTokens(finalChannel(answer));
  if (!markers.test(text) && escapedMarkers.test(text)) text = withoutEntities(text);
  return markers.test(text) ? text : tagsAsMarkers(text);
}

/** Control tokens at the very end; in code they would not stand there. */
function withoutEndTokens(text: string): string {
  let out = text;
  for (let cut = out.trimEnd(); endToken.test(cut.slice(-40)); cut = out.trimEnd()) {
    out = cut.slice(0, cut.lastIndexOf('<'));
  }
  return out;
}

/** gpt-oss marks its thinking and its answer as channels; with several, only the final one was meant to be read. */
function finalChannel(text: string): string {
  const final = '<|channel|>final<|message|>';
  const at = text.lastIndexOf(final);
  // In code the token would stand inside a line of its own reply; a template puts it first or after another token.
  if (at < 0 || (at > 0 && !/(?:^|>|assistant|\n)\s*$/.test(text.slice(Math.max(0, at - 40), at))))
    return text;
  return text.slice(at + final.length);
}

const from = 'search|old|find|old_string|old_str|old_text|original';
const to = 'replace|new|replacement|new_string|new_str|new_text|updated';
const pair = new RegExp(
  String.raw`^[ \t]*<(?:parameter=)?(${from})>[ \t]*\n?([\s\S]*?)\n?[ \t]*<\/(?:\1|parameter)>\s*` +
    String.raw`<(?:parameter=)?(${to})>[ \t]*\n?([\s\S]*?)\n?[ \t]*<\/(?:\3|parameter)>[ \t]*$`,
  'gim',
);
const leftTag = new RegExp(String.raw`^[ \t]*<\/?(?:parameter=)?(?:${from}|${to})>[ \t]*$`, 'im');
const pathAttribute =
  /^[ \t]*<(?:edit|file|change)\s+(?:path|file|name)=["']([^"'\n]+)["'][^>\n]*>[ \t]*$/gim;
const pathTag =
  /^[ \t]*<(?:parameter=)?(?:path|file|file_path|filename)>\s*([^<\s]+)\s*<\/(?:path|file|file_path|filename|parameter)>[ \t]*$/gim;
const field = /^[ \t]*<(hypothesis|expect|family)>\s*([^<\n]*?)\s*<\/\1>[ \t]*$/gim;

/** `<search>...</search><replace>...</replace>` as a SEARCH/REPLACE block; tags that are not closed stay as they are. */
function tagsAsMarkers(text: string): string {
  if (!/<(?:parameter=)?(?:search|old|find|original|old_\w+|hypothesis)>/i.test(text)) return text;
  // A loop of tags is no proposal, and would cost the expression below its patience.
  if (text.length > 200_000 || text.split(/<\/?(?:parameter|search|replace|old|new|find)/i, 40).length === 40)
    return text;
  const made = text
    .replace(field, (_m, name: string, rest: string) => `${name.toUpperCase()}: ${rest}`)
    .replace(pathAttribute, 'EDIT $1')
    .replace(pathTag, 'EDIT $1')
    .replace(
      pair,
      (_m, _f, search: string, _t, replace: string) =>
        `<<<<<<< SEARCH\n${search}\n=======\n${replace === '' ? '' : `${replace}\n`}>>>>>>> REPLACE`,
    );
  // A tag that found no partner: what belongs together is not sure.
  return leftTag.test(made) ? text : made;
}
