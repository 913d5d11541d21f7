// LOCKED. The hidden source of the corpus: a stochastic grammar whose every transition probability is known.
//
// The grammar is unifilar: the text so far determines its state, so the probability of a text is the product of the
// choices that wrote it, and the entropy that no model can beat is computed, not estimated.
// What there is to model: spelling (1-6 bytes back), word pairs such as verb and object (10-20 bytes), agreement of
// subject and verb across a phrase (20-50 bytes), and the topic and hero of a paragraph (hundreds of bytes).

const words = (text) => text.trim().split(/\s+/);

const TOPICS = [
  {
    opening: 'at the harbour',
    nouns: words(
      'anchor barge boat buoy captain crane dock gull lantern mast net pier rope sailor trawler winch',
    ),
    verbs: words('anchor board dock drag haul hoist load moor paint signal tow unload'),
    adjectives: words('barnacled briny heavy leaky rusted salty tarred weathered'),
  },
  {
    opening: 'on the farm',
    nouns: words(
      'barn cart chicken cow farmer fence goat hen ladder meadow orchard plough shed tractor trough wagon',
    ),
    verbs: words('clean feed gather herd lead mend milk plant repair shear shelter water'),
    adjectives: words('dusty fallow gentle hungry muddy sturdy sunlit wooden'),
  },
  {
    opening: 'in the lab',
    nouns: words(
      'beaker beam chemist circuit detector filter flask lamp laser magnet probe sample sensor tray tube valve',
    ),
    verbs: words('align calibrate cool heat inspect label measure record scan seal test weigh'),
    adjectives: words('cracked delicate frozen glowing precise sterile unstable vacuum'),
  },
  {
    opening: 'down in the market',
    nouns: words(
      'apple basket blanket butcher carpet coin crate jar melon merchant onion plum scale stall trader vase',
    ),
    verbs: words('borrow buy count deliver display hide lend offer sell stack trade wrap'),
    adjectives: words('bright cheap exotic fragrant golden polished ripe woven'),
  },
];
const HEROES = words('alma boris clara dmitri edith felix greta hugo ingrid jonas klara luis');
const pronounOf = (hero) => (HEROES.indexOf(hero) % 2 === 0 ? 'she' : 'he');

/** Small, fast, seedable generator (mulberry32): the same numbers on every machine. */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A Zipf distribution over `list`, in an order of preference that is fixed by `cue`. Returns [word, probability]. */
function preference(list, cue) {
  let seed = 2166136261; // FNV-1a: every cue gets an order of its own
  for (const char of cue) seed = Math.imul(seed ^ char.charCodeAt(0), 16777619);
  const draw = random(seed);
  const order = list.map((word) => ({ word, at: draw() })).sort((a, b) => a.at - b.at);
  const total = order.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
  return order.map(({ word }, rank) => [word, 1 / (rank + 1) / total]);
}

/**
 * The places of the grammar. `cues` names what the choice depends on, and `options` gets nothing else.
 * An option is [text, probability, what changes in the state].
 */
const PLACES = {
  opening: {
    cues: ['topic'],
    options: ({ topic }) =>
      TOPICS.map(({ opening }, next) => {
        const p = topic === undefined ? 0.25 : next === topic ? 0.4 : 0.2;
        return [`${opening}, `, p, { at: 'hero', topic: next }];
      }),
  },
  hero: {
    cues: ['topic'],
    options: ({ topic }) =>
      preference(HEROES, `hero ${topic}`).map(([hero, p]) => [
        `${hero} `,
        p,
        { at: 'verb', hero, subject: hero, plural: false },
      ]),
  },
  sentence: {
    cues: ['topic', 'hero'],
    options: ({ topic, hero }) => [
      [`${hero} `, 0.3, { at: 'verb', subject: hero, plural: false }],
      [`${pronounOf(hero)} `, 0.3, { at: 'verb', subject: hero, plural: false }],
      ...preference(TOPICS[topic].nouns, `subject ${topic}`).flatMap(([noun, p]) => [
        [`the ${noun} `, 0.2 * p, { at: 'verb', subject: noun, plural: false }],
        [`the ${noun}s `, 0.2 * p, { at: 'verb', subject: noun, plural: true }],
      ]),
    ],
  },
  verb: {
    cues: ['topic', 'subject', 'plural'],
    options: ({ topic, subject, plural }) =>
      preference(TOPICS[topic].verbs, `verb ${subject}`).map(([verb, p]) => [
        plural ? `${verb} ` : `${verb}s `,
        p,
        { at: 'determiner', verb },
      ]),
  },
  determiner: {
    cues: [],
    options: () => [
      ['the ', 0.5, { at: 'object', many: false }],
      ['every ', 0.2, { at: 'object', many: false }],
      ['some ', 0.3, { at: 'object', many: true }],
    ],
  },
  object: {
    cues: ['topic', 'verb', 'many'],
    options: ({ topic, verb, many }) => [
      ...preference(TOPICS[topic].adjectives, `adjective ${verb}`).map(([word, p]) => [
        `${word} `,
        0.35 * p,
        { at: 'noun' },
      ]),
      ...nounOptions(topic, verb, many).map(([noun, p, change]) => [noun, 0.65 * p, change]),
    ],
  },
  noun: {
    cues: ['topic', 'verb', 'many'],
    options: ({ topic, verb, many }) => nounOptions(topic, verb, many),
  },
  after: {
    cues: [],
    options: () => [
      ['. ', 0.45, { at: 'sentence' }],
      ['.\n', 0.1, { at: 'opening' }],
      [' near the ', 0.2, { at: 'place' }],
      [' and ', 0.25, { at: 'verb' }], // the same subject goes on
    ],
  },
  place: {
    cues: ['topic', 'noun'],
    options: ({ topic, noun }) =>
      preference(TOPICS[topic].nouns, `place ${noun}`).map(([place, p]) => [place, p, { at: 'end' }]),
  },
  end: {
    cues: [],
    options: () => [
      ['. ', 0.8, { at: 'sentence' }],
      ['.\n', 0.2, { at: 'opening' }],
    ],
  },
};

function nounOptions(topic, verb, many) {
  return preference(TOPICS[topic].nouns, `object ${verb}`).map(([noun, p]) => [
    many ? `${noun}s` : noun,
    p,
    { at: 'after', noun },
  ]);
}

export const START = Object.freeze({ at: 'opening' });

const known = new Map();

/** All that can follow `state`: [text, probability, changes]. The probabilities sum to one. */
export function optionsOf(state) {
  const { cues, options } = PLACES[state.at];
  const key = cues.reduce((text, cue) => `${text} ${state[cue]}`, state.at);
  let found = known.get(key);
  if (!found) {
    found = options(Object.fromEntries(cues.map((cue) => [cue, state[cue]])));
    known.set(key, found);
  }
  return found;
}

/** Writes at least `bytes` bytes, to the end of a paragraph. `bits` is what the text's own choices cost. */
export function write(bytes, seed) {
  const draw = random(seed);
  let state = START;
  let text = '';
  let bits = 0;
  while (text.length < bytes || state.at !== 'opening') {
    const options = optionsOf(state);
    let rest = draw();
    let chosen = options[options.length - 1];
    for (const option of options) {
      rest -= option[1];
      if (rest < 0) {
        chosen = option;
        break;
      }
    }
    text += chosen[0];
    bits -= Math.log2(chosen[1]);
    state = { ...state, ...chosen[2] };
  }
  return { text, bits };
}
