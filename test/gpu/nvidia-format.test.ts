import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellNumber,
  fieldLadder,
  parseComputeAppRow,
  parseGpuRow,
  throttleWords,
} from '../../src/gpu/nvidia-format.ts';

const full = fieldLadder[0]!;
const minimal = fieldLadder[2]!;
const uuid = 'GPU-3f1c2a77-1111-2222-3333-444455556666';

/** A row of the full query with these cells instead of the usual ones. */
function row(cells: Record<string, string> = {}): string {
  const usual: Record<string, string> = {
    index: '0',
    uuid,
    name: 'NVIDIA GeForce RTX 4080 SUPER',
    pstate: 'P8',
    'utilization.gpu': '0',
    'utilization.memory': '4',
    'memory.total': '16376',
    'memory.used': '596',
    'memory.free': '15348',
    'temperature.gpu': '43',
    'power.draw': '26.20',
    'power.limit': '320.00',
    'clocks.current.sm': '210',
    'fan.speed': '0',
    'clocks_event_reasons.active': '0x0000000000000001',
    'mig.mode.current': '[N/A]',
  };
  return full.map((field) => cells[field] ?? usual[field]).join(', ');
}

describe('GPU rows', () => {
  test('a consumer card at rest: a true zero stays a zero', () => {
    expect(parseGpuRow(row(), full)).toEqual({
      index: 0,
      uuid,
      name: 'NVIDIA GeForce RTX 4080 SUPER',
      utilization: 0,
      memoryUtilization: 4,
      memoryTotalMiB: 16376,
      memoryUsedMiB: 596,
      memoryFreeMiB: 15348,
      temperatureC: 43,
      powerW: 26.2,
      powerLimitW: 320,
      smClockMHz: 210,
      fanPercent: 0,
      pstate: 'P8',
      throttle: [],
      mig: false,
    });
  });

  test('units are understood too', () => {
    const sample = parseGpuRow(
      row({
        'utilization.gpu': '100 %',
        'memory.total': '81559 MiB',
        'memory.used': '19818 MiB',
        'power.draw': '631.95 W',
        'clocks.current.sm': '1980 MHz',
      }),
      full,
    );
    expect(sample).toMatchObject({
      utilization: 100,
      memoryTotalMiB: 81559,
      memoryUsedMiB: 19818,
      powerW: 631.95,
      smClockMHz: 1980,
    });
  });

  test('MIG: no utilisation, memory of the parent', () => {
    const sample = parseGpuRow(
      row({
        name: 'NVIDIA H100 80GB HBM3',
        'utilization.gpu': '[N/A]',
        'utilization.memory': '[N/A]',
        'memory.used': '11125',
        'mig.mode.current': 'Enabled',
      }),
      full,
    );
    expect(sample).toMatchObject({
      utilization: null,
      memoryUtilization: null,
      memoryUsedMiB: 11125,
      mig: true,
    });
  });

  test.each([
    '[N/A]',
    'N/A',
    '[Not Supported]',
    '[Unknown Error]',
    '[Insufficient Permissions]',
    '[Requested functionality has been deprecated]',
    '[GPU requires reset]',
    '',
    'nan',
    '-1',
    '1e9',
    '0x10',
  ])('%s is no number', (token) => {
    expect(cellNumber(token)).toBeNull();
    expect(parseGpuRow(row({ 'power.draw': token, 'fan.speed': token }), full)).toMatchObject({
      powerW: null,
      fanPercent: null,
      powerLimitW: 320,
    });
  });

  test('names may hold commas', () => {
    expect(parseGpuRow(row({ name: 'Quadro, Special, 48 GB' }), full)).toMatchObject({
      name: 'Quadro, Special, 48 GB',
      pstate: 'P8',
      powerLimitW: 320,
    });
  });

  test('the simplest query of an old driver', () => {
    expect(parseGpuRow('1, Tesla K80, 97, 11441, 10000, 1441, 71, 148.20', minimal)).toMatchObject({
      index: 1,
      uuid: null,
      name: 'Tesla K80',
      utilization: 97,
      memoryUsedMiB: 10000,
      powerW: 148.2,
      powerLimitW: null,
      pstate: null,
      throttle: null,
    });
  });

  test('the old name of the clock reasons', () => {
    const old = fieldLadder[1]!;
    expect(old).toContain('clocks_throttle_reasons.active');
    expect(parseGpuRow(row({ 'clocks_event_reasons.active': '0x0000000000000004' }), old)?.throttle).toEqual([
      'power cap',
    ]);
  });

  test.each([
    '',
    'No devices were found',
    'index, uuid, name, pstate, utilization.gpu [%], a, b, c, d, e, f, g, h, i, j, k',
    'Unable to determine the device handle for GPU0: 0000:01:00.0: Unknown Error',
    `0, ${uuid}, NVIDIA`,
    row({ uuid: 'not-a-uuid' }),
    row({ index: '-1' }),
    row({ pstate: 'well' }),
    row({ name: '' }),
  ])('no row: %s', (line) => {
    expect(parseGpuRow(line, full)).toBeNull();
  });

  test('more than 100 percent is no percentage', () => {
    expect(parseGpuRow(row({ 'utilization.gpu': '4294967295' }), full)?.utilization).toBeNull();
  });
});

