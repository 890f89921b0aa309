/** Scans bytes and gives what came of it. */
import { gunzipSync } from 'node:zlib';
import { type Diagnostic, DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { accessTo } from '../../src/containers/access.ts';
import { Budget, CONTAINER_LIMITS, type ContainerLimits } from '../../src/containers/limits.ts';
import { Scanner, type ScanResult } from '../../src/scan/scan.ts';

export interface Scanned extends ScanResult {
  readonly diagnostics: readonly Diagnostic[];
}

/** The limits are the usual ones but for those given. */
export async function scanned(bytes: Uint8Array, limits: Partial<ContainerLimits> = {}): Promise<Scanned> {
  const sink = new DiagnosticList();
  const scanner = new Scanner(sink, { budget: new Budget({ ...CONTAINER_LIMITS, ...limits }) });
  const result = await scanner.scan({ name: 'image', access: accessTo(new Uint8Array(bytes)), steps: [] });
  return { ...result, diagnostics: sink.all };
}

/** Images of the corpus lie there compressed. */
export function unpackedImage(packed: Uint8Array): Uint8Array {
  return gunzipSync(packed);
}
