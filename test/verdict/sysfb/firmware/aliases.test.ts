/**
 * An Alias is the object that it stands for, also where Linux asks for it by the name of the alias (acpi_ns_evaluate() of
 * ACPICA; `acpiexec -b "resources \_SB.VMOD"` lists the first of these windows).
 */
import { expect, it } from 'vitest';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../../src/verdict/answer.ts';
import { artifactOf } from '../../../evidence/artifacts.ts';

const LOW =
  'ResourceTemplate () { DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFFFBFFFF, 0, 0x07FC0000) }';
const IRQ = 'Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })';
const SEL = 'OperationRegion (PORT, SystemIO, 0xB2, 1) Field (PORT, ByteAcc, NoLock, Preserve) { SEL, 8 }';

async function answer(before: string, module: string, vmbus: string): Promise<string> {
  const table = artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "DSDT01", 1) {
  ${before}
  Device (\\_SB.VMOD) { Name (_HID, "ACPI0004") ${module} Device (VMBS) { ${vmbus} ${IRQ} } }
}`,
    'dsdt.asl',
  );
  const verdict = await answerSysfb(
    [table],
    { describe: {}, kernel: { release: '6.8.0' }, judgedOnly: true },
    new DiagnosticList(),
  );
  return verdict.answer;
}

const ID = 'Name (_HID, "VMBus")';

it.each([
  ['of a template', `Name (\\TMPL, ${LOW})`, 'Alias (\\TMPL, _CRS)', ID, 'needed'],
  ['of a method', `Method (\\TMPL) { Return (${LOW}) }`, 'Alias (\\TMPL, _CRS)', ID, 'needed'],
  ['of an alias', `Name (\\TMPL, ${LOW}) Alias (\\TMPL, \\TMP2)`, 'Alias (\\TMP2, _CRS)', ID, 'needed'],
  [
    'that is made where a port says so',
    `${SEL} Name (\\TMPL, ${LOW})`,
    'If (LEqual (SEL, 1)) { Alias (\\TMPL, _CRS) }',
    ID,
    'depends',
  ],
  ['as _STA', 'Name (\\OFF, Zero)', `Name (_CRS, ${LOW}) Alias (\\OFF, _STA)`, ID, 'not-needed'],
  ['as _HID', 'Name (\\IDS, "VMBus")', `Name (_CRS, ${LOW})`, 'Alias (\\IDS, _HID)', 'needed'],
  [
    'as _CID',
    'Name (\\IDS, "VMBus")',
    `Name (_CRS, ${LOW})`,
    'Name (_HID, "MSFT1000") Alias (\\IDS, _CID)',
    'needed',
  ],
])('an alias %s: %#', async (_name, before, module, vmbus, wanted) => {
  expect(await answer(before, module, vmbus)).toBe(wanted);
});
