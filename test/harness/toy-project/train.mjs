// The surface: constants that an experiment may change. What they do is decided in objective.mjs.
import { train } from './objective.mjs';

const LEARNING_RATE = 0.02;
const WIDTH = 24;
const DROPOUT = 0.3;
const WEIGHT_DECAY = 0.01;

await train({
  learningRate: LEARNING_RATE,
  width: WIDTH,
  dropout: DROPOUT,
  weightDecay: WEIGHT_DECAY,
});
