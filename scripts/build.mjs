// Bundles the command and the library. Modules are put together in few files: what node spends on loading a file it
// spends on each, and `fwmap sysfb` is to answer in less than twice the time that node takes to start. The command is
// CommonJS for the same reason: node's loader of ES modules takes longer to start than a sample takes to be judged.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { rolldown } from 'rolldown';

// `--outdir DIR` makes a second bundle of the command beside dist, without the library.
const elsewhere = process.argv.indexOf('--outdir');
const outdir = elsewhere > 0 ? process.argv[elsewhere + 1] : 'dist';

/**
 * Files and the modules they take, with what those import; the first that fits. Everything else gets files of its own,
 * loaded when a command asks for it.
 */
const FILES = [
  {
    // What every run of `sysfb` needs.
    name: 'base',
    modules:
      /^(bytes|findings|symbolic|cli\/(common\/(command|io|log|options|print|result)|commands$|commands\/sysfb|descriptions|inputs\/(inputs|kernel-facts|machine)|program)|artifact\/(artifact|digest|file|gap|kinds|open|sniff|text\/(?!html)|unpack)|report\/(document|phrases|formats\/(json-parts|render|text)|subjects\/sysfb)|window\/(derivation|describe|interval|window)|verdict\/(ask|explore|question|subject|sysfb|verdict|framebuffers)|linux\/(address-translation|behaviour|change-text|changes|osi|profile|region-tree|release|framebuffer|kconfig|vmbus\/(acpi-pool|arithmetic|firmware-input|pool|reservation)))/,
  },
  {
    name: 'tree',
    modules:
      /^(devicetree\/(?!address\/(?:address-map|explain)|blob\/edit|checks|live\/(?:overlay|prepare-tree|symbols)|preprocessor|write)|window\/from-device-tree)/,
  },
  {
    // Reading ACPI tables; what their code may do comes apart, it isn't run for every question.
    name: 'acpi',
    modules:
      /^(acpi\/(aml|architecture|bounds|crs\/pci-root|inputs|namespace|prune|tables|terms)|window\/from-acpi|linux\/host-bridge\/(acpi|architecture|descriptors|ports|window))/,
  },
  {
    name: 'machine',
    modules: /^(acpi\/(crs\/evaluate-crs|interpreter|machine|resources\/(decode|rows)))/,
  },
  { name: 'acpi-lists', modules: /^acpi\/(listings|resources)/ },
  { name: 'linux', modules: /^(linux|evidence)/ },
];

const source = resolve('src') + sep;
const within = (id) =>
  id.startsWith(source) ? id.slice(source.length).replaceAll(sep, '/').replace(/\.ts$/, '') : '';

rmSync(outdir, { recursive: true, force: true });

/** @param input its name is that of the file */
async function bundle(input, format, extension) {
  const built = await rolldown({
    input,
    platform: 'node',
    // Packages stay packages. Of a tree that somebody is working on, a private bundle takes what is there.
    external: (id, importer) =>
      /^(?:node:|@?[a-z0-9][\w.-]*(?:\/|$))/i.test(id) && !id.startsWith('src/')
        ? true
        : outdir !== 'dist' &&
          importer !== undefined &&
          id.startsWith('.') &&
          !existsSync(resolve(dirname(importer), id)),
    onLog(level, log, report) {
      // That a module is loaded with another after all is what the files above are for.
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') report(level, log);
    },
  });
  await built.write({
    dir: outdir,
    format,
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `[name]-[hash].${extension}`,
    minify: true,
    codeSplitting: {
      groups: FILES.map(({ name, modules }, index) => ({
        name,
        priority: FILES.length - index,
        test: (id) => modules.test(within(id)),
      })),
    },
  });
  await built.close();
}

await bundle({ cli: 'src/cli/main.ts', 'survey-thread': 'src/cli/survey/thread.ts' }, 'cjs', 'cjs');
if (outdir === 'dist') {
  await bundle({ index: 'src/index.ts' }, 'esm', 'js');
  execFileSync('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
}
