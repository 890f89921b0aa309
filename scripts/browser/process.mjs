// What fwmap/core asks of Node's process, for browsers: hashing and inflating from well-kept libraries. Bundled into
// dist/core.js; there is no `node:` import in it.
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

/** A stream of node:zlib as far as src/containers/codecs/zlib.ts uses one; all happens in `end`. */
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
        // What it holds back comes out when it is asked to finish.
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

/** With `info` node tells how many bytes it took, which callers then find out by a stream. */
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
