/**
 * Reads kernel images and modules: the release, the configuration that CONFIG_IKCONFIG embeds (`IKCFG_ST`, a gzip stream,
 * `IKCFG_ED`; kernel/configs.c), and features of the VMBus driver. Of a bzImage only the header is read here; the compressed
 * kernel in it is an input of its own.
 */

import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { gzipHeaderLength } from '../../containers/codecs/zlib.ts';
import { finding } from '../../findings/finding.ts';
import { limit } from '../../limits/limits.ts';
import { sha256Of } from '../../platform/hash.ts';
import { zlib } from '../../platform/zlib.ts';
import type { FactOf } from '../fact.ts';
import type { FactLists } from '../facts.ts';
import { readConfiguration } from '../kernel-config.ts';
import { kernelRelease } from '../release-text.ts';
import type { Architecture } from '../values.ts';
import { readDriverCode } from './driver-code.ts';

const START = 'IKCFG_ST';
const END = 'IKCFG_ED';
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
/** The most markers tried, since they also occur by chance. */
const MAX_MARKERS = 16;
/** x86 boot protocol (Documentation/arch/x86/boot.rst): header magic, and the pointer to the version string. */
const HEADER_AT = 0x202;
const VERSION_POINTER_AT = 0x20e;
const VERSION_BIAS = 0x200;
const MAX_VERSION_BYTES = 512;

/** Decompresses a gzip member, whatever follows it. @param most limit of the result in bytes */
function unpack(bytes: Buffer, most: number): Buffer | 'too large' | undefined {
  const header = gzipHeaderLength(bytes);
  if (header === undefined) return undefined;
  try {
    return zlib().inflateRawSync(bytes.subarray(header), { maxOutputLength: most });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : undefined;
  }
}

/** The embedded configurations, decompressed, each once. @param onLarge called when one exceeds the limit */
function configsIn(bytes: Buffer, onLarge: () => void): Buffer[] {
  const configs: Buffer[] = [];
  const last = bytes.lastIndexOf(END);
  let tried = 0;
  for (
    let at = bytes.indexOf(START);
    at >= 0 && at < last && tried < MAX_MARKERS;
    at = bytes.indexOf(START, at + 1)
  ) {
    const from = at + START.length;
    // The markers also occur in programs that search for them; here a gzip stream must follow.
    if (!bytes.subarray(from, from + GZIP.length).equals(GZIP)) continue;
    tried += 1;
    const config = unpack(bytes.subarray(from, bytes.indexOf(END, from)), limit('kernel-config-bytes'));
    if (config === 'too large') onLarge();
    else if (config !== undefined && !configs.some((other) => other.equals(config))) configs.push(config);
  }
  return configs;
}

const BANNER = Buffer.from('Linux version ');

/** Kernels told apart in one file: it is one, or an image of a few that nothing took apart. */
const MOST_KERNELS = 8;

/** The banners, `Linux version 6.1.0-56-amd64 (…) #1 SMP …`, of uncompressed kernels: each once. */
function bannersIn(bytes: Buffer): Set<string> {
  const banners = new Set<string>();
  for (
    let at = bytes.indexOf(BANNER);
    at >= 0 && banners.size < MOST_KERNELS;
    at = bytes.indexOf(BANNER, at + 1)
  ) {
    const text = bytes.toString('latin1', at, at + MAX_VERSION_BYTES).split(/[\r\n\0]/, 1)[0]!;
    // Its format string (linux_proc_banner) begins the same way.
    if (/^Linux version \d+\.\d+\S* \(/.test(text)) banners.add(text);
  }
  return banners;
}

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const MACHINE_AT = 18;
/** `e_machine` (ELF specification, and include/uapi/linux/elf-em.h). */
const MACHINES: ReadonlyMap<number, Architecture> = new Map([
  [62, 'x86_64'],
  [183, 'arm64'],
  [3, 'i386'],
  [40, 'arm'],
  [243, 'riscv'],
]);

/** The value of a `.modinfo` entry. */
function modinfo(bytes: Buffer, name: string): string | undefined {
  const at = bytes.indexOf(`\0${name}=`);
  if (at < 0) return undefined;
  const from = at + name.length + 2;
  return bytes.toString('latin1', from, from + MAX_VERSION_BYTES).split('\0', 1)[0];
}

/** Reads a kernel image or module; nothing is added for any other file. */
export function readKernelImage(artifact: Artifact, sink: DiagnosticSink, facts: FactLists): void {
  const { source } = artifact;
  const bytes = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.length);
  const place = { artifact, strength: 'configured' as const, span: { source, start: 0, end: 0 } };
  const isElf = bytes.subarray(0, ELF.length).equals(ELF) && bytes.length > MACHINE_AT + 2;
  if (isElf) {
    const machine = MACHINES.get(bytes.readUInt16LE(MACHINE_AT));
    if (machine !== undefined)
      facts.architectures.push({ ...place, text: `ELF code for ${machine}`, value: machine });
    const vermagic = modinfo(bytes, 'vermagic');
    const release = vermagic === undefined ? undefined : /^\d+\.\d+\S*/.exec(vermagic)?.[0];
    if (vermagic !== undefined && release !== undefined) {
      facts.releases.push({ ...place, text: `vermagic ${vermagic}`, value: kernelRelease(release, '') });
      readDriverCode(bytes, true, place, facts);
      return;
    }
  }
  if (readBootHeader(bytes, place, facts)) return;
  const banners = bannersIn(bytes);
  for (const banner of banners) {
    const match = /^Linux version (\S+) (.*)/.exec(banner)!;
    facts.releases.push({ ...place, text: banner, value: kernelRelease(match[1]!, match[2]!) });
  }
  if (banners.size > 0) readDriverCode(bytes, false, place, facts);
  const configs = configsIn(bytes, () => {
    const args = { name: 'kernel-config-bytes', rest: 'the configuration is not read' } as const;
    sink.add(finding('fwmap/limit', args, { span: place.span }));
  });
  for (const [index, config] of configs.entries()) {
    const inner: Artifact = {
      kind: 'kconfig',
      path: artifact.path,
      get sha256() {
        return sha256Of(this.source.bytes);
      },
      source: { name: `${source.name}!config${index === 0 ? '' : index + 1}`, form: 'text', bytes: config },
      steps: [...artifact.steps, { how: 'carved', name: START }, { how: 'gunzip' }],
    };
    readConfiguration(inner, sink, facts, true);
  }
  if (configs.length === 0 && banners.size > 0)
    sink.add(finding('evidence/image-without-config', {}, { span: place.span }));
}

/** Reads the release in the setup header of an x86 kernel; false when there is none. */
function readBootHeader(
  bytes: Buffer,
  place: Omit<FactOf<unknown>, 'value' | 'text'>,
  facts: FactLists,
): boolean {
  if (bytes.length <= VERSION_POINTER_AT + 2 || bytes.toString('latin1', HEADER_AT, HEADER_AT + 4) !== 'HdrS')
    return false;
  const at = bytes.readUInt16LE(VERSION_POINTER_AT) + VERSION_BIAS;
  const text = bytes.toString('latin1', at, at + MAX_VERSION_BYTES).split('\0', 1)[0]!;
  const match = /^(\d+\.\d+\S*) (.*)$/.exec(text);
  if (match === null) return false;
  const fact = { ...place, span: { source: place.artifact.source, start: at, end: at + text.length } };
  facts.releases.push({ ...fact, text, value: kernelRelease(match[1]!, match[2]!) });
  facts.architectures.push({ ...fact, text: 'x86 kernel image', value: 'x86_64' });
  return true;
}
