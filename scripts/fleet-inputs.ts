/**
 * `npm run fleet-inputs -- DIR [--trees N] [--dumps N] [--tables FILE]...`: writes inputs of a fleet to try a survey on:
 * device tree blobs and output of acpidump, each a sample with other numbers in it. `--tables` names files with
 * concatenated tables from which further dumps are made. The same N gives the same files.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Varied, variedDump, variedTree } from './fleet/vary.ts';

const IN_A_FOLDER = 1000;

function countOf(text: string | undefined): number {
  const count = Number(text ?? 0);
  if (!Number.isInteger(count) || count < 0) throw new Error(`${text} is no number of files`);
  return count;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trees: { type: 'string' },
    dumps: { type: 'string' },
    tables: { type: 'string', multiple: true, default: [] },
  },
});
const [into] = positionals;
if (into === undefined) {
  console.error('usage: npm run fleet-inputs -- DIR [--trees N] [--dumps N] [--tables FILE]...');
  process.exitCode = 2;
} else {
  const sample = (name: string): Uint8Array => readFileSync(new URL(`../samples/${name}`, import.meta.url));
  const tables = [
    sample('gen1-dsdt.aml'),
    sample('gen2-dsdt.aml'),
    ...values.tables.map((file): Uint8Array => readFileSync(file)),
  ];
  const write = (
    kind: string,
    count: number,
    make: (number: number) => Uint8Array | string,
    suffix: string,
  ) => {
    for (let number = 0; number < count; number += 1) {
      const folder = join(into, kind, String(Math.floor(number / IN_A_FOLDER)).padStart(4, '0'));
      if (number % IN_A_FOLDER === 0) mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${String(number).padStart(6, '0')}.${suffix}`), make(number));
    }
  };
  write('trees', countOf(values.trees), (number) => variedTree(new Varied(number)), 'dtb');
  write(
    'dumps',
    countOf(values.dumps),
    (number) => variedDump(tables[number % tables.length]!, new Varied(number)),
    'txt',
  );
}
