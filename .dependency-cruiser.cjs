// The layer rule of the house: a room imports only from rooms to its left, and no files import each other in a circle, types
// included. `npm run layers` holds it.
const { builtinModules } = require('node:module');

/** Every module of Node, with `node:` or without. */
const NODE = `^(?:node:)?(?:${builtinModules.filter((name) => !name.includes('/')).join('|')})(?:/|$)`;

// Ground rooms, that any may import. Limits are data: a name, a default, a reason.
const rooms = {
  limits: ['platform'],
  bytes: ['limits'],
  // What Node and browsers do differently.
  platform: [],
  // Ground rooms: quantities and conditions; codes and wording.
  symbolic: ['limits'],
  findings: ['limits', 'bytes'],
  // Images and archives: where things are in them, not what they are.
  containers: ['limits', 'bytes', 'symbolic', 'findings'],
  artifact: ['limits', 'bytes', 'symbolic', 'findings', 'containers'],
  devicetree: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact'],
  acpi: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact'],
  evidence: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact'],
  // What is in images: where things are, and what they are.
  scan: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact', 'devicetree', 'acpi', 'evidence'],
  // Evidence too: a memory map bounds windows that the firmware leaves open.
  window: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact', 'devicetree', 'acpi', 'evidence'],
  linux: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact', 'devicetree', 'acpi', 'evidence', 'window'],
  verdict: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact', 'devicetree', 'acpi', 'evidence', 'window', 'linux'],
  // Two descriptions held against each other.
  compare: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact', 'devicetree', 'acpi', 'evidence', 'window', 'linux', 'verdict'],
  // Reports print what a verdict or a description says; they never parse.
  report: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact', 'devicetree', 'acpi', 'evidence', 'scan', 'window', 'linux', 'verdict', 'compare'],
  // Many machines: what is kept of each is what reports print of it.
  survey: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact', 'devicetree', 'acpi', 'evidence', 'scan', 'window', 'linux', 'verdict', 'report'],
  // A machine and the library in one page: it asks what reports print.
  page: ['limits', 'bytes', 'symbolic', 'findings', 'containers', 'artifact', 'devicetree', 'acpi', 'evidence', 'scan', 'window', 'linux', 'verdict', 'report'],
};
module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, left]) => ({
      name: `${room}-imports-left-only`,
      severity: 'error',
      // The script of pages has the whole library beside it.
      from: { path: `^src/${room}/`, pathNot: '^src/page/ui/' },
      to: { path: '^src/', pathNot: `^src/(${[room, 'platform', ...left].join('|')})/` },
    })),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'cli-is-last', severity: 'error', from: { path: '^src/(?!cli/)' }, to: { path: '^src/cli/' } },
    // fwmap/core works in browsers.
    { name: 'core-without-node', severity: 'error', from: { path: '^src/core\\.ts$' }, to: { path: NODE, reachable: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    includeOnly: `^(src|node_modules)/|${NODE}`,
  },
};
