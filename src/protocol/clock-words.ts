/** `The clock was set forward by 1 h 0 min`: what is said of a jump of so many ms. */
export function clockWords(byMs: number): string {
  const minutes = Math.round(Math.abs(byMs) / 60_000);
  const size = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return byMs > 0
    ? `The clock went forward by ${size} at once (set, or the machine slept): that time does not count`
    : `The clock was set back by ${size}: times are told by the new one`;
}
