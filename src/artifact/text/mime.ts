/**
 * postal-mime, with the contents of a part joined in one step. The library builds a Blob with a part for each line (or unit of
 * base64) and reads it back, at microseconds and a kilobyte for each: 600 kB of short lines took half a minute.
 */
import PostalMime, { type Email } from 'postal-mime';

/** The library's collector of a part's content. */
interface ContentDecoder {
  readonly chunks: (string | ArrayBuffer | Uint8Array)[];
  /** Of the base64 decoder. */
  flushRemainder?(): void;
  /** Of the quoted-printable decoder. */
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

/** Patches the decoders of the library's nodes; does nothing if its internals have changed. */
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

/** Parses a message. @throws Error when that fails */
export function parseMail(message: Uint8Array): Promise<Email> {
  prepare();
  // Embedded messages are returned as attachments, and opened as mails by the caller.
  return PostalMime.parse(message, { forceRfc822Attachments: true });
}
