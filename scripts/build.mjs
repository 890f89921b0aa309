// Bundles the command and the library. Modules are put together in few files: loading a file has a fixed cost in Node,
// and `fwmap sysfb` is to answer in less than twice the time that Node takes to start. The command is CommonJS for the
// same reason: Node's loader of ES modules takes longer to start than answering for a sample takes.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { bundleCore } from './bundle-core.mjs';
import { thinMap } from './source-maps.mjs';

// `--outdir DIR` makes another bundle of the command, without the library.
const elsewhere = process.argv.indexOf('--outdir');
const outdir = elsewhere > 0 ? process.argv[elsewhere + 1] : 'dist';

/**
 * Bundles, each with its files and folders below src. A bundle contains these with all their static imports that are in
 * no earlier bundle. Every other module gets a file of its own, which is loaded when a command needs it.
 */
const BUNDLES = {
  // Needed by every run of `sysfb`.
  base: [
    'bytes/',
    'findings/',
    'symbolic/',
    'cli/common/io.ts',
    'cli/program.ts',
    'artifact/images/images.ts',
    'artifact/text/open-text.ts',
    'linux/address-translation.ts',
    'linux/osi.ts',
    'linux/release.ts',
    'cli/commands/questions/sysfb.ts',
    'verdict/sysfb/sysfb.ts',
    'window/describe.ts',
    'report/formats/text.ts',
    'report/formats/json-parts.ts',
  ],
  tree: ['window/from-device-tree.ts', 'devicetree/read.ts'],
  // Reading ACPI tables; executing their code is a bundle of its own, as not every question needs it.
  acpi: [
    'window/from-acpi.ts',
    'acpi/prune/devices-by-id.ts',
    'acpi/aml/tables.ts',
    'acpi/tables/read.ts',
    'linux/host-bridge/descriptors.ts',
  ],
  machine: ['acpi/machine.ts'],
  'acpi-lists': ['acpi/listings/', 'acpi/resources/'],
  linux: ['linux/', 'evidence/'],
};

/**
 * Packages that are not bundled. All others are: the parts used are a fraction of their size, and fwmap has no
 * dependencies. These are needed for fleets only, and are installed by their users.
 */
const OPTIONAL = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).peerDependencies);

/** The packages in the bundles, for their licences. */
const packages = new Set();

const source = resolve('src') + sep;
const within = (id) => (id.startsWith(source) ? id.slice(source.length).replaceAll(sep, '/') : '');

rmSync(outdir, { recursive: true, force: true });

