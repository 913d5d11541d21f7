#!/usr/bin/env node
// Written in syntax that very old Nodes parse, so that they can print what to do instead of a stack.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 22 || (parts[0] === 22 && parts[1] < 12)) {
  process.stderr.write(
    'pawl needs Node 22.12 or newer; this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'Inside a checkout of pawl:   npm ci && npx pawl ...   (the project brings its own Node)\n' +
      'Elsewhere:                   install Node 24 from https://nodejs.org or with your version manager.\n',
  );
  process.exit(2);
} else {
  import('./start.mjs');
}
