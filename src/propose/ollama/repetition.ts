const span = 1200;
const longest = 400;

/**
 * True when the end of a text is one piece of at most 400 characters said three times or more, over 1200 characters.
 * Ollama stops only token-level loops, and says nothing when it does.
 */
export function repeatsItself(text: string): boolean {
  if (text.length < span) return false;
  const tail = text.slice(-span);
  if (tail.trim() === '') return true;
  const border = new Uint16Array(span);
  for (let i = 1, k = 0; i < span; i++) {
    while (k > 0 && tail[i] !== tail[k]) k = border[k - 1]!;
    if (tail[i] === tail[k]) k++;
    border[i] = k;
  }
  return span - border[span - 1]! <= longest;
}
