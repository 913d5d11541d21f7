// Characters that a model or its template puts in place of those of the file. They are mended only where the file
// itself has none of them and SEARCH shows the same slip, so that code that really holds them stays whole.

const classes: { there: RegExp; plain: (text: string) => string }[] = [
  { there: /[\u00a0\u202f]/, plain: (t) => t.replace(/[\u00a0\u202f]/g, ' ') },
  { there: /[\u200b-\u200d\u2060\ufeff]/, plain: (t) => t.replace(/[\u200b-\u200d\u2060\ufeff]/g, '') },
  {
    there: /[\u2018\u2019\u201c\u201d]/,
    plain: (t) => t.replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"'),
  },
  { there: /&(?:lt|gt|amp|quot|#39);/, plain: withoutEntities },
];

/** An edit whose SEARCH holds typographic, invisible or HTML-escaped characters, written as the file writes them. */
export function plainEdit(
  base: string,
  edit: { search: string; replace: string },
): { search: string; replace: string } {
  let { search, replace } = edit;
  for (const { there, plain } of classes) {
    if (!there.test(search) || there.test(base)) continue;
    search = plain(search);
    replace = plain(replace);
  }
  return { search, replace };
}

/** `&lt;` and its like as the characters they stand for, once. */
export function withoutEntities(text: string): string {
  const plain: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };
  return text.replace(/&(lt|gt|amp|quot|#39);/g, (_m, name: string) => plain[name]!);
}

/**
 * A new line with `&lt;` or `&gt;` outside of quotes, in a file that has no such thing: the reply was escaped on its
 * way. null when there is none, or when the file is made of such markup.
 */
export function escapedLine(path: string, base: string, replace: string): string | null {
  if (/\.(?:html?|xml|xhtml|svg|md|mdx|markdown|jsx|tsx|vue|svelte)$/i.test(path)) return null;
  if (/&(?:lt|gt|amp);/.test(base)) return null;
  const unquoted = (line: string) => line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:#|\/\/).*$/g, '');
  return (
    replace.split('\n').find((line) => line.length < 2000 && /&(?:lt|gt|amp);/.test(unquoted(line))) ?? null
  );
}
