/** Opens the containers found in a space and scans their contents. */
import { type Access, accessTo, partOf } from '../containers/access.ts';
import type { Decoded, Decoder } from '../containers/codecs/output.ts';
import { giveBack } from '../containers/codecs/output.ts';
import type { Archive, Compression, Image, ImageContent, Part } from '../containers/container.ts';
import { runsOf } from '../containers/extents.ts';
import { COMPRESSIONS, IMAGES } from '../containers/rows.ts';
import type { ContainerStep } from './find.ts';
import { findText, findVendorTable } from './finders.ts';
import type { Repeat, StreamKey } from './repeats.ts';
import { type Run, WORK_OF_PLACE } from './run.ts';
import { type KernelInside, Space } from './space.ts';

const HEAD_BYTES = 64;
/** The bytes of a compressed stream that are decoded first; more are read when they don't suffice. */
const FIRST_WINDOW = 1 << 20;
/** A stream without a valid end is used when it gave this many bytes; a magic number that occurs by chance gives less. */
const SUBSTANTIAL_BYTES = 1 << 16;
/** The minimum cost of a failed attempt: setting up a decoder takes as long as decoding so many bytes. */
const LEAST_WORK = 32 * 1024;

const UNREADABLE = 'its list of images cannot be read';

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The row of an image format. */
export function imageRow(format: string): Image | undefined {
  return IMAGES.find((row) => row.format === format);
}

/** A compressed stream, with names for the path of what is inside. */
interface Stream {
  readonly key: StreamKey;
  readonly name?: string;
  readonly label?: string;
}

/** The path of a stream's decompressed content. */
interface Inside {
  readonly path: string;
  readonly steps: readonly ContainerStep[];
  readonly depth: number;
  readonly kernel: KernelInside | undefined;
}

export class Opener {
  readonly #run: Run;
  /** Scans a space; the second argument is the format of its content, where known. */
  readonly #scan: (space: Space, content?: string) => Promise<void>;

  constructor(run: Run, scan: (space: Space, content?: string) => Promise<void>) {
    this.#run = run;
    this.#scan = scan;
  }

  /** Decompresses a stream that may begin at an offset. @param most stored bytes available */
  async stream(
    space: Space,
    row: Compression,
    at: number,
    most = space.access.size - at,
    options: { readonly label?: string; readonly content?: string } = {},
  ): Promise<void> {
    const run = this.#run;
    if (!row.sniff(space.access.read(at, HEAD_BYTES)) || !space.claim(row.format, at) || !run.mayTry())
      return;
    const { format, decode } = row;
    const { label, content } = options;
    const inKernel = space.kernelAt(at) !== undefined;
    const key: StreamKey = {
      access: space.access,
      at,
      most,
      isWhole: false,
      format,
      decode,
      content,
      inKernel,
    };
    const stream: Stream = { key, ...(label === undefined ? {} : { label }) };
    if (this.#again(space, stream)) return;
    const decoded = await this.#decode(space.access, decode, at, most);
    if (decoded.end === 'limit') this.#reportUnpacked();
    if (decoded.end !== 'whole') run.spend(decoded.bytes.length + decoded.consumed + LEAST_WORK);
    const least = decoded.end === 'whole' || decoded.unknown ? 1 : SUBSTANTIAL_BYTES;
    if (decoded.bytes.length < least) {
      if (decoded.unknown) this.#reportDamaged(space, format, at, decoded);
      return;
    }
    if (decoded.end === 'truncated' || decoded.end === 'damaged')
      this.#reportDamaged(space, format, at, decoded);
    await this.#unpacked(space, decoded, stream, Math.min(decoded.consumed, most));
  }

  #reportDamaged(
    space: Space,
    format: string,
    at: number,
    { why = 'the stream is truncated' }: Decoded,
  ): void {
    this.#run.report('container/damaged', { format, why }, `${space.path}!${format}@${hex(space.base + at)}`);
  }

