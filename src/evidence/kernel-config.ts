/** Reads a kernel configuration: `.config`, `/proc/config.gz`, or the copy that CONFIG_IKCONFIG embeds in a kernel image. */

import type { Artifact } from '../artifact/artifact.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
import { Completeness } from './config-completeness.ts';
import type { FactOf } from './fact.ts';
import type { FactLists } from './facts.ts';
import { architectureNamed, configuredRelease } from './release-text.ts';
import { outdentedLines, spanIn, type TextLine } from './text-lines.ts';
import type { Architecture, KernelConfig } from './values.ts';

const SET = /^CONFIG_([A-Za-z0-9_]+)=(.*)$/;
const NOT_SET = /^# CONFIG_([A-Za-z0-9_]+) is not set$/;
const HEADER = /^# Linux\/(\S+) (\d+\.\d+\S*) Kernel Configuration$/;

/** Symbols of architectures; the first that is set decides. */
const ARCHITECTURE_SYMBOLS: readonly (readonly [string, Architecture])[] = [
  ['X86_64', 'x86_64'],
  ['ARM64', 'arm64'],
  ['X86_32', 'i386'],
  ['ARM', 'arm'],
  ['RISCV', 'riscv'],
  ['PPC', 'powerpc'],
  ['MIPS', 'mips'],
  ['S390', 's390'],
  ['LOONGARCH', 'loongarch'],
  ['SPARC', 'sparc'],
  ['M68K', 'm68k'],
];

/** The architectures of Hyper-V guests. */
const GUEST_ARCHITECTURES: readonly Architecture[] = ['x86_64', 'arm64'];

/** Reads a configuration, with its release and architecture, into `evidence`. @param embedded it is from a kernel image */
export function readConfiguration(
  artifact: Artifact,
  sink: DiagnosticSink,
  evidence: FactLists,
  embedded = false,
): void {
  const config = parseKernelConfig(artifact, sink, embedded);
  if (config === undefined) return;
  evidence.configs.push(config);
  const fact = {
    artifact,
    strength: 'configured' as const,
    span: { source: artifact.source, start: 0, end: 0 },
  };
  const { release, architecture } = config;
  if (release !== undefined)
    evidence.releases.push({
      ...fact,
      text: `configuration of ${release}`,
      value: configuredRelease(release, (symbol) => config.values.get(symbol)?.replace(/^"|"$/g, '')),
    });
  if (architecture !== undefined)
    evidence.architectures.push({ ...fact, text: `configuration for ${architecture}`, value: architecture });
}

/**
 * Parses a configuration. Undefined, with a diagnostic, when it has no symbols, or is for an architecture without the VMBus
 * driver and therefore not of this machine.
 */
export function parseKernelConfig(
  artifact: Artifact,
  sink: DiagnosticSink,
  embedded = false,
): KernelConfig | undefined {
  const values = new Map<string, string>();
  const lines = new Map<string, TextLine>();
  let header: { architecture: Architecture; release: string } | undefined;
  const completeness = new Completeness();
  const put = (symbol: string, value: string, line: TextLine): void => {
    if (values.has(symbol)) completeness.duplicate(symbol);
    values.set(symbol, value);
    lines.set(symbol, line);
  };
  for (const line of outdentedLines(artifact)) {
    const text = line.text.trimEnd();
    const found = HEADER.exec(text);
    if (found !== null) header = { architecture: architectureNamed(found[1]!), release: found[2]! };
    completeness.line(line, text, found?.[2]);
    const set = SET.exec(text);
    if (set !== null) {
      if (!line.whole && !/^(?:[ymn]|-?\d+|0x[0-9a-fA-F]+|".*")$/.test(set[2]!)) {
        sink.add(finding('evidence/config-cut', { symbol: set[1]! }, { span: spanIn(artifact, line) }));
        continue;
      }
      put(set[1]!, set[2]!, line);
      continue;
    }
    const not = NOT_SET.exec(text);
    if (not !== null) put(not[1]!, 'n', line);
  }
  const start = { source: artifact.source, start: 0, end: 0 };
  if (values.size === 0) {
    sink.add(finding('evidence/config-empty', {}, { span: start }));
    return undefined;
  }
  const bySymbol = ARCHITECTURE_SYMBOLS.find(([symbol]) => values.get(symbol) === 'y')?.[1];
  const architecture = bySymbol ?? header?.architecture;
  if (architecture !== undefined && !GUEST_ARCHITECTURES.includes(architecture)) {
    sink.add(finding('evidence/config-architecture', { architecture }, { span: start }));
    return undefined;
  }
  const lineOf = (symbol: string): FactOf<string> | undefined => {
    const line = lines.get(symbol);
    if (line === undefined) return undefined;
    return {
      value: values.get(symbol)!,
      strength: 'configured',
      artifact,
      span: spanIn(artifact, line),
      text: line.text.trimEnd(),
    };
  };
  const incompleteness = completeness.reasons();
  return {
    artifact,
    values,
    complete: incompleteness.length === 0,
    incompleteness,
    lineOf,
    ...(architecture === undefined ? {} : { architecture }),
    ...(header === undefined ? {} : { release: header.release }),
    embedded,
  };
}

/** From this release on the VMBus driver has a symbol of its own (94b04355e639); before, CONFIG_HYPERV builds it. */
const VMBUS_SYMBOL_SINCE: readonly [number, number] = [6, 18];

/**
 * The value of a symbol: that of its line (`y`, `m`, `n`, a number or string as written), `n` where a complete configuration
 * has no line, undefined where an incomplete one has none. HYPERV_VMBUS has the value of HYPERV in releases without that
 * symbol.
 * @param symbol without `CONFIG_`
 */
export function configValue(config: KernelConfig, symbol: string): string | undefined {
  const value = config.values.get(symbol);
  if (value !== undefined) return value;
  if (symbol === 'HYPERV_VMBUS' && !hasVmbusSymbol(config)) return configValue(config, 'HYPERV');
  return config.complete ? 'n' : undefined;
}

function hasVmbusSymbol({ release }: KernelConfig): boolean {
  const [major = 0, minor = 0] = (release ?? '').split('.').map((part) => Number.parseInt(part, 10));
  return major > VMBUS_SYMBOL_SINCE[0] || (major === VMBUS_SYMBOL_SINCE[0] && minor >= VMBUS_SYMBOL_SINCE[1]);
}
