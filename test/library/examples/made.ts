/** What examples begin with. */
import { join } from 'node:path';
import * as fwmap from '../../../src/index.ts';

export const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'samples');

export const LINE = new TextEncoder().encode('ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n');

export const PLAIN = { color: false, width: 80 };

export async function seed() {
  const diagnostics = new fwmap.DiagnosticList();
  return { diagnostics, artifacts: await fwmap.openBytes('mail.txt', LINE, {}, diagnostics) };
}

/** Tables of a Generation 2 machine, from a file. */
export async function gen2() {
  const diagnostics = new fwmap.DiagnosticList();
  return {
    diagnostics,
    artifacts: await fwmap.openInput(join(SAMPLES, 'gen2-dsdt.aml'), {}, diagnostics),
  };
}

export type Examples = Readonly<Record<string, () => Promise<void> | void>>;
