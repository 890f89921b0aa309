/**
 * `npm run conformance -- uacpi DIR`: the AML test cases of https://github.com/uACPI/uACPI, DIR being its
 * tests/test-cases. Each states the expected result of `\MAIN` in a comment. fwmap's result is compared with it, and, if
 * they differ, with acpiexec's: uACPI follows Windows where Windows and ACPICA differ, fwmap follows ACPICA.
 *
 * Cases are compiled with iasl, as by uACPI's runner, or with fwmap's compiler if the installed iasl rejects them.
 * Cases that differ from uACPI's expectation are in the tables below, with the reason; others fail.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileAsl } from '../../../src/acpi/asl/compile/compile.ts';
import { acpiexecProfile, type Profile } from '../../../src/acpi/interpreter/state/profile.ts';
import { lookUp } from '../../../src/acpi/interpreter/values/names.ts';
import { parseName } from '../../../src/acpi/terms/name.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { acpiexecResults, spelledResult } from '../../../test/acpi/interpreter/oracle.ts';
import { bootOf } from './aslts/run.ts';

/** Messages of iasl that uACPI's runner disables. */
const NO_ERRORS = [6005, 6031, 6058, 6074, 6080, 6084, 6085, 6086, 6117, 6141, 6161];

/** Cases with a result that neither uACPI nor acpiexec has, and the reason. */
const LEFT: Readonly<Record<string, string>> = {
  'copy-object-self.asl':
    'a method that is running is replaced by a string; acpiexec crashes, and so does a parser that takes it for a call',
  'table-loading-1.asl':
    'MAIN runs while the table is loaded and again after that, and ACPICA loads no table twice; acpiexec crashes at the first',
  'table-loading-2.asl':
    'a table that loads itself is, to ACPICA, loaded already; acpiexec crashes when it unloads it',
};

/** Cases in which ACPICA and fwmap differ from uACPI's expectation, and how. */
const AS_ACPICA: Readonly<Record<string, string>> = {
  'copy-a-method.asl': 'a method is not copied by DerefOf of a reference to it',
  'copy-object-opregion.asl':
    'CopyObject of a number onto a region fails, and with it the code at the head of the table that declares MAIN',
  'empty-objects.asl': 'a method that returns nothing gives no operand',
  'hanging-while.asl':
    'the loop at the beginning of the table times out, which ends the loading of the table before MAIN is declared',
  'increment-fields.asl': 'Increment takes no index of a buffer or package',
  'indices-0.asl': 'RefOf of Index refers to the reference, and a store to it replaces it',
  'indices-1.asl': 'numbers in printed packages have sixteen digits, in capitals',
  'indices-2.asl': 'a store to an element replaces it, without converting to its type',
  'infinite-recursion.asl':
    'a call too deep ends the loading of the table, and what it has declared is gone, MAIN too',
  'multilevel_ref.asl': 'Increment follows no reference',
  'read-fields-on-deref.asl': 'a reference to a reference is followed one step only',
  'read-from-deleted-field.asl': 'a table is not loaded twice',
  'ref_modify_indirect.asl': 'a store to a local that holds a reference replaces the reference',
  'ref_modify_via_method_call.asl': 'a store to a local that holds a reference replaces the reference',
  'references-10.asl': 'Increment follows no reference',
  'references-3.asl': 'a store to a local that holds a reference replaces the reference',
  'references-5.asl': 'a store to a local that holds a reference replaces the reference',
  'references-9.asl': 'a store to a local that holds a reference replaces the reference',
  'reg-devices.asl': "_REG of a PCI device's regions is called at other times",
  'table-loading-3.asl': 'a table is not loaded twice',
  'table-loading-4.asl': 'a table is not loaded twice',
  'table-loading-5.asl': 'a table is not loaded twice',
  'table-overrides.asl': "uACPI's runner denies one table and replaces another; acpiexec has no such host",
};

interface Case {
  readonly file: string;
  readonly name: string;
  /** As `ourResults` spells it. */
  readonly expected: string;
  readonly aml: Uint8Array | string;
}

function readCase(folder: string, file: string): Case {
  const text = readFileSync(join(folder, file), 'latin1');
  const [, name = file, type = '', value = ''] =
    /^\/\/ Name: (.*)\r?\n\/\/ Expect: (\w+) => (.*?)\r?\n/.exec(text) ?? [];
  const expected = type === 'int' ? `0x${BigInt(value).toString(16)}` : `"${value}"`;
  return { file, name, expected, aml: compiled(folder, file, text) };
}

function compiled(folder: string, file: string, text: string): Uint8Array | string {
  const scratch = mkdtempSync(join(tmpdir(), 'fwmap-uacpi-'));
  try {
    const options = NO_ERRORS.flatMap((number) => ['-vw', String(number)]);
    spawnSync('iasl', [...options, '-oa', '-f', '-p', join(scratch, 'case'), file], { cwd: folder });
    return readFileSync(join(scratch, 'case.aml'));
  } catch {
    const faults = new DiagnosticList();
    const [table] = compileAsl({ name: file, form: 'text', bytes: Buffer.from(text, 'latin1') }, faults);
    return table?.bytes ?? faults.all.find(({ severity }) => severity === 'error')?.code ?? 'no table';
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The behaviour of later versions of acpiexec: Load returns True, ToHexString writes a prefix. */
const LATER: Profile = { ...acpiexecProfile, prefixesHex: 1n, givesTableHandles: 0n };

function resultOf(file: string, aml: Uint8Array, profile: Profile): string {
  const boot = bootOf(file, aml, [], profile);
  const node = lookUp(boot.machine, parseName('\\MAIN')!, boot.machine.root);
  if (node === undefined) return 'AE_NOT_FOUND';
  const { value, fault } = boot.call(node, []);
  return spelledResult(value, fault);
}

export async function run(args: string[]): Promise<number> {
  const [folder] = args;
  if (folder === undefined) {
    console.error(
      'usage: npm run conformance -- uacpi DIR, which is tests/test-cases of a checkout of uACPI',
    );
    return 2;
  }
  const counts = { meets: 0, later: 0, asAcpica: 0, left: 0, failed: 0 };
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.asl'))) {
    const { name, expected, aml } = readCase(folder, file);
    if (typeof aml === 'string') {
      counts.failed += 1;
      console.log(`not compiled: ${file}: ${aml}`);
      continue;
    }
    const ours = resultOf(file, aml, acpiexecProfile);
    if (ours === expected) {
      counts.meets += 1;
      continue;
    }
    if (resultOf(file, aml, LATER) === expected) {
      counts.later += 1;
      console.log(`${file} (${name}): ${ours}, but ${expected} by the rules of a later ACPICA`);
      continue;
    }
    const [theirs = ''] = acpiexecResults(aml, ['MAIN']);
    const reason = LEFT[file];
    const difference = AS_ACPICA[file];
    if (ours === theirs && difference !== undefined) counts.asAcpica += 1;
    else if (ours === theirs || reason === undefined) counts.failed += 1;
    else counts.left += 1;
    const what =
      ours === theirs
        ? `as acpiexec: ${difference ?? 'FAILED, the reason is not known'}`
        : (reason ?? `FAILED, acpiexec gives ${theirs.split('\n', 1)[0]}`);
    console.log(`${file} (${name}): ${ours}, expected ${expected}: ${what}`);
  }
  const { meets, later, asAcpica, left, failed } = counts;
  console.log(
    `${meets} meet the expectation, ${later} by the rules of a later ACPICA, ${asAcpica} do as acpiexec does, ${left} left for the reasons given`,
  );
  console.log(`${meets + later + asAcpica} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