test.each([
  ['0x0000000000000000', []],
  ['0x0000000000000001', []],
  ['0x0000000000000002', ['fixed clocks']],
  ['0x0000000000000004', ['power cap']],
  ['0x0000000000000008', ['hardware slowdown']],
  ['0x0000000000000010', ['sync boost']],
  ['0x0000000000000020', ['thermal (software)']],
  ['0x0000000000000048', ['thermal (hardware)']],
  ['0x0000000000000088', ['power brake']],
  ['0x0000000000000024', ['power cap', 'thermal (software)']],
  ['0xFFFFFFFFFFFFFE00', []],
  ['[N/A]', null],
  ['Not Active', null],
  ['4', null],
])('clock reasons %s', (mask, words) => {
  expect(throttleWords(mask)).toEqual(words);
});

describe('compute apps', () => {
  test.each([
    [
      `${uuid}, 11345, ./gpu_burn, 15690`,
      { gpuUuid: uuid, pid: 11345, name: './gpu_burn', memoryMiB: 15690 },
    ],
    [
      `${uuid}, 11345, ./gpu_burn, 15690 MiB`,
      { gpuUuid: uuid, pid: 11345, name: './gpu_burn', memoryMiB: 15690 },
    ],
    [
      `${uuid}, 7, python3 train.py --dims 1, 2, 3, 512`,
      { gpuUuid: uuid, pid: 7, name: 'python3 train.py --dims 1, 2, 3', memoryMiB: 512 },
    ],
    [`${uuid}, 7, C:\\python.exe, [N/A]`, { gpuUuid: uuid, pid: 7, name: 'C:\\python.exe', memoryMiB: null }],
    [`${uuid}, 7, [Not Found], 12`, { gpuUuid: uuid, pid: 7, name: 'unknown', memoryMiB: 12 }],
    [
      `${uuid}, 7, [Insufficient Permissions], [N/A]`,
      { gpuUuid: uuid, pid: 7, name: 'unknown', memoryMiB: null },
    ],
  ])('%s', (line, process) => {
    expect(parseComputeAppRow(line)).toEqual(process);
  });

  test.each([
    '',
    'No running processes found',
    'gpu_uuid, pid, process_name, used_memory',
    `${uuid}, x, y, 1`,
  ])('no row: %s', (line) => {
    expect(parseComputeAppRow(line)).toBeNull();
  });
});

/** Every number of a parsed thing must stand in the line, as a token of its own. */
function expectOnlyPrintedNumbers(parsed: object | null, line: string): void {
  if (!parsed) return;
  const printed = new Set([...line.matchAll(/\d+(?:\.\d+)?/g)].map((match) => Number(match[0])));
  for (const value of Object.values(parsed)) {
    if (typeof value === 'number') expect(printed).toContain(value);
  }
}

describe('garbage', () => {
  const token = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      '[N/A]',
      'N/A',
      '',
      ' ',
      ',',
      '\u001b[31m',
      'P2',
      uuid,
      '0x04',
      '[GPU requires reset]',
      'NaN',
    ),
    fc.nat().map(String),
    fc.double().map(String),
  );
  const line = fc.oneof(
    fc.string(),
    fc.array(token, { maxLength: 24 }).map((cells) => cells.join(', ')),
    // Nearly right rows: these do parse.
    fc.record(Object.fromEntries(full.slice(3).map((field) => [field, token]))).map((cells) => row(cells)),
  );

  test('never throws and never invents a number', () => {
    fc.assert(
      fc.property(line, fc.nat({ max: 2 }), (text, rung) => {
        expectOnlyPrintedNumbers(parseGpuRow(text, fieldLadder[rung]!), text);
        expectOnlyPrintedNumbers(parseComputeAppRow(text), text);
      }),
      { numRuns: 3000 },
    );
  });
});
