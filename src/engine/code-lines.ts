/** Lines that only explain: a change that deletes them makes the code no simpler. */
const comment = /^(\/\/|\/\*|\*\/|\*(\s|$)|#(\s|!|$)|--\s|;|<!--|"""|''')/;

/** How many lines of code a unified diff adds, less those it takes away; blank lines and comments are none. */
export function codeLines(diff: string): number {
  let net = 0;
  let inHunk = false;
  for (const line of diff.split('\n')) {
    if (line.startsWith('diff --git ')) inHunk = false;
    else if (line.startsWith('@@ ')) inHunk = true;
    if (!inHunk || (line[0] !== '+' && line[0] !== '-')) continue;
    const text = line.slice(1).trim();
    if (text !== '' && !comment.test(text)) net += line[0] === '+' ? 1 : -1;
  }
  return net;
}
