// npm run attack [-- words of a name]: every attack as a real trial, with bubblewrap and without, and what came of it.
import { probeSandbox } from '../../src/trial/sandbox/probe.ts';
import { attacks } from './attacks.ts';
import { Attacker } from './carry-out.ts';
import { trialMs } from './cost.ts';

const only = process.argv.slice(2).join(' ');
const { bwrap } = await probeSandbox();
if (bwrap === null) console.log('bubblewrap does not work here: only without it.\n');
const ways = [...(bwrap === null ? [] : [{ name: 'bubblewrap', bwrap }]), { name: 'without', bwrap: null }];
const blocked = new Map(ways.map(({ name }) => [name, 0]));
const chosen = attacks.filter(({ group, name }) => `${group}: ${name}`.includes(only));
const width = Math.max(...chosen.map(({ group, name }) => group.length + name.length + 2));
console.log(`${'attack'.padEnd(width)}  ${ways.map(({ name }) => name.padEnd(12)).join('')}`);
const open: string[] = [];
const attackers = ways.map((way) => new Attacker(way.bwrap));
try {
  for (const attack of chosen) {
    const title = `${attack.group}: ${attack.name}`;
    const cells: string[] = [];
    for (const [i, { name }] of ways.entries()) {
      const won = await attackers[i]!.carryOut(attack);
      if (!won) blocked.set(name, blocked.get(name)! + 1);
      else if (name === 'bubblewrap' && !attack.limit) open.push(title);
      cells.push((won ? 'GOT THROUGH' : 'blocked').padEnd(12));
    }
    console.log(`${title.padEnd(width)}  ${cells.join('')}${attack.limit ? `(known: ${attack.limit})` : ''}`);
  }
} finally {
  // What an error leaves behind would sleep for an hour.
  for (const attacker of attackers) await attacker.close();
}
console.log('');
for (const [name, count] of blocked) console.log(`${name}: ${count} of ${chosen.length} blocked`);
const cost = await trialMs(ways.map((way) => way.bwrap));
for (const [i, { name }] of ways.entries())
  console.log(`${name}: ${cost[i]!.toFixed(1)} ms for a trial that does nothing (median of 40)`);
process.exit(open.length > 0 ? 1 : 0);
