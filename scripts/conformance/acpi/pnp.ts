/**
 * `npm run conformance -- pnp DIRECTORY...`: the resources of every PNP device, evaluated from a machine's tables, compared
 * with those in the machine's /sys/bus/pnp. Each DIRECTORY is a capture with `tables/` and `pnp.txt`, or contains captures.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { architectureOf } from '../../../src/acpi/architecture.ts';
import { evaluateAllCrs, loadMachine } from '../../../src/acpi/machine.ts';
import type { ResourceDescriptor } from '../../../src/acpi/resources/descriptor.ts';
import {
  MEMORY_MAPPED_PORTS,
  type RangeRules,
  rangeOf,
  X86_RULES,
} from '../../../src/acpi/resources/range.ts';
import { readAcpiTables } from '../../../src/acpi/tables/read.ts';
import { readFadt } from '../../../src/acpi/tables/records.ts';
import { openInput } from '../../../src/artifact/open.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';

const KINDS = { memory: 'mem', io: 'io', bus: 'bus' } as const;

/** A template as parsed by drivers/pnp/pnpacpi/rsparser.c and printed by drivers/pnp/interface.c. */
export function pnpLines(resources: readonly ResourceDescriptor[], rules: RangeRules): string[] {
  return resources.flatMap((descriptor): string[] => {
    const { type, fields } = descriptor;
    const range = rangeOf(descriptor, rules);
    if (range) {
      if (range.taken !== 1n) return [];
      const address = (value: unknown): string =>
        value === 0n ? '0' : `0x${(value as bigint).toString(16)}`;
      return [
        `${KINDS[range.space]} ${address(range.first)}-${address(range.last)}${range.window ? ' window' : ''}`,
      ];
    }
    if (type === 'irq' || type === 'extended-irq') {
      const interrupts = Array.isArray(fields.interrupts) ? fields.interrupts : [];
      // An interrupt produced by another device is no GSI (drivers/acpi/resource.c, is_gsi()).
      const elsewhere =
        type === 'extended-irq' && (fields.producer === true || fields.resourceSource !== undefined);
      if (interrupts.length === 0 || elsewhere) return ['irq disabled'];
      return interrupts.map((interrupt) => `irq ${interrupt}`);
    }
    if (type === 'dma') {
      const [channel] = Array.isArray(fields.channels) ? fields.channels : [];
      return [channel === undefined ? 'dma disabled' : `dma ${channel}`];
    }
    return [];
  });
}

interface PnpDevice {
  readonly path: string;
  readonly lines: readonly string[];
}

function devicesIn(text: string): PnpDevice[] {
  return text
    .split(/^(?=pnp )/m)
    .map((part) => part.trim().split('\n'))
    .filter(([heading]) => heading?.startsWith('pnp '))
    .map(([heading, ...lines]) => ({
      path: (/acpi=(\S+)/.exec(heading!)?.[1] ?? '')
        .split('.')
        .map((segment) => segment.replace(/(?<=[^\\])_+$/, ''))
        .join('.'),
      lines: lines.filter((line) => !line.startsWith('state')),
    }));
}

/** Interrupts without their numbers: without legacy interrupts Linux allocates them dynamically. */
function withoutNumbers(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^irq \d+$/, 'irq'));
}

function captures(arguments_: readonly string[]): string[] {
  return arguments_.flatMap((path) =>
    existsSync(join(path, 'pnp.txt'))
      ? [path]
      : readdirSync(path)
          .sort()
          .map((name) => join(path, name))
          .filter((inner) => statSync(inner).isDirectory() && existsSync(join(inner, 'pnp.txt'))),
  );
}

export async function run(arguments_: string[]): Promise<number> {
  if (arguments_.length === 0) {
    console.error('usage: npm run conformance -- pnp DIRECTORY...');
    return 2;
  }
  let passed = 0;
  let failed = 0;
  for (const capture of captures(arguments_)) {
    const folder = join(capture, 'tables');
    if (!existsSync(folder)) continue;
    const sink = new DiagnosticList();
    const artifacts = await openInput(folder, {}, sink);
    const tables = artifacts.flatMap((artifact) => readAcpiTables(artifact, sink));
    const entries = new Map(
      evaluateAllCrs(loadMachine(tables, { assume: 'zero' }, sink)).map((entry) => [entry.device, entry]),
    );
    const fixed = tables.find(({ signature }) => signature === 'FACP');
    const numbered = !(fixed && readFadt(fixed)?.hardwareReduced);
    const rules = architectureOf(tables) === 'x86' ? X86_RULES : MEMORY_MAPPED_PORTS;
    for (const device of devicesIn(readFileSync(join(capture, 'pnp.txt'), 'utf8'))) {
      const entry = entries.get(device.path);
      const given = entry ? pnpLines(entry.resources, rules) : [];
      const [ours, theirs] = numbered
        ? [given, device.lines]
        : [withoutNumbers(given), withoutNumbers(device.lines)];
      if (ours.join('; ') === theirs.join('; ')) passed += 1;
      else {
        failed += 1;
        console.log(
          `${capture} ${device.path}: ours ${ours.join('; ') || entry?.why || 'none'}, Linux ${theirs.join('; ')}`,
        );
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
