import { expect, test } from 'vitest';
import { type OverlapFacts, planOverlap, visibleGpus } from '../../src/gpu/overlap-policy.ts';

const gpu = (index: number, riseMiB: number) => ({
  index,
  totalMiB: 24_564,
  beforeMiB: 600,
  peakMiB: 600 + riseMiB,
});
/** The model on GPU 0, the trial pinned to GPU 1. */
const apart: OverlapFacts = {
  asked: 'auto',
  sharing: 'coresident',
  wanted: 'qwen3:8b',
  model: { name: 'qwen3:8b', totalMiB: 6000, loadedMiB: 6000, gpus: [0] },
  gpus: [gpu(0, 0), gpu(1, 9000)],
  visible: 1,
};
const model = apart.model!;

test('auto: only where model and trial are known to be on GPUs of their own', () => {
  expect(planOverlap(apart)).toEqual({
    may: true,
    why: 'the model is on GPU 0, the trial on GPU 1',
    on: [0],
  });
});

test.each<[string, Partial<OverlapFacts>, RegExp]>([
  ['off', { asked: 'off' }, /off/],
  ['swap', { sharing: 'swap' }, /unloaded for every trial/],
  ['on cannot do it with swap', { asked: 'on', sharing: 'swap' }, /unloaded for every trial/],
  ['one GPU', { gpus: [gpu(0, 9000)] }, /same GPU/],
  ['a trial over both', { gpus: [gpu(0, 9000), gpu(1, 9000)], visible: 2 }, /same GPU/],
  ['a model over both', { model: { ...model, gpus: [0, 1] } }, /same GPU/],
  ['the trial is not pinned', { visible: null }, /CUDA_VISIBLE_DEVICES is not set/],
  ['it can see more than it used', { visible: 2 }, /can see 2 GPUs, and was seen to use 1/],
  ['a model on the CPU', { model: { ...model, loadedMiB: 0 } }, /on the CPU/],
  ['half a model on the CPU', { model: { ...model, loadedMiB: 3000 } }, /on the CPU/],
  ['a model nobody sees', { model: { ...model, gpus: null } }, /does not show/],
  ['not loaded', { model: { ...model, loadedMiB: null } }, /not loaded/],
  ['another one is loaded', { wanted: 'gemma4:12b' }, /gemma4:12b is not loaded/],
  ['nothing known', { model: null }, /not loaded/],
  ['a trial on the CPU', { gpus: [gpu(0, 0), gpu(1, 0)], visible: 0 }, /needs the CPU/],
  ['nothing measured', { gpus: [] }, /needs the CPU/],
  ['no GPU at all', { sharing: 'none', model: { ...model, loadedMiB: 0, gpus: null } }, /on the CPU/],
])('not: %s', (_, facts, why) => {
  const plan = planOverlap({ ...apart, ...facts });
  expect(plan).toEqual({ may: false, why: expect.stringMatching(why), on: [] });
});

test('on is the word of the user; only GPUs that the trial leaves alone are the model’s own', () => {
  const asked = { ...apart, asked: 'on', visible: null } as const;
  expect(planOverlap(asked)).toEqual({ may: true, why: 'as pawl.yaml says', on: [0] });
  expect(planOverlap({ ...asked, gpus: [gpu(0, 9000)] })).toMatchObject({ may: true, on: [] });
  expect(planOverlap({ ...asked, sharing: 'none', model: null, gpus: [] }).may).toBe(true);
});

test.each<[string, string | undefined, number | null]>([
  ['python train.py', undefined, null],
  ['python train.py', '1', 1],
  ['python train.py', '1,2', 2],
  ['python train.py', '1,1', 1],
  ['python train.py', '', 0],
  ['python train.py', '-1', 0],
  ['python train.py', '0,-1,1', 1],
  ['python train.py', 'GPU-00000001-1111-2222-3333-444455556666', 1],
  ['CUDA_VISIBLE_DEVICES=1 python train.py', '0,1', 1],
  ['CUDA_VISIBLE_DEVICES="1,2" python train.py', undefined, 2],
  ['CUDA_VISIBLE_DEVICES=$MINE python train.py', '1', null],
  ['CUDA_VISIBLE_DEVICES=0 python a.py; CUDA_VISIBLE_DEVICES=1 python b.py', undefined, null],
])('%s with %s: %s GPUs', (command, variable, count) => {
  expect(visibleGpus(command, { CUDA_VISIBLE_DEVICES: variable })).toBe(count);
});