/** `import()` uses the loader of ES modules, which takes longer to start than `require` takes for a module of Node. */
const nodeRequired = {
  name: 'node-required',
  // Before minification lines are those of the sources, so source maps stay right.
  renderChunk: (code) => ({
    code: code.replaceAll(
      /\bimport\((["'`]node:[\w/]+["'`])\)/g,
      'Promise.resolve().then(() => require($1))',
    ),
    map: null,
  }),
};

/** @param input entry points by the name of their output file */
async function bundle(input, format, extension) {
  const built = await rolldown({
    input,
    platform: 'node',
    // A bundle with --outdir may be made of a working tree in which imported files are missing.
    external: (id, importer) =>
      id.startsWith('node:') ||
      OPTIONAL.includes(id) ||
      (outdir !== 'dist' &&
        importer !== undefined &&
        id.startsWith('.') &&
        !existsSync(resolve(dirname(importer), id))),
    onLog(level, log, report) {
      // BUNDLES puts modules together on purpose, also those that are imported dynamically.
      if (log.code === 'INEFFECTIVE_DYNAMIC_IMPORT') return;
      // For yargs' configuration files, which fwmap does not use.
      if (log.code === 'EMPTY_IMPORT_META' && log.id?.includes('/node_modules/yargs/')) return;
      report(level, log);
    },
  });
  const { output } = await built.write({
    dir: outdir,
    format,
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `[name]-[hash].${extension}`,
    minify: true,
    sourcemap: outdir === 'dist',
    // One byte per character, which is how `src/cli/start/` reads the files.
    charset: 'ascii',
    plugins: [nodeRequired],
    codeSplitting: {
      groups: Object.entries(BUNDLES).map(([name, roots], index, { length }) => ({
        name,
        priority: length - index,
        test: (id) =>
          roots.some((root) => (root.endsWith('/') ? within(id).startsWith(root) : within(id) === root)),
      })),
    },
  });
  await built.close();
  for (const chunk of output) notePackages(chunk);
}

function notePackages({ moduleIds = [] }) {
  for (const id of moduleIds) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1];
    if (name !== undefined) packages.add(name);
  }
}

/** Tinypool's threads start with their own file, which must be in the folder of the bundle that contains tinypool. */
async function bundleThread() {
  const built = await rolldown({
    input: { worker: 'node_modules/tinypool/dist/entry/worker.js' },
    platform: 'node',
    external: /^node:/,
  });
  await built.write({ file: `${outdir}/entry/worker.js`, format: 'esm', minify: true, sourcemap: true });
  await built.close();
}

/** The script of interactive pages. It uses the library in the same page: `dist/core.js`, which was built before. */
async function bundlePage() {
  const built = await rolldown({ input: { page: 'src/page/ui/main.ts' }, platform: 'browser' });
  await built.write({ file: `${outdir}/page.js`, format: 'iife', minify: true, sourcemap: true });
  await built.close();
}

const ENTRIES = {
  start: 'src/cli/start/main.ts',
  cli: 'src/cli/main.ts',
  'survey-thread': 'src/cli/survey/thread.ts',
  'progress-thread': 'src/cli/progress/thread.ts',
};
if (outdir === 'dist') {
  await bundle({ ...ENTRIES, action: 'src/cli/action/main.ts', index: 'src/index.ts' }, 'cjs', 'cjs');
  await bundleThread();
  for (const chunk of await bundleCore(`${outdir}/core.js`)) notePackages(chunk);
  await bundlePage();
  await writeWrappers();
  await bundleTypes();
  thinMaps();
  writeLicences();
} else {
  await bundle(ENTRIES, 'cjs', 'cjs');
  await bundleThread();
}

/** One copy of the library for Node: the ES modules and `fwmap/core` re-export the CommonJS file. */
async function writeWrappers() {
  const { default: library } = await import(pathToFileURL(resolve(outdir, 'index.cjs')).href);
  const names = Object.keys(library).sort();
  writeFileSync(
    `${outdir}/index.js`,
    `import library from './index.cjs';\nexport const { ${names.join(', ')} } = library;\n`,
  );
  writeFileSync(`${outdir}/core.cjs`, `module.exports = require('./index.cjs');\n`);
}

/** The texts of the bundled packages' licences, which these require. */
function writeLicences() {
  const texts = [...packages].sort().map((name) => {
    const folder = `node_modules/${name}`;
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    const { license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const text =
      file === undefined ? `License: ${license}` : readFileSync(`${folder}/${file}`, 'utf8').trim();
    return `${name}\n\n${text}\n`;
  });
  writeFileSync(`${outdir}/LICENSES.txt`, texts.join('\n---\n\n'));
}

/** Declarations of both entry points, one file each; the copies for CommonJS have the same text. */
async function bundleTypes() {
  const built = await rolldown({
    input: { index: 'src/index.ts', core: 'src/core.ts' },
    external: [/^node:/],
    plugins: [dts({ emitDtsOnly: true, tsconfig: 'scripts/tsconfig.build.json' })],
    // No warning about the time: the compiler reads the types of all of src.
    checks: { pluginTimings: false },
  });
  await built.write({
    dir: outdir,
    format: 'esm',
    entryFileNames: '[name].ts',
    chunkFileNames: 'types.d.ts',
  });
  await built.close();
  for (const name of readdirSync(outdir).filter((file) => file.endsWith('.d.ts'))) {
    const text = readFileSync(`${outdir}/${name}`, 'utf8');
    writeFileSync(
      `${outdir}/${name.replace(/ts$/, 'cts')}`,
      text
        .replaceAll(/(['"]\.\/[\w.-]+)\.js\1?/g, '$1.cjs')
        .replaceAll(/(\.\/[\w-]+)\.js(['"])/g, '$1.cjs$2'),
    );
  }
}

function thinMaps() {
  for (const name of readdirSync(outdir, { recursive: true }).filter((file) => file.endsWith('.map')))
    writeFileSync(`${outdir}/${name}`, thinMap(readFileSync(`${outdir}/${name}`, 'utf8')));
}
