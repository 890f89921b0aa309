import { describe, expect, it } from 'vitest';
import { Contents, valueUnder } from '../../../scripts/conformance/acpi/unknown/witness.ts';
import type {
  FieldValues,
  ResourceDescriptor,
  ResourceType,
} from '../../../src/acpi/resources/descriptor.ts';
import { MEMORY_MAPPED_PORTS, rangeCases, rangeOf, X86_RULES } from '../../../src/acpi/resources/range.ts';
import {
  choose,
  compare,
  fieldValue,
  formatQuantity,
  type Quantity,
  sum,
} from '../../../src/symbolic/index.ts';

function descriptor(type: ResourceType, fields: FieldValues): ResourceDescriptor {
  return { type, tag: undefined, offset: 0, length: 0, fields, certainty: 'certain' };
}

const address = (fields: FieldValues): ResourceDescriptor =>
  descriptor('qword-address', {
    space: 'memory',
    producer: true,
    granularity: 0n,
    min: 0n,
    max: 0n,
    translation: 0n,
    length: 0n,
    ...fields,
  });

describe('ranges as drivers/acpi/resource.c has them', () => {
  it('address descriptors go from minimum to maximum; the length only has to be there', () => {
    expect(rangeOf(address({ min: 0xf8000000n, max: 0xffffffffn, length: 1n }))).toMatchObject({
      first: 0xf8000000n,
      last: 0xffffffffn,
      taken: 1n,
      window: true,
    });
    expect(rangeOf(address({ min: 0xf8000000n, max: 0xffffffffn }))).toMatchObject({
      taken: 0n,
      why: 'the length is 0',
    });
    expect(rangeOf(address({ min: 2n, max: 1n, length: 1n }))?.taken).toBe(0n);
  });

  it('only a producer translates', () => {
    const fields = { min: 0x1000n, max: 0x1fffn, length: 0x1000n, translation: 0x1_0000_0000n };
    expect(rangeOf(address(fields))).toMatchObject({ first: 0x1_0000_1000n, last: 0x1_0000_1fffn });
    expect(rangeOf(address({ ...fields, producer: false }))).toMatchObject({
      first: 0x1000n,
      offset: 0n,
      window: false,
    });
  });

  it('a translation wraps at 2^64', () => {
    const fields = { min: 0x8000_0000n, max: 0x8fff_ffffn, length: 0x1000_0000n };
    const down = BigInt.asUintN(64, -0x4000_0000n);
    expect(rangeOf(address({ ...fields, translation: down }))).toMatchObject({ first: 0x4000_0000n });
  });

  it('all of 2^64 counts as no range', () => {
    const whole = address({ min: 0n, max: (1n << 64n) - 1n, length: 1n });
    expect(rangeOf(whole)?.taken).toBe(0n);
  });

  it('fixed and relocatable memory: start and length, whatever the maximum', () => {
    expect(
      rangeOf(descriptor('memory32', { min: 0x1000n, max: 0x9000n, alignment: 0n, length: 0x10n })),
    ).toMatchObject({
      first: 0x1000n,
      last: 0x100fn,
      taken: 1n,
    });
    // 24-bit: minimum and length in units of 256 bytes.
    expect(
      rangeOf(descriptor('memory24', { min: 0xa00n, max: 0xa00n, alignment: 0n, length: 0x200n })),
    ).toMatchObject({
      first: 0xa0000n,
      last: 0xbffffn,
    });
    expect(rangeOf(descriptor('memory32-fixed', { base: 0xfed40000n, length: 0n }))?.taken).toBe(0n);
  });

  it('x86 has no ports from 0x10003 on; elsewhere ports are memory', () => {
    const ports = { space: 'io', min: 0n, max: 0x10003n, length: 0x10004n };
    expect(rangeOf(address(ports), X86_RULES)?.taken).toBe(0n);
    expect(rangeOf(address({ ...ports, max: 0x10002n }), X86_RULES)?.taken).toBe(1n);
    expect(rangeOf(address({ ...ports, max: 0x1ffffn }), MEMORY_MAPPED_PORTS)?.taken).toBe(1n);
  });

  it('interrupts, vendor spaces and cut-off descriptors have no range', () => {
    expect(rangeOf(descriptor('irq', { interrupts: [1n] }))).toBeUndefined();
    expect(rangeOf(address({ space: 'vendor-0xc0', length: 1n }))).toBeUndefined();
    expect(rangeOf(descriptor('memory32-fixed', { base: 0n }))).toBeUndefined();
  });

  it('unknown bounds give expressions and the condition for the range', () => {
    const field = (name: string) =>
      fieldValue({
        name,
        path: `\\${name}`,
        space: 'SystemMemory',
        address: 0n,
        bitOffset: 0,
        bits: 32,
        epoch: 0,
      });
    const [base, length] = [field('MG2B'), field('MG2L')];
    const last = sum(64, -1n, [
      { coefficient: 1n, of: base },
      { coefficient: 1n, of: length },
    ]);
    const range = rangeOf(address({ min: base, max: last, length }))!;
    expect(formatQuantity(range.first)).toBe('MG2B');
    expect(formatQuantity(range.last)).toBe('MG2B + MG2L - 1');
    expect(formatQuantity(range.taken)).toContain('MG2L');
  });
});

