/** Scans bytes and gives what came of it. */
import { gunzipSync } from 'node:zlib';
import { type Diagnostic, DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { accessTo } from '../../src/containers/access.ts';
import { type Limits, withLimits } from '../../src/limits/limits.ts';
import { Scanner, type ScanResult } from '../../src/scan/scan.ts';

export interface Scanned extends ScanResult {
  readonly diagnostics: readonly Diagnostic[];
}

/** The limits are the usual ones but for those given. */
export async function scanned(bytes: Uint8Array, limits: Partial<Limits> = {}): Promise<Scanned> {
  return withLimits(limits, async () => {
    const sink = new DiagnosticList();
    const result = await new Scanner(sink).scan({
      name: 'image',
      access: accessTo(new Uint8Array(bytes)),
      steps: [],
    });
    return { ...result, diagnostics: sink.all };
  });
}

/** Images of the corpus lie there compressed. */
export function unpackedImage(packed: Uint8Array): Uint8Array {
  return gunzipSync(packed);
}
