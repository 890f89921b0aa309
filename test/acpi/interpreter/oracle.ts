/** One ASL program, compiled by iasl, its methods evaluated one after the other by acpiexec and by us, in one spelling. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AmlFault } from '../../../src/acpi/interpreter/state/fault.ts';
import {
  BufferObject,
  NameReference,
  NamespaceNode,
  ObjectReference,
  PackageObject,
  SharedInteger,
  StringObject,
} from '../../../src/acpi/interpreter/state/objects.ts';
import { evaluate, loadMachine } from '../../../src/acpi/machine.ts';
import { tableAt } from '../../../src/acpi/tables/read.ts';
import { parseName } from '../../../src/acpi/terms/name.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';

const IASL = process.env.FWMAP_IASL ?? 'iasl';
const ACPIEXEC = process.env.FWMAP_ACPIEXEC ?? 'acpiexec';

/** acpiexec's version; undefined when it or iasl isn't there. */
export const acpiexecVersion =
  spawnSync(IASL, ['-v']).status === 0
    ? /version (\d{8})/.exec(spawnSync(ACPIEXEC, ['-v'], { encoding: 'utf8' }).stdout ?? '')?.[1]
    : undefined;

export interface Program {
  /** What stands inside the DefinitionBlock. */
  readonly body: string;
  /** Names of methods without arguments, in the order in which they are evaluated. */
  readonly methods: readonly string[];
  /** 1 for 32-bit integers, 2 for 64-bit. */
  readonly revision: 1 | 2;
}

/** Compiles without optimising or folding, so that the interpreters do the work. Throws with iasl's complaint. */
export function compile(program: Program): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-oracle-'));
  try {
    const source = join(folder, 'program.asl');
    writeFileSync(
      source,
      `DefinitionBlock ("", "DSDT", ${program.revision}, "FWMAP", "ORACLE", 1)\n{\n${program.body}\n}\n`,
    );
    const done = spawnSync(IASL, ['-oa', '-of', '-f', '-vs', '-p', join(folder, 'program'), source], {
      encoding: 'utf8',
    });
    try {
      return new Uint8Array(readFileSync(join(folder, 'program.aml')));
    } catch {
      throw new Error(`iasl: ${done.stdout}\n${done.stderr}\n${program.body}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Results by acpiexec: one line a method. */
export function acpiexecResults(aml: Uint8Array, methods: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-oracle-'));
  try {
    const file = join(folder, 'program.aml');
    writeFileSync(file, aml);
    const { stdout, stderr } = spawnSync(
      ACPIEXEC,
      ['-b', methods.map((name) => `evaluate \\${name}`).join(';'), file],
      { encoding: 'latin1', maxBuffer: 1 << 26 },
    );
    const parts = `${stdout}${stderr}`.split(/^Evaluating \\/m).slice(1);
    return methods.map((name, i) => {
      const part = parts[i];
      return part?.startsWith(name) ? resultIn(part) : 'acpiexec ended';
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function resultIn(part: string): string {
  const failed = /failed with status (AE_\w+)/.exec(part);
  if (failed) return failed[1]!;
  if (/No object was returned/.test(part)) return 'nothing';
  const lines = part.split('\n');
  const start = lines.findIndex((line) => /returned object/.test(line));
  const reader = new PrintedValue(lines.slice(start + 1));
  return start < 0 ? `not understood: ${part}` : reader.next();
}

/** acpiexec's printed objects, line by line. */
class PrintedValue {
  readonly #lines: readonly string[];
  #at = 0;
  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  next(): string {
    const line = this.#lines[this.#at++] ?? '';
    const integer = /\[Integer\] = ([0-9A-F]+)/.exec(line);
    if (integer) return `0x${BigInt(`0x${integer[1]}`).toString(16)}`;
    const string = /\[String\] Length [0-9A-F]+ = (".*")/.exec(line);
    if (string) return string[1]!;
    const buffer = /\[Buffer\] Length ([0-9A-F]+) =(.*)/.exec(line);
    if (buffer) return this.#buffer(Number.parseInt(buffer[1]!, 16), buffer[2]!);
    const elements = /\[Package\] Contains (\d+) Elements/.exec(line);
    if (elements) return `[${Array.from({ length: Number(elements[1]) }, () => this.next()).join(', ')}]`;
    if (/\[Null Object\]/.test(line)) return 'null';
    const reference = /\[Object Reference\] = .*<Node> +Name (\w+)/.exec(line);
    if (reference) return `reference to ${reference[1]}`;
    return `not understood: ${line}`;
  }

  #buffer(length: number, rest: string): string {
    const bytes: string[] = [];
    let line = rest;
    while (bytes.length < length) {
      const row = /[0-9A-F]{4}: ((?:[0-9A-F]{2} )+)/.exec(line);
      if (row) bytes.push(...row[1]!.trim().split(' '));
      else if (line.trim() !== '') return `not understood: ${line}`;
      if (bytes.length < length) line = this.#lines[this.#at++] ?? 'the end';
    }
    return `{${bytes.join(' ')}}`;
  }
}

/** Results by our interpreter, in the same spelling. */
export function ourResults(aml: Uint8Array, methods: readonly string[]): string[] {
  const sink = new DiagnosticList();
  const table = tableAt({ name: 'program', form: 'blob', bytes: aml }, 0, sink)!;
  const machine = loadMachine([table], { assume: 'zero' }, sink);
  return methods.map((name) => {
    const { path, value, fault } = evaluate(machine, parseName(`\\${name}`)!);
    return path === undefined ? 'AE_NOT_FOUND' : spelledResult(value, fault);
  });
}

/** What an evaluation came to, in the same spelling. */
export function spelledResult(value: unknown, fault: AmlFault | undefined): string {
  if (fault) return fault.code;
  // AcpiEvaluateObject gives no device, mutex or the like: "essentially unsupported by this interface".
  if (value instanceof NamespaceNode) return 'AE_TYPE';
  return value === undefined ? 'nothing' : spelled(value);
}

/** Characters of a string that acpiexec prints, if no NUL comes before. */
const PRINTED = 255;

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  return `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function spelled(value: unknown): string {
  if (value === undefined) return 'null';
  if (value instanceof SharedInteger) return spelled(value.value);
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (value instanceof StringObject)
    return `"${value.text
      ?.replace(/\0.*/s, '')
      .slice(0, PRINTED)
      .replace(/[^ -~]|["\\]/g, escaped)}"`;
  if (value instanceof BufferObject)
    return `{${Array.from(value.bytes, (byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0')).join(' ')}}`;
  if (value instanceof PackageObject) return `[${value.elements.map(spelled).join(', ')}]`;
  if (value instanceof NameReference) return `reference to ${value.node?.segment}`;
  if (value instanceof ObjectReference && value.target instanceof NamespaceNode)
    return `reference to ${value.target.segment}`;
  return String(value);
}
