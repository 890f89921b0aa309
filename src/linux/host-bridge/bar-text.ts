/** Names of BARs, and the syntax of `--bar`. */
import { binaryUnit, formatSize } from '../../bytes/address.ts';
import type { Bar } from './bars.ts';

/** `256 MiB, 64-bit, prefetchable`. */
function barName({ size, space, is64Bit, prefetchable }: Omit<Bar, 'name'>): string {
  return [
    space === 'io' ? `${size} ports` : formatSize(size),
    ...(is64Bit ? ['64-bit'] : []),
    ...(prefetchable ? ['prefetchable'] : []),
  ].join(', ');
}

const FLAGS: ReadonlySet<string> = new Set(['64bit', '32bit', 'prefetchable', 'pref', 'io']);

/** Parses `256M,64bit,prefetchable`: a size and flags. @returns an error message if it is invalid */
export function parseBar(text: string): Bar | string {
  const [size, ...flags] = text.toLowerCase().split(',');
  const match = /^(0x[0-9a-f]+|\d+)\s*([kmgt]?)(?:i?b)?$/.exec(size!);
  if (match === null) return 'not a size';
  const unknown = flags.find((flag) => !FLAGS.has(flag));
  if (unknown !== undefined) return `${unknown} is not a flag of a BAR`;
  const bytes = BigInt(match[1]!) * binaryUnit(match[2]!);
  if (bytes === 0n || (bytes & (bytes - 1n)) !== 0n || bytes > 1n << 63n)
    return "a BAR's size must be a power of two";
  const bar = {
    space: flags.includes('io') ? ('io' as const) : ('memory' as const),
    size: bytes,
    is64Bit: flags.includes('64bit'),
    prefetchable: flags.includes('prefetchable') || flags.includes('pref'),
  };
  return { name: barName(bar), ...bar };
}
