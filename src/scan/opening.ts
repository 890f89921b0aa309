/** Opens containers that are met in a space, and has looked through what is in them. */
import { type Access, accessTo, partOf } from '../containers/access.ts';
import type { Decoded, Decoder } from '../containers/codecs/output.ts';
import type { Archive, Compression, Image, ImageContent, Part } from '../containers/container.ts';
import { runsOf } from '../containers/extents.ts';
import { COMPRESSIONS, IMAGES } from '../containers/rows.ts';
import type { ContainerStep } from './find.ts';
import { findText, findVendorTable } from './finders.ts';
import type { Asked, Repeat } from './repeats.ts';
import { type Run, WORK_OF_PLACE } from './run.ts';
import { type KernelInside, Space } from './space.ts';

const HEAD_BYTES = 64;
/** First piece of a compressed stream that is tried; more of it is read when that wasn't enough. */
const FIRST_WINDOW = 1 << 20;
/** A stream that has no clean end counts for something when so much came of it: a magic number met by chance gives less. */
const SUBSTANTIAL_BYTES = 1 << 16;
/** What a try costs at least: to set one up takes as long as to unpack so much. */
const LEAST_WORK = 32 * 1024;

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

export function imageRow(format: string): Image | undefined {
  return IMAGES.find((row) => row.format === format);
}

/** A stream whose place is known, for those that look at what is in it. */
interface Stream {
  readonly asked: Asked;
  readonly name?: string;
  readonly label?: string;
}

/** Where something is that a stream unpacks to. */
interface Inside {
  readonly path: string;
  readonly steps: readonly ContainerStep[];
  readonly depth: number;
  readonly kernel: KernelInside | undefined;
}

export class Opener {
  readonly #run: Run;
  /** Looks through a space; the second argument is the format that begins with its first byte, where that is known. */
  readonly #look: (space: Space, content?: string) => Promise<void>;

  constructor(run: Run, look: (space: Space, content?: string) => Promise<void>) {
    this.#run = run;
    this.#look = look;
  }

  /** Unpacks a stream that seems to begin at a place. `most` stored bytes are looked at. */
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
    const asked: Asked = {
      access: space.access,
      at,
      most,
      isWhole: false,
      format,
      decode,
      content,
      inKernel,
    };
    const stream: Stream = { asked, ...(label === undefined ? {} : { label }) };
    if (this.#again(space, stream)) return;
    const decoded = await this.#decode(space.access, decode, at, most);
    if (decoded.end === 'limit') this.#tellUnpacked();
    if (decoded.end !== 'whole') run.spend(decoded.bytes.length + decoded.consumed + LEAST_WORK);
    const least = decoded.end === 'whole' || decoded.unknown ? 1 : SUBSTANTIAL_BYTES;
    if (decoded.bytes.length < least) {
      if (decoded.unknown) this.#tellDamaged(space, format, at, decoded);
      return;
    }
    if (decoded.end === 'truncated' || decoded.end === 'damaged')
      this.#tellDamaged(space, format, at, decoded);
    await this.#unpacked(space, decoded, stream, Math.min(decoded.consumed, most));
  }

