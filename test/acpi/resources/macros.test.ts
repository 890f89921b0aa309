import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTemplate } from '../../../src/acpi/resources/decode.ts';
import { RESOURCE_TYPES } from '../../../src/acpi/resources/descriptor.ts';
import { encodeTemplate } from '../../../src/acpi/resources/encode.ts';
import {
  callOfDescriptor,
  descriptorOfCall,
  type MacroCall,
  type MacroValue,
} from '../../../src/acpi/resources/macro-values.ts';
import { macroNamed, RESOURCE_MACROS, type ResourceMacro } from '../../../src/acpi/resources/macros.ts';
import { installedVersion, Recordings } from '../../recorded.ts';
import { argumentKeywords, callText } from './macro-text.ts';

const IASL = process.env.FWMAP_IASL ?? 'iasl';
const iaslVersion = installedVersion(IASL, '-v');
const recordings = new Recordings('iasl-macros', iaslVersion);

/** Macros that came with ACPI 6.4 and 6.5, after iasl 20200925. */
const NEWER = new Set(['Csi2Bus', 'ClockInput', 'DWordPCC']);
/** iasl 20260408 makes DWord descriptors of these two; ACPI 6.5, 19.6.112 and 19.6.155, wants the width the name says. */
const IASL_WIDTH_FAULT = new Set(['WordPCC', 'QWordPCC']);

/** Widths in bits of integer arguments, by the macro's own width where they follow it. */
function integerBits(macro: ResourceMacro, field: string): number {
  const wide = /^(Q|Ext)/.test(macro.name)
    ? 64
    : /^D/.test(macro.name) || macro.name === 'Memory32' || macro.name === 'Memory32Fixed'
      ? 32
      : 16;
  const bits: Record<string, number> = {
    typeSpecificAttribute: 64,
    address: 64,
    resourceSourceIndex: 8,
    typeFlags: 8,
    bitWidth: 8,
    bitOffset: 8,
    dataBitLength: 8,
    linesEnabled: 8,
    pinConfigType: 8,
    connectionSpeed: 32,
    pinConfigValue: 32,
    frequencyNumerator: 32,
  };
  if (macro.name === 'IO' && (field === 'alignment' || field === 'length')) return 8;
  if (macro.name === 'FixedIO' && field === 'length') return 8;
  return bits[field] ?? (/^(min|max|granularity|translation|length|base|alignment)$/.test(field) ? wide : 16);
}

function integer(macro: ResourceMacro, field: string): fc.Arbitrary<bigint> {
  if (field === 'compatibilityPriority' || field === 'performanceRobustness') return fc.bigInt(0n, 2n);
  if (field === 'space') return fc.bigInt(0xc0n, 0xffn);
  if (macro.name.endsWith('PCC')) return fc.bigInt(0n, 0xffn);
  if (field === 'accessSize') return fc.bigInt(0n, 4n);
  if (field === 'phyType') return fc.bigInt(0n, 1n);
  if (field === 'localPortInstance') return fc.bigInt(0n, 63n);
  if (field === 'pinConfig' || field === 'addressSpace') return fc.bigInt(0x80n, 0xffn);
  return fc.bigInt(0n, (1n << BigInt(integerBits(macro, field))) - 1n);
}

const label = fc.stringMatching(/^\\_SB\.[A-Z]{4}(\.[A-Z0-9]{4}){0,2}$/);

/** A call that iasl accepts: ranges and granularities that it checks are left at zero where it checks them. */
function callsOf(macro: ResourceMacro): fc.Arbitrary<MacroCall> {
  const values = macro.arguments.map((argument): fc.Arbitrary<MacroValue> => {
    const field = argument.fields[0];
    if (argument.kind === 'descriptor-name') return fc.constant(undefined);
    let some: fc.Arbitrary<MacroValue>;
    if (argument.kind === 'keyword' || argument.kind === 'share' || argument.kind === 'keyword-or-integer') {
      const words = argumentKeywords(macro, argument);
      some = fc.constantFrom(...words).map((word): MacroValue => ({ kind: 'keyword', word }));
    } else if (argument.kind === 'string') {
      some = label.map((text): MacroValue => ({ kind: 'string', text }));
    } else if (argument.kind === 'buffer') {
      some = fc
        .array(fc.bigInt(0n, 255n), { minLength: 1, maxLength: 5 })
        .map((bytes): MacroValue => ({ kind: 'bytes', bytes }));
    } else {
      some = integer(macro, field!).map((value): MacroValue => ({ kind: 'integer', value }));
    }
    return argument.required ? some : fc.oneof(some, fc.constant(undefined));
  });
  const list = listOf(macro);
  return fc.tuple(fc.tuple(...values), list).map(
    ([given, members]): MacroCall => ({
      macro,
      values: withSource(macro, given),
      ...(members ? { list: members } : {}),
    }),
  );
}

/** iasl asks for an index where there is a source. */
function withSource(macro: ResourceMacro, values: readonly MacroValue[]): MacroValue[] {
  const out = [...values];
  const index = macro.arguments.findIndex(({ fields }) => fields[0] === 'resourceSourceIndex');
  const source = macro.arguments.findIndex(({ fields }) => fields[0] === 'resourceSource');
  if (index < 0 || source < 0) return out;
  if (out[source] === undefined) out[index] = undefined;
  else out[index] ??= { kind: 'integer', value: 0n };
  return out;
}

