import type { ChatBody } from './script.ts';

const change = `HYPOTHESIS: a falling rate settles the weights at the end
EXPECT: lower
FAMILY: schedule
EDIT probe.py
<<<<<<< SEARCH
        return PEAK * step / WARMUP
    return PEAK
=======
        return PEAK * step / WARMUP
    return PEAK * (total - step) / (total - WARMUP)
>>>>>>> REPLACE`;

/** A good model's answer to the exercise that comes before the first proposal; null = the chat is something else. */
export function probeAnswer({ messages }: ChatBody): string | null {
  return messages?.at(-1)?.content.includes('File probe.py:') ? change : null;
}
