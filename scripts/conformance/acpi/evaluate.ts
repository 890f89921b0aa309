/**
 * `npm run conformance -- evaluate [--verbose] PATH...`: evaluates ASL of any project: every data object and every method
 * without arguments, with fwmap's interpreter and with acpiexec, one after the other on one machine.
 *
 * Sources are the files *.asl and *.dsl, and the definition blocks in files *.rs, at or below the paths. Those that iasl
 * doesn't compile by themselves are left out, as are tables with which acpiexec hangs. If acpiexec crashes on a method,
 * the comparison of its table ends there.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  BufferObject,
  MethodObject,
  type NamespaceNode,
  ObjectReference,
  PackageObject,
  SharedInteger,
  SlotReference,
  StringObject,
} from '../../../src/acpi/interpreter/state/objects.ts';
import { acpiexecProfile } from '../../../src/acpi/interpreter/state/profile.ts';
import { acpiexecResults, spelledResult } from '../../../test/acpi/interpreter/oracle.ts';
import { bootOf } from './aslts/run.ts';

/** iasl hangs on some sources. */
const IASL_TIMEOUT = 60_000;

function* sourcesAt(path: string): Generator<{ name: string; text: string }> {
  if (statSync(path).isDirectory()) {
    for (const entry of readdirSync(path).sort()) yield* sourcesAt(join(path, entry));
  } else if (/\.(?:asl|dsl)$/i.test(path)) yield { name: path, text: readFileSync(path, 'latin1') };
  else if (path.endsWith('.rs')) {
    const blocks = readFileSync(path, 'latin1').match(/(?<=r#")\s*DefinitionBlock[\s\S]*?(?="#)/g) ?? [];
    for (const [i, text] of blocks.entries()) yield { name: `${path}#${i + 1}`, text };
  }
}

/** The AML, not optimised, so that constant expressions are evaluated by the interpreters. */
function compiled(name: string, text: string): Uint8Array | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-evaluate-'));
  try {
    writeFileSync(join(folder, 'case.asl'), text, 'latin1');
    // Files that it includes are beside the source.
    const cwd = dirname(name);
    spawnSync('iasl', ['-oa', '-of', '-I', cwd, '-p', join(folder, 'case'), join(folder, 'case.asl')], {
      cwd,
      timeout: IASL_TIMEOUT,
    });
    return readFileSync(join(folder, 'case.aml'));
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Objects that can be evaluated without arguments. */
function* valuesBelow(node: NamespaceNode): Generator<NamespaceNode> {
  for (const child of node.children.values()) {
    const { object } = child;
    if (
      typeof object === 'bigint' ||
      object instanceof StringObject ||
      object instanceof BufferObject ||
      object instanceof PackageObject ||
      object instanceof SharedInteger ||
      (object instanceof MethodObject && object.argumentCount === 0 && object.builtIn === undefined)
    )
      if (child.table !== undefined) yield child;
    yield* valuesBelow(child);
  }
}

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { verbose: { type: 'boolean', default: false } },
  });
  if (positionals.length === 0) {
    console.error('usage: npm run conformance -- evaluate [--verbose] PATH...');
    return 2;
  }
  const counts = { tables: 0, passed: 0, failed: 0, notCompiled: 0, ended: 0, freed: 0 };
  for (const { name, text } of positionals.flatMap((path) => [...sourcesAt(path)])) {
    const aml = compiled(name, text);
    if (
      aml === undefined ||
      !/^(?:[DSP]SDT|OEM\d)/.test(Buffer.from(aml.subarray(0, 4)).toString('latin1'))
    ) {
      counts.notCompiled += 1;
      if (values.verbose) console.log(`not compiled: ${name}`);
      continue;
    }
    counts.tables += 1;
    const boot = bootOf(name, aml, [], acpiexecProfile);
    const nodes = [...valuesBelow(boot.machine.root)];
    const theirs = acpiexecResults(
      aml,
      nodes.map(({ path }) => path.slice(1)),
    );
    for (const [i, node] of nodes.entries()) {
      const given = theirs[i]!;
      if (given === 'acpiexec ended') {
        counts.ended += 1;
        if (values.verbose) console.log(`acpiexec ended: ${name}: ${node.path}`);
        break;
      }
      const { value, fault } = boot.call(node, []);
      const evaluated = spelledResult(value, fault);
      // ACPICA converts ids to capitals (nsrepair2.c, AcpiNsRepair_HID); fwmap compares ids without regard to case.
      const ours = /\._(?:HID|CID)$/.test(node.path) ? evaluated.toUpperCase() : evaluated;
      if (ours === given || evaluated === given) counts.passed += 1;
      else if (value instanceof ObjectReference && value.target instanceof SlotReference) {
        // acpiexec prints a local of a method that has ended (uACPI's README: "Use-after-free in ACPICA").
        counts.freed += 1;
        if (values.verbose)
          console.log(`left: ${name}: ${node.path}: a reference to a local of a method that has ended`);
      } else {
        counts.failed += 1;
        console.log(`${name}: ${node.path}: ${ours}, acpiexec gives ${given.split('\n', 1)[0]}`);
      }
    }
  }
  const { tables, notCompiled, ended, freed, passed, failed } = counts;
  console.log(
    `${tables} tables; left out: ${notCompiled} that iasl does not compile, the rest of ${ended} on which acpiexec ended, ` +
      `${freed} references to locals of methods that have ended`,
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