function listOf(macro: ResourceMacro): fc.Arbitrary<bigint[] | undefined> {
  if (!macro.list) return fc.constant(undefined);
  if (macro.name === 'GpioInt') return fc.array(fc.bigInt(0n, 0xffffn), { minLength: 1, maxLength: 1 });
  const { of } = macro.list;
  const most =
    macro.list.field === 'channels'
      ? 7n
      : macro.name.startsWith('IRQ')
        ? 15n
        : of === 'bytes'
          ? 255n
          : of === 'words'
            ? 0xffffn
            : 0xffffffffn;
  const members = fc.bigInt(0n, most);
  const lengths = {
    minLength: 1,
    maxLength: macro.name === 'VendorShort' ? 7 : macro.name.startsWith('IRQ') ? 4 : 6,
  };
  const unique = macro.list.field !== 'data';
  return unique
    ? fc.uniqueArray(members, lengths).map((list) => [...list].sort((a, b) => (a < b ? -1 : 1)))
    : fc.array(members, lengths);
}

/** The buffers of `Name (Tnnn, Buffer…)` in an AML table, in order: NameOp, name, BufferOp, PkgLength, size, bytes. */
function buffersIn(aml: Uint8Array): number[][] {
  const found: number[][] = [];
  let at = 36;
  while (at < aml.length && aml[at] === 0x08) {
    at += 5;
    if (aml[at] !== 0x11) throw new Error(`no buffer at 0x${at.toString(16)}`);
    const lead = aml[at + 1]!;
    const extra = lead >> 6;
    let length = extra === 0 ? lead & 0x3f : lead & 0x0f;
    for (let index = 0; index < extra; index += 1) length |= aml[at + 2 + index]! << (4 + 8 * index);
    const end = at + 1 + length;
    const size = at + 2 + extra;
    found.push([...aml.subarray(size + (aml[size] === 0x0a ? 2 : aml[size] === 0x0b ? 3 : 1), end)]);
    at = end;
  }
  return found;
}

function compiled(templates: readonly string[]): number[][] {
  const names = templates.map(
    (body, index) =>
      `Name (T${index.toString(16).toUpperCase().padStart(3, '0')}, ResourceTemplate () {${body}})`,
  );
  const source = `DefinitionBlock ("", "SSDT", 2, "FWMAP", "MACROS", 1) {\n${names.join('\n')}\n}\n`;
  // Warnings and errors about the values' sense (a length that doesn't fit its bounds) aren't what is tested: -f compiles on.
  const base64 = recordings.output('iasl -f -vs t.asl', source, () => {
    const folder = mkdtempSync(join(tmpdir(), 'fwmap-macros-'));
    const file = join(folder, 't.asl');
    writeFileSync(file, source);
    execFileSync(IASL, ['-f', '-vs', '-p', join(folder, 't'), file], { stdio: 'pipe' });
    const aml = readFileSync(join(folder, 't.aml'));
    rmSync(folder, { recursive: true });
    return aml.toString('base64');
  });
  return buffersIn(Buffer.from(base64, 'base64'));
}

function ourBytes(calls: readonly MacroCall[]): { bytes: (number | object)[]; problems: string[] } {
  const made = calls.map((call) => descriptorOfCall(call));
  return {
    bytes: encodeTemplate(made.map(({ descriptor }) => descriptor)),
    problems: made.flatMap(({ problems }) => problems),
  };
}

describe('resource macros', () => {
  it('exist for every descriptor ACPI 6.5 defines', () => {
    const covered = new Set(RESOURCE_MACROS.map((macro) => macro.type));
    // A vendor's own serial bus and an undefined tag have no macro.
    expect(RESOURCE_TYPES.filter((type) => !covered.has(type))).toEqual(['serial-bus', 'unknown']);
  });

  it('are found by name whatever the case', () => {
    expect(macroNamed('DWORDMEMORY')?.name).toBe('DWordMemory');
    expect(macroNamed('Memory31Fixed')).toBeUndefined();
  });

  it('come back from the bytes they make', () => {
    const macros = RESOURCE_MACROS.filter((macro) => !macro.nested);
    fc.assert(
      fc.property(fc.constantFrom(...macros).chain(callsOf), (call) => {
        const { bytes, problems } = ourBytes([call]);
        expect(problems).toEqual([]);
        const { resources } = decodeTemplate(bytes as number[]);
        expect(resources).toHaveLength(1);
        const back = callOfDescriptor(resources[0]!);
        expect(back, callText(call)).toBeDefined();
        expect(ourBytes([back!]).bytes).toEqual(bytes);
      }),
      { numRuns: 600 },
    );
  });

  it('say what is wrong with an argument', () => {
    const macro = macroNamed('Memory32Fixed')!;
    const { problems } = descriptorOfCall({
      macro,
      values: [
        { kind: 'keyword', word: 'Edge' },
        { kind: 'integer', value: 1n << 32n },
      ],
    });
    expect(problems).toEqual([
      'Memory32Fixed: ReadAndWrite cannot be Edge',
      "Memory32Fixed: AddressBase 0x100000000 doesn't fit 32 bits",
      'Memory32Fixed: RangeLength is missing',
    ]);
  });

  describe(`against iasl${recordings.note}`, () => {
    const macros = RESOURCE_MACROS.filter(
      (macro) =>
        !macro.nested &&
        macro.name !== 'EndDependentFn' &&
        !IASL_WIDTH_FAULT.has(macro.name) &&
        ((iaslVersion ?? '') >= '20230000' || !NEWER.has(macro.name)),
    );

    it.each(macros.map((macro) => [macro.name, macro] as const))(
      '%s makes the same bytes',
      (_name, macro) => {
        const calls = fc.sample(callsOf(macro), { numRuns: 25, seed: 20200925 });
        const theirs = compiled(calls.map((call) => callText(call)));
        expect(theirs).toHaveLength(calls.length);
        calls.forEach((call, index) => {
          expect(ourBytes([call]).bytes, callText(call)).toEqual(theirs[index]);
        });
      },
    );
  });
});
