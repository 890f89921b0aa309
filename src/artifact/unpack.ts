/** Wrappings that are taken off on the way, one row each: found by their first bytes, undone, looked at again. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
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

/** Unpacks piece by piece, so that a bomb is stopped at the limit and what was whole before a fault is kept. */
async function unxz(bytes: Uint8Array, name: string, sink: DiagnosticSink): Promise<Uint8Array | undefined> {
  const { createRequire } = await import('node:module');
  // Node does not see the names that this CommonJS package exports when it is imported.
  const { XzReadableStream }: typeof import('xz-decompress') = createRequire(import.meta.url)(
    'xz-decompress',
  );
  const chunks: Uint8Array[] = [];
  let length = 0;
  const fault = (why: string): void => sink.add(finding('artifact/xz', { why }, { path: name }));
  const reader = new XzReadableStream(new Blob([new Uint8Array(bytes)]).stream()).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      length += piece.value.length;
      if (length > MAX_UNPACKED_BYTES) {
        fault(`unpacks to more than ${MAX_UNPACKED_BYTES / (1024 * 1024)} MiB`);
        await reader.cancel();
        return undefined;
      }
      // The decoder uses its buffer again.
      chunks.push(piece.value.slice());
    }
  } catch (error) {
    fault(systemMessage(error));
  }
  return length > 0 ? Buffer.concat(chunks, length) : undefined;
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
        const why = large
          ? `unpacks to more than ${MAX_UNPACKED_BYTES / (1024 * 1024)} MiB`
          : systemMessage(error);
        sink.add(finding('artifact/gzip', { why }, { path: name }));
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
    how: 'unxz',
    wraps: (bytes) => startsWith(bytes, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
    unwrap: unxz,
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
