/**
 * Scans images: one pass over the bytes for the beginnings of everything, containers are opened where they are met, and what
 * they hold is scanned in its turn. Nothing is taken for a find that doesn't read from its first to its last byte.
 */
import { sha256Of } from '../artifact/digest.ts';
import { sniffKind } from '../artifact/sniff.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { type Access, accessTo, partOf } from '../containers/access.ts';
import type { Decoded, Decoder } from '../containers/codecs/output.ts';
import type {
  Archive,
  Compression,
  Image,
  ImageContent,
  Magic,
  Part,
  Choice as PartChoice,
} from '../containers/container.ts';
import { markedAt } from '../containers/container.ts';
import { runsOf } from '../containers/extents.ts';
import { Budget } from '../containers/limits.ts';
import { ARCHIVES, COMPRESSIONS, IMAGES } from '../containers/rows.ts';
import { finding } from '../findings/finding.ts';
import type { Alternatives, ContainerStep, Find, FoundMemory } from './find.ts';
import { type KernelInside, Space } from './space.ts';
import { amlReads, mayHoldAml, rootPointerAt, tableHeaderAt } from './tables.ts';
import { type Target, targetSearch } from './targets.ts';
import { treeIn, treeSizeAt } from './trees.ts';

/** What is scanned: an input with what was wrapped around it as a whole taken off. */
export interface ScanInput {
  readonly name: string;
  readonly access: Access;
  /** What was taken off. */
  readonly steps: readonly ContainerStep[];
}

export interface ScanOptions {
  readonly budget?: Budget;
  /** Gets every find with its bytes, which are not to be kept. */
  readonly onFind?: (find: Find, bytes: Uint8Array) => void;
}

export interface ScanResult {
  readonly finds: readonly Find[];
  readonly alternatives: readonly Alternatives[];
  readonly memory: readonly FoundMemory[];
}

/** How a find is told: what is known of it beside its place. */
type FindFields = Omit<Find, 'id' | 'path' | 'offset' | 'fileOffset' | 'size' | 'sha256' | 'container'>;

const HEAD_BYTES = 64;
/** First piece of a compressed stream that is tried; more of it is read when that wasn't enough. */
const FIRST_WINDOW = 1 << 20;
/** A stream that has no clean end counts for something when so much came of it: a magic number met by chance gives less. */
const SUBSTANTIAL_BYTES = 1 << 16;
/** What may be spent on streams and tables that turn out to be none, beside a few times the input's size. */
const SPARE_WORK = 64 << 20;
const WORK_FACTOR = 8;
/** Files of archives of up to this size are looked at for kinds of inputs that have no magic number. */
const MAX_TEXT_BYTES = 4 << 20;
/** Kinds that are told by their own finders. */
const FOUND_ELSEWHERE = new Set(['dtb', 'dtbo', 'acpi-table', 'image', 'boot-params', 'mail']);
/** `Linux version 6.1.0 (builder@host) …` (init/version.c, linux_banner). */
const BANNER = /^Linux version (\d+\.\d+\S*) \([^\n\0]{1,200}\) ?[^\n\0]*/;
const BANNER_BYTES = 512;

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

class OutOfTime {}

export class Scanner {
  readonly #sink: DiagnosticSink;
  readonly #budget: Budget;
  readonly #onFind: ScanOptions['onFind'];
  readonly finds: Find[] = [];
  readonly #alternatives: Alternatives[] = [];
  readonly #memory: FoundMemory[] = [];
  /** Choices as images tell them, by names of parts. */
  #choices: { readonly path: string; readonly axis: string; readonly list: readonly PartChoice[] }[] = [];
  /** Paths of parts that lie where another part does. */
  readonly #sameAs = new Map<string, string>();
  #deadline = 0;
  #inputName = '';
  /** Work that may still be wasted. */
  #spare = 0;
  /** Limits that were told of. */
  readonly #told = new Set<string>();
  /** Banners met in the input: the same text stands in a kernel and in its log. */
  #banners = new Set<string>();

