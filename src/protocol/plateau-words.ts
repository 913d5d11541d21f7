import { z } from 'zod';

/**
 * What the loop does when nothing has been kept for long: the champion's number is checked, the way of proposing is
 * changed, only the structure may change, what nearly won is tried again, an older champion's code is the ground for a
 * while; `usual`: back to the usual way.
 */
const turns = ['re-measure', 'other-way', 'structural', 'near-miss', 'fork', 'usual'] as const;
export const turnSchema = z.enum(turns);
export type Turn = (typeof turns)[number];