  #reportUnpacked(): void {
    const { nearest } = this.#run.budget;
    this.#run.budget.overrun();
    this.#run.limit(nearest, 'unpacked');
  }

  /** Decodes a stream of unknown length, reading no more than needed. */
  async #decode(access: Access, decoder: Decoder, at: number, available: number): Promise<Decoded> {
    for (let window = FIRST_WINDOW; ; window *= 8) {
      const size = Math.min(window, available);
      const decoded = await decoder(access.read(at, size), this.#run.budget.room);
      const mayGoOn = decoded.end === 'truncated' || (decoded.end === 'whole' && decoded.consumed >= size);
      if (!mayGoOn || size >= available) {
        giveBack();
        return decoded;
      }
      // A stream that holds much in few bytes has filled as much memory as the next attempt takes.
      giveBack(decoded.bytes);
    }
  }

  /** The path of a stream's content. @param size stored bytes of the stream @param unpacked decompressed bytes */
  #inside(space: Space, { key, name, label }: Stream, size: number, unpacked: number): Inside {
    const { format, at } = key;
    const { path, container } = space.place(at, at + size);
    const offset = space.base + at;
    const named = name === undefined ? {} : { name };
    return {
      path: `${path}!${label ?? `${format}@${hex(offset)}`}`,
      steps: [...container, { format, ...named, offset, size, unpacked }],
      depth: space.depth + 1,
      kernel: space.kernelAt(at),
    };
  }

  /** Reuses the results of an equal stream, if there was one. */
  #again(space: Space, stream: Stream): boolean {
    const run = this.#run;
    const { key } = stream;
    const found = run.repeats.find(key, space.depth + 1);
    if (found === undefined) return false;
    const { origin, outcome, size, unpacked } = found;
    const { kernel, ...to } = this.#inside(space, stream, size, unpacked);
    space.hide(key.at, key.at + size);
    run.work(WORK_OF_PLACE);
    run.again(origin, outcome, to);
    if (kernel !== undefined && origin.banner !== undefined) run.name(kernel, origin.banner);
    return true;
  }

  /** Scans the content of a stream, and keeps the results for equal streams. */
  async #unpacked(space: Space, decoded: Decoded, stream: Stream, size: number): Promise<void> {
    const { key } = stream;
    const run = this.#run;
    space.hide(key.at, key.at + size);
    if (!run.mayNest(space)) return;
    const unpacked = decoded.bytes.length;
    const { kernel, ...inside } = this.#inside(space, stream, size, unpacked);
    const inner = new Space(accessTo(decoded.bytes), { ...inside, kernel, fileOffset: () => null });
    const before = kernel?.banner;
    const mark = run.record();
    run.budget.take(unpacked);
    try {
      await this.#scan(inner, key.content);
    } finally {
      run.budget.release(unpacked);
    }
    const outcome = run.recorded(mark);
    // The results can't be reused when the kernel's banner was known before, since this part may have another.
    if (outcome === undefined || decoded.end !== 'whole' || before !== undefined) return;
    const { path, steps, depth } = inside;
    const repeat: Repeat = {
      origin: { path, steps: steps.length, depth, banner: kernel?.banner },
      ...{ outcome, size, unpacked },
    };
    run.repeats.keep(key, repeat);
  }

  async archive(space: Space, row: Archive, at: number): Promise<void> {
    const run = this.#run;
    const { format } = row;
    if (!space.claim(format, at)) return;
    const content = row.list(space.access, at, run.budget.limits.pieces);
    // Without members it is not an archive: programs that read archives contain the magic number.
    if (content.members.length === 0) return;
    const label = `${format}@${hex(space.base + at)}`;
    const path = `${space.place(at, at + content.size).path}!${label}`;
    for (const why of content.faults) run.report('container/archive', { format, why }, path);
    space.addView(at, content.size, label, { format });
    for (const member of content.members) {
      const { name, size, packed } = member;
      if (member.type !== 'file' || size === 0) continue;
      const start = at + member.offset;
      if (packed !== undefined) await this.#part(space, at, { ...member, packed }, path);
      else {
        space.addView(start, size, name, { format: 'file', name });
        findText(run, space, start, size);
      }
    }
  }

  async image(space: Space, row: Image, at: number): Promise<void> {
    const run = this.#run;
    const { format } = row;
    if (!space.claim(format, at)) return;
    const { pieces } = run.budget.limits;
    const opened = row.open(space.access, at, pieces);
    if (opened === undefined) {
      // By its nodes it is one; its compressed images are found nowhere else.
      const where = `${space.path}!${format}@${hex(space.base + at)}`;
      if (format === 'fit') run.report('container/archive', { format, why: UNREADABLE }, where);
      return;
    }
    if (opened.parts.length >= pieces) run.limit('container-pieces', `parts of ${format}`);
    // Cut to the container around it, since headers may count memory that is not in the file.
    const size = Math.min(opened.size, space.endAround(at) - at);
    const content = { ...opened, size };
    const { name } = content;
    const label = `${format}@${hex(space.base + at)}`;
    const path = `${space.place(at, at + size).path}!${label}`;
    for (const why of content.faults) run.report('container/archive', { format, why }, path);
    space.addView(at, size, label, { format, ...(name === undefined ? {} : { name }) });
    this.#addFacts(space, content, at);
    if (content.choices !== undefined) run.choose(path, content.choices.axis, content.choices.list);
    await this.#parts(space, at, content.parts, path);
    for (const { format: packing, offset } of content.mayBegin ?? []) {
      const stream = COMPRESSIONS.find((compression) => compression.format === packing);
      if (stream !== undefined) await this.stream(space, stream, at + offset, size - offset);
    }
    await this.#memory(space, at, content, path);
  }

  /** Adds what an image's header describes: kernel, program, remarks. */
  #addFacts(space: Space, content: ImageContent, at: number): void {
    const run = this.#run;
    const { kernel, program, remarks = [] } = content;
    if (kernel !== undefined) {
      const { architecture, release } = kernel;
      const size = Math.min(kernel.size, content.size);
      const fields = { kind: 'kernel', architecture, ...(release === undefined ? {} : { release }) };
      const found = run.found(space, at, size, fields);
      space.kernels.push({ start: at, end: at + size, kernel: { find: found.id, release } });
    }
    if (program !== undefined) space.programs.push({ start: at, end: at + content.size, ...program });
    for (const { offset, size, ...fields } of remarks) run.found(space, at + offset, size, fields);
  }

  /** Opens parts in order, each followed by its own parts; without recursion. */
  async #parts(space: Space, base: number, parts: readonly Part[], path: string): Promise<void> {
    const waiting = parts.map((part) => ({ part, from: base })).reverse();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { part, from } = next;
      this.#run.work(WORK_OF_PLACE);
      await this.#part(space, from, part, path);
      for (const inner of [...(part.parts ?? [])].reverse())
        waiting.push({ part: inner, from: from + part.offset });
    }
  }

  async #part(space: Space, base: number, part: Part, path: string): Promise<void> {
    const start = base + part.offset;
    const size = Math.min(part.size, space.access.size - start);
    if (start < 0 || size <= 0) return;
    const { name, title = name, packed, content } = part;
    if (packed === undefined) {
      const same = space.viewAt(start, start + size);
      if (same?.step.format === 'part') this.#run.same(`${path}!${name}`, `${path}!${same.label}`);
      else space.addView(start, size, name, { format: 'part', name: title }, part.raw);
      if (part.raw) findVendorTable(this.#run, space, start);
      const row = content === undefined ? undefined : imageRow(content);
      const head = space.access.read(start, HEAD_BYTES);
      // A compressed stream that the image doesn't declare ends with the part at the latest.
      const stream = COMPRESSIONS.find((compression) => compression.sniff(head));
      if (row?.sniff(space.access, start)) await this.image(space, row, start);
      else if (stream !== undefined) await this.stream(space, stream, start, size);
      return;
    }
    if (!space.claim(packed.format, start) || !this.#run.mayTry()) return;
    const { format, decode } = packed;
    const key: StreamKey = {
      ...{ access: space.access, at: start, most: size, isWhole: true },
      ...{ format, decode, content, inKernel: space.kernelAt(start) !== undefined },
    };
    const stream: Stream = { key, name: title, label: name };
    if (this.#again(space, stream)) return;
    const decoded = await decode(space.access.read(start, size), this.#run.budget.room);
    if (decoded.end === 'limit') this.#reportUnpacked();
    else if (decoded.end !== 'whole') {
      const why = decoded.why ?? 'the stream is truncated';
      this.#run.report(
        'container/damaged',
        { format, why },
        `${space.place(start, start + size).path}!${name}`,
      );
    }
    if (decoded.end !== 'whole') this.#run.spend(size + decoded.bytes.length);
    if (decoded.bytes.length === 0) return;
    await this.#unpacked(space, decoded, stream, size);
  }

  /** Scans the memory that an image describes. */
  async #memory(space: Space, at: number, content: ImageContent, path: string): Promise<void> {
    const run = this.#run;
    if (content.memory === undefined || !run.mayNest(space)) return;
    if (content.onlyMemory) space.hide(at, at + content.size);
    const { container } = space.place(at, at + content.size);
    const image = partOf(space.access, at, space.access.size - at);
    for (const { name, title = name, format, extents, physical, replaced } of content.memory) {
      const banners = new Map<string, KernelInside>();
      const label = name === '' ? format : `${format}(${name})`;
      for (const { address, access, imageOffset } of runsOf(image, extents)) {
        const step: ContainerStep = {
          format,
          ...(title === '' ? {} : { name: title }),
          offset: space.base + at,
          size: access.size,
        };
        const inner = new Space(access, {
          path: `${path}!${label}`,
          steps: [...container, step],
          depth: space.depth + 1,
          base: address,
          physical,
          fileOffset: (offset, size) => {
            const inImage = imageOffset(offset, size);
            return inImage === undefined ? null : space.fileOffset(at + inImage, size);
          },
          kernel: space.kernelAt(at),
          banners,
          ...(replaced === undefined ? {} : { replaced }),
        });
        if (physical)
          run.memory.push({
            path: inner.path,
            address: BigInt(address),
            size: BigInt(access.size),
            read: (offset, length) => access.read(offset, length),
          });
        await this.#scan(inner);
      }
    }
  }
}
