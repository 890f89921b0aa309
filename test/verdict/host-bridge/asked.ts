/** `fwmap bridges` asked about files made by hand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { run } from '../../cli/fake-io.ts';
import { violations } from '../../report/schemas.ts';

/** Where the files are. */
export const folder = mkdtempSync(join(tmpdir(), 'fwmap-bridges-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Window {
  readonly space: string;
  readonly base: string | null;
  readonly last: string | null;
  readonly when?: string;
  readonly certainty: string;
}

interface Bridge {
  readonly device: string;
  readonly bus: string;
  readonly when?: string;
  readonly windows: readonly Window[];
  readonly changed: readonly {
    did: string;
    why: string;
    line?: string;
    when?: string;
    into?: string;
    logged?: boolean;
  }[];
  readonly notes: readonly { text: string; when?: string; line?: string }[];
  readonly keptFree: readonly { base: string; last: string; by: string; when?: string }[];
  readonly prints: readonly string[];
  readonly observed?: { contradictions: readonly string[] };
}

interface Answer {
  readonly summary: string;
  readonly bridges: readonly Bridge[];
  readonly fits?: readonly { bar: string; bridge: string; fits: string; base?: string; why: string[] }[];
  readonly matrix?: readonly { releases: string; bridge: string; windows: string[] }[];
  readonly premises: readonly { text: string }[];
  readonly authorities: readonly { id: string }[];
  readonly toSettle: readonly { what: string }[];
}

export async function ask(files: Readonly<Record<string, string>>, ...options: string[]): Promise<Answer> {
  // Without isolation another file's end has removed it.
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { status, stdout, stderr } = await run(
    ['bridges', ...Object.keys(files), '--format', 'json', ...options],
    { cwd: folder },
  );
  expect([status, stderr]).toEqual([0, '']);
  const document = JSON.parse(stdout) as Answer;
  expect(violations('bridges', document)).toEqual([]);
  return document;
}

const range = ({ space, base, last, when }: Window): string =>
  `${space === 'io' ? 'io' : 'mem'} ${base}-${last}${when === undefined ? '' : ` if ${when}`}`;

export const ranges = ({ windows }: Bridge): string[] => windows.map(range);

export function asl(resources: string, more = ''): string {
  return `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
    Scope (\\_SB) { Device (PCI0) {
      Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03")) Name (_UID, 0)
      Name (_CRS, ResourceTemplate () { ${resources} })
    } ${more} }
  }`;
}

export const memory = (min: string, max: string, length: string): string =>
  `QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, ${min}, ${max}, 0, ${length})`;

export const BUSES = 'WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xff, 0, 0x100)';
