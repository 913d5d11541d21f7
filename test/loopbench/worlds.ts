// The worlds of LoopBench: made-up research whose truth is known. Numbers from the search policy's section 7:
// gains are log gains of one idea on the champion of its time; times are seconds of a virtual clock.

export interface World {
  name: string;
  /** What is special about it, for the table. */
  about: string;
  /** Median true gain of an idea that helps (log gain). */
  g: number;
  /** Noise of one run in units of g. */
  r: number;
  /** Share of ideas that help, at the start; falls to a tenth as the total gain nears cap * g. */
  hit: number;
  neutral: number;
  crash: number;
  /** Log standard deviation of gains, and their upper limit (log gain). */
  gsd: number;
  gmax: number;
  /** Median (in g) and log standard deviation of an idea that harms. */
  harmMed: number;
  harmSd: number;
  cap: number;
  /** Seconds: one trial, one proposal, loading the model, everything else of an experiment. */
  trial: number;
  propose: number;
  load: number;
  overhead: number;
  hours: number;
  /** Share of runs that come out far better than they are, by 5 sigma. */
  outliers: number;
  /** The machine gets slower: every score falls by so many sigmas at this share of the night. */
  step: { sigmas: number; at: number } | null;
}

const usual: Omit<World, 'name' | 'about' | 'r' | 'hit'> = {
  g: 0.01,
  neutral: 0.35,
  crash: 0.12,
  gsd: 1.3,
  gmax: 0.25,
  harmMed: 1.5,
  harmSd: 1.3,
  cap: 40,
  trial: 60,
  propose: 20,
  load: 8,
  overhead: 3,
  hours: 8,
  outliers: 0,
  step: null,
};

const microLm = { g: 0.02, gsd: 0.4, neutral: 0.45, harmMed: 1.9, harmSd: 0.6 };

export const worlds: readonly World[] = [
  { ...usual, name: 'W1', about: 'quiet', r: 0.1, hit: 0.08 },
  {
    ...usual,
    name: 'W2',
    about: 'like a published night',
    g: 0.0013,
    r: 0.27,
    hit: 0.24,
    neutral: 0.5,
    harmMed: 1,
    harmSd: 1.14,
    gsd: 1.2,
    cap: 30,
    crash: 0.01,
    trial: 300,
    propose: 60,
    load: 0,
    hours: 12.5,
    gmax: 0.03,
  },
  { ...usual, name: 'W3', about: 'noise = gain', r: 1, hit: 0.08 },
  { ...usual, name: 'W4', about: 'noise = 3 gains', r: 3, hit: 0.15 },
  { ...usual, ...microLm, name: 'W5', about: 'tiny model', r: 0.5, hit: 0.2 },
  { ...usual, ...microLm, name: 'W6', about: 'tiny model, noisy', r: 1.2, hit: 0.15 },
  { ...usual, name: 'W7', about: 'short trials', r: 1, hit: 0.1, trial: 8, hours: 3, propose: 12, load: 5 },
  { ...usual, name: 'W8', about: 'lucky outliers', r: 0.7, hit: 0.1, outliers: 0.06 },
  { ...usual, name: 'W9', about: 'machine slows down', r: 0.8, hit: 0.1, step: { sigmas: -4, at: 0.4 } },
  { ...usual, name: 'W10', about: 'few hits, many crashes', r: 0.6, hit: 0.03, crash: 0.4 },
];
