/**
 * The configuration that CONFIG_IKCONFIG puts into a kernel: `IKCFG_ST`, a gzip stream, `IKCFG_ED` (kernel/configs.c),
 * in a vmlinux as it is, in a bzImage or Image.gz inside the compressed payload.
 */

import type { Artifact } from '../../artifact/artifact.ts';
import { sha256Of } from '../../artifact/digest.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import type { FactLists } from '../facts.ts';
import { readConfiguration } from '../kernel-config.ts';
import { kernelRelease } from '../release-text.ts';

const START = 'IKCFG_ST';
const END = 'IKCFG_ED';
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
/** Flags of a gzip header. */
const FHCRC = 0x02;
const FEXTRA = 0x04;
const FNAME = 0x08;
const FCOMMENT = 0x10;
/** A configuration is some 300 KiB; a kernel unpacks to less than this. */
const MAX_CONFIG_BYTES = 16 << 20;
const MAX_KERNEL_BYTES = 256 << 20;
/** Gzip streams tried for a payload: the magic also occurs by chance. */
const MAX_STREAMS = 32;
/** x86 boot protocol (Documentation/arch/x86/boot.rst): header magic, and the pointer to the version string. */
const HEADER_AT = 0x202;
const VERSION_POINTER_AT = 0x20e;
const VERSION_BIAS = 0x200;
const MAX_VERSION_BYTES = 512;

/** Length of a gzip member's header (RFC 1952, section 2.3); undefined when it is none. */
function gzipHeaderLength(bytes: Buffer): number | undefined {
  if (bytes.length < 10 || bytes.indexOf(GZIP) !== 0) return undefined;
  const flags = bytes[3]!;
  let at = 10;
  if ((flags & FEXTRA) !== 0) {
    if (at + 2 > bytes.length) return undefined;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const text of [FNAME, FCOMMENT]) {
    if ((flags & text) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  return (flags & FHCRC) === 0 ? at : at + 2;
}

/** Unpacks a gzip member, whatever follows it in the image. */
function unpack(bytes: Buffer, limit: number): Buffer | undefined {
  const header = gzipHeaderLength(bytes);
  if (header === undefined || header >= bytes.length) return undefined;
  try {
    return process
      .getBuiltinModule('node:zlib')
      .inflateRawSync(bytes.subarray(header), { maxOutputLength: limit });
  } catch {
    return undefined;
  }
}

/** The bytes between the markers, unpacked. */
function configIn(bytes: Buffer): Buffer | undefined {
  for (let at = bytes.indexOf(START); at >= 0; at = bytes.indexOf(START, at + 1)) {
    const from = at + START.length;
    // The markers also stand in the code that looks for them; the stream's magic tells them apart.
    if (bytes.indexOf(GZIP, from) !== from) continue;
    const end = bytes.indexOf(END, from);
    if (end < 0) continue;
    return unpack(bytes.subarray(from, end), MAX_CONFIG_BYTES);
  }
  return undefined;
}

/** Reads the release and the configuration out of a kernel image. An image that is no kernel is passed over. */
export function readKernelImage(artifact: Artifact, sink: DiagnosticSink, evidence: FactLists): void {
  const { source } = artifact;
  const bytes = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.length);
  let found = false;
  if (
    bytes.length > VERSION_POINTER_AT + 2 &&
    bytes.toString('latin1', HEADER_AT, HEADER_AT + 4) === 'HdrS'
  ) {
    const at = bytes.readUInt16LE(VERSION_POINTER_AT) + VERSION_BIAS;
    const text = bytes.toString('latin1', at, at + MAX_VERSION_BYTES).split('\0', 1)[0]!;
    const match = /^(\d+\.\d+\S*) (.*)$/.exec(text);
    if (match !== null) {
      const span = { source, start: at, end: at + text.length };
      const fact = { artifact, span, strength: 'configured' as const };
      evidence.releases.push({ ...fact, text, value: kernelRelease(match[1]!, match[2]!) });
      evidence.architectures.push({ ...fact, text: 'x86 kernel image', value: 'x86_64' });
      found = true;
    }
  }
  let config = configIn(bytes);
  for (
    let at = bytes.indexOf(GZIP), tried = 0;
    config === undefined && at >= 0 && tried < MAX_STREAMS;
    tried += 1
  ) {
    const kernel = unpack(bytes.subarray(at), MAX_KERNEL_BYTES);
    if (kernel !== undefined) config = configIn(kernel);
    at = bytes.indexOf(GZIP, at + 1);
  }
  if (config === undefined) {
    if (found) sink.add(finding('evidence/image-without-config', {}, { span: { source, start: 0, end: 0 } }));
    return;
  }
  const inner: Artifact = {
    kind: 'kconfig',
    path: artifact.path,
    get sha256() {
      return sha256Of(this.source.bytes);
    },
    source: { name: `${source.name}!config`, form: 'text', bytes: config },
    steps: [...artifact.steps, { how: 'carved', name: START }, { how: 'gunzip' }],
  };
  readConfiguration(inner, sink, evidence, true);
}