  constructor(sink: DiagnosticSink, options: ScanOptions = {}) {
    this.#sink = sink;
    this.#budget = options.budget ?? new Budget();
    this.#onFind = options.onFind;
  }

  /** Scans one input; finds go to what was found before. */
  async scan(input: ScanInput): Promise<ScanResult> {
    const { limits } = this.#budget;
    this.#deadline = performance.now() + limits.milliseconds;
    this.#inputName = input.name;
    this.#told.clear();
    this.#banners = new Set();
    let { access } = input;
    if (access.size > limits.imageBytes) {
      this.#limit(`${limits.imageBytes / 2 ** 20} MiB of one image`);
      access = partOf(access, 0, limits.imageBytes);
    }
    this.#spare = SPARE_WORK + WORK_FACTOR * access.size;
    const first = this.finds.length;
    const [alternatives, memory] = [this.#alternatives.length, this.#memory.length];
    const root = new Space(access, {
      path: input.name,
      steps: input.steps,
      depth: input.steps.length,
      fileOffset: (offset) => offset,
    });
    try {
      await this.#space(root);
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error;
    }
    this.#resolveChoices(this.finds.slice(first));
    return {
      finds: this.finds.slice(first),
      alternatives: this.#alternatives.slice(alternatives),
      memory: this.#memory.slice(memory),
    };
  }

  /** What is found in the parts that an image lets choose among. */
  #resolveChoices(finds: readonly Find[]): void {
    for (const { path, axis, list } of this.#choices) {
      const inside = (name: string): number[] => {
        const part = this.#sameAs.get(`${path}!${name}`) ?? `${path}!${name}`;
        return finds
          .filter((find) => find.path === part || find.path.startsWith(`${part}!`))
          .map(({ id }) => id);
      };
      const choices = list.map(({ parts, ...choice }) => ({
        ...choice,
        finds: [...new Set(parts.flatMap(inside))],
      }));
      // One that leads to nothing found isn't worth choosing among.
      if (choices.length > 1 && choices.some(({ finds: ids }) => ids.length > 0))
        this.#alternatives.push({ axis, path, choices });
    }
    this.#choices = [];
  }

  #limit(limit: string): void {
    if (this.#told.has(limit)) return;
    this.#told.add(limit);
    this.#sink.add(finding('container/limit', { limit }, { path: this.#inputName }));
  }

  /** Throws when the time is over. */
  #checkTime(): void {
    if (performance.now() < this.#deadline) return;
    this.#limit(`${this.#budget.limits.milliseconds / 1000} seconds`);
    throw new OutOfTime();
  }

