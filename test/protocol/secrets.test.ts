import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineMask, StreamMask } from '../../src/protocol/secret-stream.ts';
import { createMask, masked, secretsOf } from '../../src/protocol/secrets.ts';

// Assembled here, so that no scanner takes this file for a leak.
const join = (...parts: string[]) => parts.join('');
const samples = [
  join('gh', 'p_16C7e42F292c6912E7710c838347Ae178B4a'),
  join('github', '_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwx'),
  join('h', 'f_AbCdEfGhIjKlMnOpQrStUvWx'),
  join('s', 'k-proj-abc123def456ghi789jkl'),
  join('AK', 'IAIOSFODNN7EXAMPLE'),
  join('AI', 'zaSyA-1234567890abcdefghijklmnopqrstu'),
  join('xo', 'xb-1234567890-abcdefghij'),
  join('ey', 'JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijklmnop'),
];
const key = join('-----BEGIN RSA PRIV', 'ATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIV', 'ATE KEY-----');

test('values of the environment count by their variable’s name', () => {
  expect(
    secretsOf({
      WANDB_API_KEY: 'a1b2c3d4e5f6',
      MY_PASSWORD: 'correct horse',
      DB_SECRET_VALUE: 'hunter2hunter2',
      AWS_SESSION_TOKEN: 'FwoGZXIvYXdzE',
      SHORT_TOKEN: 'abc',
      SEED_KEY: '12345678901',
      TLS_KEY_FILE: '/home/ada/tls.pem',
      SSH_KEY: '/home/ada/.ssh/id_ed25519',
      AWS_REGION: 'eu-central-1',
      KEYBOARD_LAYOUT: 'de-latin1-nodeadkeys',
      MONKEY_NAME: 'curious-george',
      PWD: '/srv/project-with-long-name',
      PATH: '/usr/local/bin:/usr/bin',
    }),
  ).toEqual(['hunter2hunter2', 'correct horse', 'FwoGZXIvYXdzE', 'a1b2c3d4e5f6']);
});

test.each(samples)('a colour before it hides no secret: %s', (secret) => {
  expect(createMask({})(`\x1b[33m${secret}\x1b[0m`)).not.toContain(secret.slice(6));
});

test('known values and known shapes are masked, their surroundings stay', () => {
  const mask = createMask({ API_TOKEN: 'v(e.r+y|se*cret', TOOL_KEY: 'say"it"twice' });
  expect(mask('token=v(e.r+y|se*cret;')).toBe(`token=${masked};`);
  expect(mask('{"k": "say\\"it\\"twice"}')).toBe(`{"k": "${masked}"}`);
  for (const sample of samples) expect(mask(`a ${sample} b`), sample).toBe(`a ${masked} b`);
  expect(mask('Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345')).toBe(
    `Authorization: Bearer ${masked}`,
  );
  expect(mask('postgres://ada:lovelace1815@db/x')).toBe(`postgres://ada:${masked}@db/x`);
  expect(mask(`before\n${key}\nafter`)).toBe(`before\n${masked}\nafter`);
});

test('what only looks a little like a secret stays', () => {
  const mask = createMask({});
  for (const text of [
    'task-12345678901234567890 done',
    'METRIC val_bpb=0.9773123456789',
    'loss: 1.25e-05 lr: 0.0003 https://example.org/a:b@c',
    'https://localhost:11434/api/chat',
    'sk-learn-is-a-library-of-many-words',
    'commit 6422139a0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f',
    '-----BEGIN PUBLIC KEY-----',
  ])
    expect(mask(text)).toBe(text);
});

test('a stream shows the same as the whole text would, wherever it is cut', () => {
  const mask = createMask({ A_TOKEN: 'opensesame-1001', B_SECRET: 'the quick brown fox' });
  const piece = fc.oneof(
    fc.constantFrom(
      'opensesame-1001',
      'the quick brown fox',
      'the quick',
      ' ',
      '\n',
      'Bearer ',
      key,
      ...samples,
    ),
    fc.string({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
      (parts, cuts) => {
        const text = parts.join(' ');
        const stream = new StreamMask(mask);
        let out = '';
        let at = 0;
        for (const cut of [...cuts.toSorted((a, b) => a - b), text.length]) {
          const to = Math.max(at, Math.min(cut, text.length));
          out += stream.push(text.slice(at, to));
          at = to;
        }
        out += stream.end();
        expect(out).toBe(mask(text));
      },
    ),
    { numRuns: 1500 },
  );
});

test('a stream without secrets is held up by one word only', () => {
  const stream = new StreamMask(createMask({ A_TOKEN: 'opensesame-1001' }));
  expect(stream.push('raise the learning rate to op')).toBe('raise the learning rate to ');
  expect(stream.push('timal ')).toBe('optimal ');
  expect(stream.end()).toBe('');
});

test('a key in a log is hidden line by line, and the log goes on after it', () => {
  const lines = new LineMask(createMask({}));
  const all = key.split('\n');
  expect(lines.lines(['a', all[0]!])).toEqual(['a', masked]);
  expect(lines.live('MIIE')).toBe(masked);
  expect(lines.lines([...all.slice(1), 'b'])).toEqual(['b']);
});

test('masking a flood costs little', () => {
  const mask = createMask({ A_TOKEN: 'opensesame-1001', B_SECRET: 'the quick brown fox' });
  const line = 'step 00123 | loss: 2.012345 | lr: 0.0003 | tok/s: 123456 | mfu: 31.2% | eta 12:01';
  const begun = process.cpuUsage();
  for (let i = 0; i < 100_000; i++) mask(line);
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(2000);
});