describe('cases of a range', () => {
  const kind = fieldValue({
    name: 'KIND',
    path: '\\KIND',
    space: 'SystemMemory',
    address: 0x1000n,
    bitOffset: 0,
    bits: 8,
    epoch: 0,
  });
  const is = (value: bigint): Quantity => compare('eq', kind, value);
  const length = choose(is(7n), 0n, 0x4000n);
  const moved = choose(is(1n), 0xc1000n, choose(is(2n), 0xc2000n, choose(is(3n), 0xc1000n, 0xc0000n)));

  it.each([
    ['a length', address({ min: 0xd0000n, max: 0xd3fffn, length })],
    ['a minimum', address({ min: moved, max: 0xc3fffn, length })],
    [
      'minimum and maximum',
      address({
        min: moved,
        max: choose(is(9n), 0n, sum(64, 0x3fffn, [{ coefficient: 1n, of: moved }])),
        length: 1n,
      }),
    ],
    ['a base', descriptor('memory32-fixed', { base: moved, length })],
  ])('that %s is chosen by: exactly the one that a run would have', (_what, open) => {
    const cases = rangeCases(open);
    const bounds = cases.map(({ range }) => `${formatQuantity(range.first)}-${formatQuantity(range.last)}`);
    expect(new Set(bounds).size).toBe(bounds.length);
    for (let value = 0; value < 12; value++) {
      const contents = new Contents(() => value);
      const settle = (part: unknown): unknown =>
        typeof part === 'object' ? valueUnder(part as Quantity, contents) : part;
      const fields = Object.fromEntries(
        Object.entries(open.fields).map(([name, part]) => [name, settle(part)]),
      );
      const run = rangeOf({ ...open, fields: fields as FieldValues })!;
      const holding = cases.filter(({ when }) => valueUnder(when, contents) === 1n);
      expect(holding.length, `KIND ${value}`).toBe(run.taken === 1n ? 1 : 0);
      for (const { range } of holding)
        expect([settle(range.first), settle(range.last)]).toEqual([run.first, run.last]);
    }
  });

  it('of a kind that is not known it is memory where that is the kind', () => {
    const [one, ...others] = rangeCases(
      address({ space: kind, min: 0x1000n, max: 0x1fffn, length: 0x1000n }),
    );
    expect(others).toEqual([]);
    expect(one?.range).toMatchObject({ space: 'memory', first: 0x1000n, last: 0x1fffn });
    expect(one && valueUnder(one.when, new Contents(() => 0))).toBe(1n);
    expect(one && valueUnder(one.when, new Contents(() => 1))).toBe(0n);
  });
});