  /** Counts work that came to nothing; false when there was too much of it. */
  #waste(work: number): void {
    this.#spare -= work;
  }

  #mayTry(): boolean {
    if (this.#spare > 0) return true;
    this.#limit('what only looks like something that can be opened');
    return false;
  }

  /** Looks through a space. `content` is the format that begins with its first byte, where that is known. */
  async #space(space: Space, content?: string): Promise<void> {
    this.#checkTime();
    const known = content === undefined ? undefined : IMAGES.find((row) => row.format === content);
    if (known !== undefined) await this.#openImage(space, known, 0);
    else await this.#beginning(space);
    let count = 0;
    for (const { pattern, offset } of targetSearch().in(space.access)) {
      count += 1;
      if (count % 256 === 0) this.#checkTime();
      if (space.isHidden(offset)) continue;
      await this.#target(space, pattern, offset);
    }
    this.#checkTime();
  }

  /** What has no magic number is told at the beginning only. */
  async #beginning(space: Space): Promise<void> {
    const head = space.access.read(0, HEAD_BYTES);
    const archive = ARCHIVES.find((row) => row.sniff(space.access, 0));
    if (archive !== undefined) await this.#openArchive(space, archive, 0);
    const image = IMAGES.find((row) => row.first && row.sniff(space.access, 0));
    if (image !== undefined) await this.#openImage(space, image, 0);
    const unmarked = COMPRESSIONS.find((row) => row.magics.length === 0 && row.sniff(head));
    if (unmarked !== undefined) await this.#carve(space, unmarked, 0);
  }

  async #target(space: Space, target: Target, offset: number): Promise<void> {
    switch (target.what) {
      case 'tree':
        return this.#tree(space, offset);
      case 'table':
        return this.#table(space, offset);
      case 'root-pointer':
        return this.#rootPointer(space, offset);
      case 'version':
        return this.#banner(space, offset);
      case 'compression':
      case 'archive':
      case 'image':
        return this.#container(space, target, markedAt(target.magic, space.access, offset));
      default:
        return;
    }
  }

  async #container(
    space: Space,
    target: Extract<Target, { readonly magic: Magic }>,
    start: number | undefined,
  ): Promise<void> {
    if (start === undefined) return;
    if (target.what === 'compression') return this.#carve(space, target.row, start);
    if (!target.row.sniff(space.access, start)) return;
    if (target.what === 'image') return this.#openImage(space, target.row, start);
    if (!space.isListed(target.row.format, start)) await this.#openArchive(space, target.row, start);
  }

  /** Notes a find down. @param start in the space's bytes */
  #found(space: Space, start: number, size: number, fields: FindFields): Find | undefined {
    const { limits } = this.#budget;
    if (this.finds.length >= limits.finds) {
      this.#limit(`${limits.finds} finds`);
      return undefined;
    }
    const bytes = space.access.read(start, size);
    const { path, container } = space.place(start, start + size);
    const find: Find = {
      id: this.finds.length,
      ...fields,
      path,
      offset: space.base + start,
      fileOffset: space.fileOffset(start, size),
      size,
      sha256: sha256Of(bytes),
      ...(space.physical ? { address: BigInt(space.base + start) } : {}),
      container,
    };
    this.finds.push(find);
    this.#onFind?.(find, bytes);
    return find;
  }

  async #tree(space: Space, offset: number): Promise<void> {
    const size = treeSizeAt(space.access, offset);
    if (size === undefined || !this.#mayTry()) return;
    const tree = treeIn({ name: space.path, form: 'blob', bytes: space.access.read(offset, size) });
    if (tree === undefined) {
      this.#waste(size);
      return;
    }
    // Trees that share their bytes with others cost as if they were none.
    this.#waste(size);
    const { kind, model, compatible } = tree;
    this.#found(space, offset, size, { kind, model, compatible });
    const fit = kind === 'fit' ? IMAGES.find((row) => row.format === 'fit') : undefined;
    if (fit !== undefined) await this.#openImage(space, fit, offset);
  }

  #table(space: Space, offset: number): void {
    const header = tableHeaderAt(space.access, offset, space.sums);
    if (header === undefined) return;
    const { signature, length, oemTableId, checksumOk } = header;
    const view = space.views.find(
      ({ raw, start, end }) => raw && start === offset && end - start - length < 4 && end - start >= length,
    );
    if (!checksumOk && view === undefined) return;
    if (mayHoldAml(signature)) {
      if (!this.#mayTry()) return;
      this.#waste(length);
      if (!amlReads(space.access.read(offset, length))) return;
    }
    const fields = { signature, oemTableId };
    if (checksumOk) this.#found(space, offset, length, { kind: 'acpi-table', ...fields });
    else
      this.#found(space, offset, length, {
        kind: 'acpi-template',
        ...fields,
        note: 'the checksum is not set: the firmware fills the table in when it installs it',
      });
  }

  #rootPointer(space: Space, offset: number): void {
    const pointer = rootPointerAt(space.access, offset, space.sums);
    if (pointer === undefined) return;
    const { length, xsdt, rsdt } = pointer;
    this.#found(space, offset, length, {
      kind: 'rsdp',
      text: xsdt ? `XSDT at ${hex(xsdt)}` : `RSDT at ${hex(rsdt)}`,
    });
  }

  #banner(space: Space, offset: number): void {
    const bytes = space.access.read(offset, BANNER_BYTES);
    const match = BANNER.exec(Buffer.from(bytes).toString('latin1'));
    if (match === null || this.#banners.has(match[0])) return;
    this.#banners.add(match[0]);
    const [text, release] = match;
    const kernel = space.kernelAt(offset);
    const program = space.programs.find(({ start, end }) => start <= offset && offset < end);
    if (kernel !== undefined) {
      if (kernel.release !== undefined || kernel.find === undefined) return;
      kernel.release = release;
      this.finds[kernel.find] = { ...this.finds[kernel.find]!, release: release!, text };
    } else if (program !== undefined) {
      const { start, end, architecture } = program;
      const found = this.#found(space, start, end - start, {
        kind: 'kernel',
        release: release!,
        architecture,
        text,
      });
      space.kernels.push({ start, end, kernel: { find: found?.id, release } });
    } else this.#found(space, offset, text.length, { kind: 'kernel', release: release!, text });
  }

  /** Unpacks a stream that seems to begin at a place, and looks through what comes out. */
  async #carve(space: Space, row: Compression, at: number, most = space.access.size - at): Promise<void> {
    if (!row.sniff(space.access.read(at, HEAD_BYTES)) || !this.#mayTry()) return;
    if (!space.claim(row.format, at)) return;
    const decoded = await this.#decode(space, row.decode, at, most);
    const substantial = decoded.bytes.length >= SUBSTANTIAL_BYTES;
    if (decoded.end === 'limit') this.#limitUnpacked();
    if (decoded.end !== 'whole' && !substantial) {
      this.#waste(decoded.bytes.length + Math.min(decoded.consumed, space.access.size - at) + 1024);
      return;
    }
    if (decoded.bytes.length === 0) return;
    if (decoded.end === 'truncated' || decoded.end === 'damaged') {
      this.#waste(decoded.bytes.length);
      const why = decoded.why ?? 'the stream is cut short';
      const where = { path: `${space.path}!${row.format}@${hex(at)}` };
      this.#sink.add(finding('container/damaged', { format: row.format, why }, where));
    }
    await this.#unpacked(space, decoded, { format: row.format, at, size: decoded.consumed });
  }

  #limitUnpacked(): void {
    const { room, limits } = this.#budget;
    const { unpackedBytes, totalBytes } = limits;
    const which = room < unpackedBytes / 2 ? totalBytes : unpackedBytes;
    this.#limit(`${Math.min(which, unpackedBytes) / 2 ** 20} MiB unpacked`);
  }

  /** Decodes a stream of which only the beginning is known; no more of it is read than is needed. */
  async #decode(space: Space, decoder: Decoder, at: number, available: number): Promise<Decoded> {
    for (let window = FIRST_WINDOW; ; window *= 8) {
      const size = Math.min(window, available);
      const decoded = await decoder(space.access.read(at, size), this.#budget.room);
      const mayGoOn = decoded.end === 'truncated' || (decoded.end === 'whole' && decoded.consumed >= size);
      if (!mayGoOn || size >= available) return decoded;
    }
  }

  /** Looks through what a stream unpacked to. */
  async #unpacked(
    space: Space,
    decoded: Decoded,
    from: {
      format: string;
      at: number;
      size: number;
      name?: string;
      label?: string;
      content?: string | undefined;
    },
  ): Promise<void> {
    const { format, at, size, name } = from;
    const end = at + size;
    const { limits } = this.#budget;
    space.hide(at, end);
    if (space.depth >= limits.depth) {
      this.#limit(`${limits.depth} containers inside each other`);
      return;
    }
    const { path, container } = space.place(at, end);
    const step: ContainerStep = {
      format,
      ...(name === undefined ? {} : { name }),
      offset: space.base + at,
      size,
      unpacked: decoded.bytes.length,
    };
    const inner = new Space(accessTo(decoded.bytes), {
      path: `${path}!${from.label ?? `${format}@${hex(space.base + at)}`}`,
      steps: [...container, step],
      depth: space.depth + 1,
      fileOffset: () => null,
      kernel: space.kernelAt(at),
    });
    this.#budget.take(decoded.bytes.length);
    await this.#space(inner, from.content);
    this.#budget.release(decoded.bytes.length);
  }

  /** Notes down that a range is part of something. @returns whether it wasn't one before */
  #view(
    space: Space,
    start: number,
    size: number,
    label: string,
    step: Omit<ContainerStep, 'offset' | 'size'>,
    raw = false,
  ): void {
    const end = Math.min(start + size, space.access.size);
    space.views.push({
      start,
      end,
      label,
      raw,
      step: { ...step, offset: space.base + start, size: end - start },
    });
  }

  async #openArchive(space: Space, row: Archive, at: number): Promise<void> {
    if (!space.claim(row.format, at) || space.depth >= this.#budget.limits.depth) return;
    const content = row.list(space.access, at, this.#budget.limits.pieces);
    // A header alone is none: what looks like one is met in programs that read archives.
    if (content.members.length === 0) return;
    const path = `${space.path}!${row.format}@${hex(space.base + at)}`;
    for (const why of content.faults)
      this.#sink.add(finding('container/archive', { format: row.format, why }, { path }));
    this.#view(space, at, content.size, `${row.format}@${hex(space.base + at)}`, { format: row.format });
    for (const member of content.members) {
      if (member.type !== 'file' || member.size === 0) continue;
      const start = at + member.offset;
      if (member.packed === undefined) {
        this.#view(space, start, member.size, member.name, { format: 'file', name: member.name });
        this.#member(space, start, member.size);
        continue;
      }
      await this.#part(space, at, { ...member, packed: member.packed }, path);
    }
  }

  /** A file of an archive that is a text of a known kind. */
  #member(space: Space, start: number, size: number): void {
    if (size > MAX_TEXT_BYTES) return;
    const kind = sniffKind(space.access.read(start, size));
    if (kind !== undefined && !FOUND_ELSEWHERE.has(kind)) this.#found(space, start, size, { kind });
  }

  async #openImage(space: Space, row: Image, at: number): Promise<void> {
    const { limits } = this.#budget;
    if (!space.claim(row.format, at)) return;
    const content = row.open(space.access, at, limits.pieces);
    if (content === undefined) return;
    const label = `${row.format}@${hex(space.base + at)}`;
    const path = `${space.place(at, at + content.size).path}!${label}`;
    for (const why of content.faults)
      this.#sink.add(finding('container/archive', { format: row.format, why }, { path }));
    const { name } = content;
    this.#view(space, at, content.size, label, {
      format: row.format,
      ...(name === undefined ? {} : { name }),
    });
    if (content.kernel !== undefined) this.#kernel(space, content, at);
    if (content.program !== undefined)
      space.programs.push({ start: at, end: at + content.size, ...content.program });
    for (const { kind, name: called, text, offset, size } of content.remarks ?? [])
      this.#found(space, at + offset, size, {
        kind,
        ...(called === undefined ? {} : { name: called }),
        ...(text === undefined ? {} : { text }),
      });
    if (content.choices !== undefined) this.#choices.push({ path, ...content.choices });
    await this.#parts(space, at, content.parts, path);
    await this.#memoryImages(space, at, content, path);
  }

  #kernel(space: Space, { kernel: header }: ImageContent, at: number): void {
    const { architecture, release, size } = header!;
    const found = this.#found(space, at, Math.min(size, space.access.size - at), {
      kind: 'kernel',
      architecture,
      ...(release === undefined ? {} : { release }),
    });
    const kernel: KernelInside = { find: found?.id, release };
    space.kernels.push({ start: at, end: at + size, kernel });
  }

  async #parts(space: Space, base: number, parts: readonly Part[], path: string): Promise<void> {
    // Parts are opened one after the other, each with what is in it, without calls inside each other.
    const waiting = parts.map((part) => ({ part, base })).reverse();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { part } = next;
      await this.#part(space, next.base, part, path);
      const start = next.base + part.offset;
      for (const inner of [...(part.parts ?? [])].reverse()) waiting.push({ part: inner, base: start });
    }
  }

  async #part(space: Space, base: number, part: Part, path: string): Promise<void> {
    const start = base + part.offset;
    const size = Math.min(part.size, space.access.size - start);
    if (start < 0 || size <= 0) return;
    const { name, title = name, packed, content } = part;
    if (packed === undefined) {
      const same = space.views.find((view) => view.start === start && view.end === start + size);
      if (same !== undefined && same.step.format === 'part')
        this.#sameAs.set(`${path}!${name}`, `${path}!${same.label}`);
      else this.#view(space, start, size, name, { format: 'part', name: title }, part.raw);
      const row = IMAGES.find(({ format }) => format === content);
      if (row?.sniff(space.access, start)) await this.#openImage(space, row, start);
      // What is packed without being called so ends where the part does.
      else await this.#packedPart(space, start, size);
      return;
    }
    if (!this.#mayTry() || !space.claim(packed.format, start)) return;
    const decoded = await packed.decode(space.access.read(start, size), this.#budget.room);
    if (decoded.end === 'limit') this.#limitUnpacked();
    else if (decoded.end !== 'whole') {
      const why = decoded.why ?? 'the stream is cut short';
      const where = { path: `${space.place(start, start + size).path}!${name}` };
      this.#sink.add(finding('container/damaged', { format: packed.format, why }, where));
      this.#waste(size);
    }
    if (decoded.bytes.length === 0) return;
    await this.#unpacked(space, decoded, {
      format: packed.format,
      at: start,
      size,
      name,
      label: name,
      content,
    });
  }

  async #packedPart(space: Space, start: number, size: number): Promise<void> {
    const row = COMPRESSIONS.find((compression) => compression.sniff(space.access.read(start, HEAD_BYTES)));
    if (row !== undefined) await this.#carve(space, row, start, size);
  }

  /** Looks through memory that an image describes. */
  async #memoryImages(space: Space, at: number, content: ImageContent, path: string): Promise<void> {
    const { limits } = this.#budget;
    if (content.memory === undefined) return;
    if (space.depth >= limits.depth) {
      this.#limit(`${limits.depth} containers inside each other`);
      return;
    }
    if (content.onlyMemory) space.hide(at, at + content.size);
    const { container } = space.place(at, at + content.size);
    const image = partOf(space.access, at, space.access.size - at);
    for (const { name, format, extents, physical } of content.memory) {
      const label = name === '' ? format : `${format}(${name})`;
      for (const run of runsOf(image, extents)) {
        const { address, access } = run;
        const step: ContainerStep = { format, name, offset: space.base + at, size: access.size };
        const inner = new Space(access, {
          path: `${path}!${label}`,
          steps: [...container, step],
          depth: space.depth + 1,
          base: address,
          physical,
          fileOffset: (offset, size) => {
            const inImage = run.imageOffset(offset, size);
            return inImage === undefined ? null : space.fileOffset(at + inImage, size);
          },
          kernel: space.kernelAt(at),
        });
        if (physical)
          this.#memory.push({
            path: inner.path,
            address: BigInt(address),
            size: BigInt(access.size),
            read: () => access.read(0, access.size),
          });
        await this.#space(inner);
      }
    }
  }
}
