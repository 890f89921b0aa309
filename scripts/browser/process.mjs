// The part of Node's `process` that fwmap/core uses, for browsers: hashing and inflating with npm packages. Bundled into
// dist/core.js, which has no `node:` import.
import { sha256 } from '@noble/hashes/sha2.js';
import { Buffer } from 'buffer/';
import { Inflate } from 'pako';

const CHUNK_BYTES = 64 * 1024;

function createHash() {
  const hash = sha256.create();
  const made = {
    update(bytes) {
      hash.update(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : new Uint8Array(bytes));
      return made;
    },
    digest(encoding) {
      const bytes = hash.digest();
      if (encoding !== 'hex') return bytes;
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    },
  };
  return made;
}

/** The part of node:zlib's streams that src/containers/codecs/zlib.ts uses; all the work is done in `end`. */
function inflateStream(raw) {
  const listeners = {};
  let stopped = false;
  const stream = {
    bytesWritten: 0,
    on(event, listener) {
      listeners[event] = listener;
      return stream;
    },
    destroy() {
      stopped = true;
    },
    end(input) {
      const inflate = new Inflate({ raw, chunkSize: CHUNK_BYTES });
      inflate.onData = (chunk) => {
        if (!stopped) listeners.data?.(chunk);
      };
      let fault;
      inflate.onEnd = (status) => {
        fault = status;
      };
      for (let at = 0; at < input.length && !inflate.ended && !stopped; at += CHUNK_BYTES)
        inflate.push(input.subarray(at, at + CHUNK_BYTES), false);
      stream.bytesWritten = inflate.strm.total_in;
      if (stopped) return;
      if (!inflate.ended) {
        // Makes it write the output that it still buffers.
        inflate.push(new Uint8Array(0), true);
        stream.bytesWritten = inflate.strm.total_in;
      }
      if (stopped) return;
      if (inflate.err !== 0 && inflate.err !== -5)
        listeners.error?.(new Error(inflate.msg || 'damaged data'));
      else if (!inflate.ended || inflate.err === -5 || fault === undefined)
        listeners.error?.(Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' }));
      else listeners.end?.();
    },
  };
  return stream;
}

const NOT_HERE = () => {
  throw new Error('not available in a browser');
};

/** Node's `info` (the number of consumed bytes) is not supported; callers then use a stream. */
function inflateRawSync(input, { info, maxOutputLength }) {
  if (info) NOT_HERE();
  const inflate = new Inflate({ raw: true, chunkSize: CHUNK_BYTES });
  const chunks = [];
  let length = 0;
  inflate.onData = (chunk) => {
    length += chunk.length;
    if (length > maxOutputLength) throw new RangeError('larger than it may become');
    chunks.push(chunk);
  };
  inflate.push(input, true);
  if (inflate.err !== 0 || !inflate.ended) throw new Error(inflate.msg || 'damaged data');
  return Buffer.concat(chunks);
}

const MODULES = {
  'node:crypto': { createHash, hash: (_, bytes, encoding) => createHash().update(bytes).digest(encoding) },
  'node:zlib': {
    createInflate: () => inflateStream(false),
    createInflateRaw: () => inflateStream(true),
    createBrotliDecompress: NOT_HERE,
    inflateRawSync,
  },
};

export const process = { env: {}, getBuiltinModule: (name) => MODULES[name] };
