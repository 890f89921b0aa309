/** Overlays applied to base trees: fdtoverlay's bytes, or its refusal. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { type BlobEdit, editBlob } from '../../../../src/devicetree/blob/edit.ts';
import { applyOverlay } from '../../../../src/devicetree/live/overlay.ts';
import { formatDiagnostic } from '../../../../src/findings/finding.ts';

import { CompileError, differs, loadBlob, readPossiblyPacked, sha256, Tally } from './compile.ts';

interface OverlayCase {
  readonly base: string;
  readonly overlays: readonly string[];
  readonly rc: number;
  readonly sha256?: string;
}

function find(corpus: string, path: string): Uint8Array {
  for (const folder of ['overlays', 'dtb', 'dtbo']) {
    const file = join(corpus, folder, `${basename(path)}.gz`);
    if (existsSync(file)) return readPossiblyPacked(file);
  }
  throw new CompileError(`${basename(path)} is not in the corpus`);
}

export function overlays(_args: string[], corpus: string): number {
  const cases = JSON.parse(readFileSync(join(corpus, 'overlays', 'overlays.json'), 'utf8')) as OverlayCase[];
  const tally = new Tally();
  for (const { base, overlays: list, rc, sha256: expected } of cases) {
    const name = `${basename(base)} + ${list.map((path) => basename(path)).join(' + ')}`;
    tally.check(name, () => {
      const tree = loadBlob(base, find(corpus, base));
      const edits: BlobEdit[] = [];
      const sink = new DiagnosticList();
      for (const path of list) {
        const applied = applyOverlay(tree, loadBlob(path, find(corpus, path)), sink);
        if (!applied) break;
        edits.push(...applied.edits);
      }
      if (sink.hasErrors) return rc === 0 ? formatDiagnostic(sink.all[0]!) : undefined;
      if (rc !== 0) return 'applied, but fdtoverlay refuses';
      return differs('blob', sha256(editBlob(tree, edits)!), expected ?? '');
    });
  }
  return tally.finish();
}
