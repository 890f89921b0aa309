/** `fwmap explain` of a `_CRS` that gives one template or another. */
import { describe, expect, test } from 'vitest';
import { violations } from '../../report/schemas.ts';
import { run } from '../fake-io.ts';

const TABLE = `DefinitionBlock ("", "SSDT", 2, "FWMAP", "CASES", 1)
{
    OperationRegion (GNVS, SystemMemory, 0x1000, 8)
    Field (GNVS, AnyAcc, NoLock, Preserve) { KIND, 8, MG2B, 32 }
    Device (\\_SB.DEV0)
    {
        Name (_HID, EisaId ("PNP0C02"))
        Method (_CRS)
        {
            Name (BUF0, ResourceTemplate () { Memory32Fixed (ReadWrite, 0xF8000000, 0x1000, BAR0) })
            If (KIND == 1) { Return (ResourceTemplate () { IO (Decode16, 0x60, 0x60, 1, 1) }) }
            CreateDWordField (BUF0, BAR0._BAS, BASE)
            BASE = MG2B
            Return (BUF0)
        }
    }
}
`;

interface Found {
  acpi: {
    status: string;
    alternatives?: {
      when: string;
      condition: unknown;
      bytes: string;
      descriptors: { type: string; fields: { name: string; value: unknown }[] }[];
    }[];
  }[];
  fields: { name: string; bits: number }[];
}

describe('explain --format json', () => {
  test('has the alternatives that the text has, field by field', async () => {
    const { status, stdout } = await run(['explain', '-', '--format', 'json'], { stdin: TABLE });
    expect(status).toBe(0);
    const found = JSON.parse(stdout) as Found;
    expect(violations('explain', found)).toEqual([]);
    const [{ status: what, alternatives = [] }] = found.acpi as [Found['acpi'][0]];
    expect(what).toBe('alternatives');
    expect(alternatives.map(({ when, descriptors }) => [when, descriptors.map(({ type }) => type)])).toEqual([
      ['KIND == 1', ['io']],
      ['KIND != 1', ['memory32-fixed']],
    ]);
    // IO (Decode16, 0x60, 0x60, 1, 1), then the end tag: ACPI 6.5, 6.4.2.5 and 6.4.2.9.
    expect(alternatives[0]!.bytes).toBe('47016000600001017900');
    const base = alternatives[1]!.descriptors[0]!.fields.find(({ name }) => name === 'base');
    expect(base!.value).toBe('MG2B');
    expect(found.fields.map(({ name, bits }) => [name, bits])).toEqual([
      ['KIND', 8],
      ['MG2B', 32],
    ]);
  });
});
