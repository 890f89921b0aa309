/** ACPICA's compiler, where it is installed: what the tests hold ours against. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function installed(): boolean {
  try {
    execFileSync('iasl', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const HAS_IASL = installed();
/** For a test's title. */
export const IASL_REASON = HAS_IASL ? '' : ' (skipped: iasl is not installed)';

/** What iasl makes of a text: the AML, absent when it refuses, and what it says. */
export function iaslCompile(text: string): { readonly aml?: Uint8Array; readonly said: string } {
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
