/**
 * postal-mime with contents gathered in one step. It makes a Blob of each body whose parts are its lines, or its padded units
 * of base64, and reads that back, which takes microseconds and a kilobyte for each: 600 kB of short lines took half a minute.
 */
import PostalMime, { type Email } from 'postal-mime';

/** What a part's bytes are collected by until its end: chunks in their order. */
interface ContentDecoder {
  readonly chunks: (string | ArrayBuffer | Uint8Array)[];
  /** Base64's own rest. */
  flushRemainder?(): void;
  /** Quoted-printable's. */
  flushBuffer?(): void;
  finalize(): ArrayBuffer | Promise<ArrayBuffer>;
}

interface Node {
  contentDecoder: ContentDecoder | null;
  setupContentDecoder(encoding: string): void;
}

const LINE_END = Uint8Array.of(0x0a);

function joined(chunks: ContentDecoder['chunks']): ArrayBuffer {
  const encoder = new TextEncoder();
  const parts = chunks.map((chunk) =>
    chunk === '\n'
      ? LINE_END
      : typeof chunk === 'string'
        ? encoder.encode(chunk)
        : chunk instanceof Uint8Array
          ? chunk
          : new Uint8Array(chunk),
  );
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}

let isPrepared = false;

/** All nodes of messages get decoders that join what they have; without such nodes the parser stays as it is. */
function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  const { root } = new PostalMime() as unknown as { readonly root?: Node };
  const nodes = root && (Object.getPrototypeOf(root) as Node);
  if (typeof nodes?.setupContentDecoder !== 'function') return;
  const setUp = nodes.setupContentDecoder;
  nodes.setupContentDecoder = function (this: Node, encoding: string): void {
    setUp.call(this, encoding);
    const decoder = this.contentDecoder;
    if (decoder === null || !Array.isArray(decoder.chunks)) return;
    decoder.finalize = () => {
      decoder.flushRemainder?.();
      decoder.flushBuffer?.();
      return joined(decoder.chunks);
    };
  };
}

/** @throws Error where the message can't be taken apart */
export function parseMail(message: Uint8Array): Promise<Email> {
  prepare();
  // A message inside a message is opened as one.
  return PostalMime.parse(message, { forceRfc822Attachments: true });
}
