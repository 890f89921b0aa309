/** ACPICA's compiler, where it is installed: what the tests hold ours against. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedVersion, Recordings } from '../../recorded.ts';

/** @param name of the file of recordings */
export function iaslRecordings(name: string): Recordings {
  return new Recordings(name, installedVersion('iasl', '-v'));
}

/** What iasl makes of a text: the AML, absent when it refuses, and its errors. */
export function iaslCompile(
  recordings: Recordings,
  text: string,
): { readonly aml?: Uint8Array; readonly errors: readonly string[] } {
  const output = recordings.output('iasl -f a.asl', text, () => {
    const { aml, said } = run(text);
    return JSON.stringify({
      ...(aml && { aml: Buffer.from(aml).toString('base64') }),
      errors: said.match(/Error +\d+[^\n]*/g) ?? [],
    });
  });
  const { aml, errors } = JSON.parse(output) as { aml?: string; errors: string[] };
  return { errors, ...(aml !== undefined && { aml: new Uint8Array(Buffer.from(aml, 'base64')) }) };
}

function run(text: string): { readonly aml?: Uint8Array; readonly said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-iasl-'));
  try {
    writeFileSync(join(folder, 'a.asl'), text, 'latin1');
    let said = '';
    try {
      said = execFileSync('iasl', ['-f', '-p', 'a', 'a.asl'], {
        cwd: folder,
        encoding: 'latin1',
        stdio: 'pipe',
      });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      said = stdout + stderr;
    }
    const aml = join(folder, 'a.aml');
    return existsSync(aml) ? { aml: readFileSync(aml), said } : { said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
