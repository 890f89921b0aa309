/** Wrappings that are taken off on the way, one row each: found by their first bytes, undone, looked at again. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { systemMessage } from './file.ts';

/** No input unpacks to more: what a few kilobytes of zeros could blow up to. */
export const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
/** Wrappings inside wrappings. */
export const MAX_LAYERS = 4;

export interface Wrapping {
  /** As a step of the provenance: `gunzip`. */
  readonly how: string;
  readonly wraps: (bytes: Uint8Array) => boolean;
  /** Undefined, with a diagnostic, when it can't be undone. */
  readonly unwrap: (bytes: Uint8Array, name: string, sink: DiagnosticSink) => Promise<Uint8Array | undefined>;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

export const WRAPPINGS: readonly Wrapping[] = [
  {
    how: 'gunzip',
    wraps: (bytes) => startsWith(bytes, [0x1f, 0x8b, 0x08]),
    async unwrap(bytes, name, sink) {
      const { constants, gunzipSync } = await import('node:zlib');
      try {
        return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        const large = code === 'ERR_BUFFER_TOO_LARGE';
        sink.add({
          severity: 'error',
          code: 'artifact/gzip',
          message: large
            ? `gzip: unpacks to more than ${MAX_UNPACKED_BYTES / (1024 * 1024)} MiB`
            : `gzip: ${systemMessage(error)}`,
          path: name,
        });
        if (large) return undefined;
      }
      try {
        // What is there of a file that was cut short.
        const rest = gunzipSync(bytes, {
          maxOutputLength: MAX_UNPACKED_BYTES,
          finishFlush: constants.Z_SYNC_FLUSH,
        });
        return rest.length > 0 ? rest : undefined;
      } catch {
        return undefined;
      }
    },
  },
  {
    // What a PowerShell redirection writes.
    how: 'utf-16',
    wraps: (bytes) => startsWith(bytes, [0xff, 0xfe]) && bytes.length % 2 === 0 && bytes[3] === 0,
    async unwrap(bytes) {
      return new TextEncoder().encode(new TextDecoder('utf-16le').decode(bytes));
    },
  },
];
