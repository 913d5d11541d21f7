#!/usr/bin/env node
// Written in syntax that old Nodes parse, so that they hand over to a newer one, or print what to do instead of a stack.
var parts = process.versions.node.split('.').map(Number);

if (parts[0] > 22 || (parts[0] === 22 && parts[1] >= 12)) import('./start.mjs');
else {
  // A checkout brings a Node of its own: with it pawl works on an older system too, also after `npm link`.
  import('./own-node.mjs').then((own) => {
    if (own.handOver()) return;
    process.stderr.write(
      'pawl needs Node 22.12 or newer; this is Node ' +
        process.versions.node +
        ' (' +
        process.execPath +
        ').\n' +
        'In a checkout of pawl:   npm ci   (it brings a Node of its own)\n' +
        'Elsewhere:               install Node 24 from https://nodejs.org or with your version manager.\n',
    );
    process.exitCode = 2;
  });
}