  #tellDamaged(space: Space, format: string, at: number, { why = 'the stream is cut short' }: Decoded): void {
    this.#run.tell('container/damaged', { format, why }, `${space.path}!${format}@${hex(space.base + at)}`);
  }

  #tellUnpacked(): void {
    const { nearest } = this.#run.budget;
    this.#run.budget.overrun();
    this.#run.limit(nearest, 'unpacked');
  }

  /** Decodes a stream of which only the beginning is known; no more of it is read than is needed. */
  async #decode(access: Access, decoder: Decoder, at: number, available: number): Promise<Decoded> {
    for (let window = FIRST_WINDOW; ; window *= 8) {
      const size = Math.min(window, available);
      const decoded = await decoder(access.read(at, size), this.#run.budget.room);
      const mayGoOn = decoded.end === 'truncated' || (decoded.end === 'whole' && decoded.consumed >= size);
      if (!mayGoOn || size >= available) return decoded;
    }
  }

  /** Where that is what a stream of so many bytes unpacks to. */
  #inside(space: Space, { asked, name, label }: Stream, size: number, unpacked: number): Inside {
    const { format, at } = asked;
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

  /** Whether an equal stream was looked through: then what is in this one is noted down. */
  #again(space: Space, stream: Stream): boolean {
    const run = this.#run;
    const { asked } = stream;
    const found = run.repeats.find(asked, space.depth + 1);
    if (found === undefined) return false;
    const { origin, outcome, size, unpacked } = found;
    const { kernel, ...to } = this.#inside(space, stream, size, unpacked);
    space.hide(asked.at, asked.at + size);
    run.work(WORK_OF_PLACE);
    run.again(origin, outcome, to);
    if (kernel !== undefined && origin.banner !== undefined) run.name(kernel, origin.banner);
    return true;
  }

  /** Has what a stream unpacked to looked through. */
  async #unpacked(space: Space, decoded: Decoded, stream: Stream, size: number): Promise<void> {
    const { asked } = stream;
    const run = this.#run;
    space.hide(asked.at, asked.at + size);
    if (!run.mayNest(space)) return;
    const unpacked = decoded.bytes.length;
    const { kernel, ...inside } = this.#inside(space, stream, size, unpacked);
    const inner = new Space(accessTo(decoded.bytes), { ...inside, kernel, fileOffset: () => null });
    const before = kernel?.banner;
    const mark = run.record();
    run.budget.take(unpacked);
    try {
      await this.#look(inner, asked.content);
    } finally {
      run.budget.release(unpacked);
    }
    const outcome = run.recorded(mark);
    // A kernel that was named by another part of it keeps that name: of this part it can't be said.
    if (outcome === undefined || decoded.end !== 'whole' || before !== undefined) return;
    const { path, steps, depth } = inside;
    const repeat: Repeat = {
      origin: { path, steps: steps.length, depth, banner: kernel?.banner },
      ...{ outcome, size, unpacked },
    };
    run.repeats.keep(asked, repeat);
  }

  async archive(space: Space, row: Archive, at: number): Promise<void> {
    const run = this.#run;
    const { format } = row;
    if (!space.claim(format, at)) return;
    const content = row.list(space.access, at, run.budget.limits.pieces);
    // A header alone is none: what looks like one is met in programs that read archives.
    if (content.members.length === 0) return;
    const label = `${format}@${hex(space.base + at)}`;
    const path = `${space.place(at, at + content.size).path}!${label}`;
    for (const why of content.faults) run.tell('container/archive', { format, why }, path);
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
    if (opened === undefined) return;
    if (opened.parts.length >= pieces) run.limit('container-pieces', `parts of ${format}`);
    // Headers count memory that is not in the file; what a thing is in, it does not leave.
    const size = Math.min(opened.size, space.endAround(at) - at);
    const content = { ...opened, size };
    const { name } = content;
    const label = `${format}@${hex(space.base + at)}`;
    const path = `${space.place(at, at + size).path}!${label}`;
    for (const why of content.faults) run.tell('container/archive', { format, why }, path);
    space.addView(at, size, label, { format, ...(name === undefined ? {} : { name }) });
    this.#tellFacts(space, content, at);
    if (content.choices !== undefined) run.choose(path, content.choices.axis, content.choices.list);
    await this.#parts(space, at, content.parts, path);
    for (const { format: packing, offset } of content.mayBegin ?? []) {
      const stream = COMPRESSIONS.find((compression) => compression.format === packing);
      if (stream !== undefined) await this.stream(space, stream, at + offset, size - offset);
    }
    await this.#memory(space, at, content, path);
  }

  /** What an image says of itself. */
  #tellFacts(space: Space, content: ImageContent, at: number): void {
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

  /** Parts one after the other, each followed by those in it; not by calls inside each other. */
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
      // What is packed without being called so ends where the part does.
      const stream = COMPRESSIONS.find((compression) => compression.sniff(head));
      if (row?.sniff(space.access, start)) await this.image(space, row, start);
      else if (stream !== undefined) await this.stream(space, stream, start, size);
      return;
    }
    if (!space.claim(packed.format, start) || !this.#run.mayTry()) return;
    const { format, decode } = packed;
    const asked: Asked = {
      ...{ access: space.access, at: start, most: size, isWhole: true },
      ...{ format, decode, content, inKernel: space.kernelAt(start) !== undefined },
    };
    const stream: Stream = { asked, name: title, label: name };
    if (this.#again(space, stream)) return;
    const decoded = await decode(space.access.read(start, size), this.#run.budget.room);
    if (decoded.end === 'limit') this.#tellUnpacked();
    else if (decoded.end !== 'whole') {
      const why = decoded.why ?? 'the stream is cut short';
      this.#run.tell(
        'container/damaged',
        { format, why },
        `${space.place(start, start + size).path}!${name}`,
      );
    }
    if (decoded.end !== 'whole') this.#run.spend(size + decoded.bytes.length);
    if (decoded.bytes.length === 0) return;
    await this.#unpacked(space, decoded, stream, size);
  }

  /** Has memory that an image describes looked through. */
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
        await this.#look(inner);
      }
    }
  }
}
