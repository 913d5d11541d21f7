/** `7`, `#7` or `007` as a number; null when it is none. */
export function experimentNumber(text: string | undefined): number | null {
  const match = /^#?(\d{1,7})$/.exec(text ?? '');
  return match ? Number(match[1]) : null;
}
