/** Where other kernels translate the addresses of a tree otherwise. */
import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { type DeviceTree, pathOf } from '../tree.ts';
import { type AddressEntry, addressEntries, type DecodedEntries, type EntryOptions } from './entries.ts';
import { type AddressingProfile, type AddressingVariant, DEFAULT_ADDRESSING } from './profile.ts';

/** A tree that hangs on the kernel everywhere is told of so many addresses for each of them. */
const MAX_TOLD = 20;

/**
 * Reports each address that a variant translates otherwise than it was.
 * @param options with which the entries were decoded
 */
export function reportKernelDifferences(
  tree: DeviceTree,
  { entries, dependsOn }: DecodedEntries,
  options: EntryOptions,
  variants: readonly AddressingVariant[],
  sink: DiagnosticSink,
): void {
  const taken = options.addressing ?? DEFAULT_ADDRESSING;
  for (const { kernels, profile } of variants) {
    const parts = Object.keys(profile) as (keyof AddressingProfile)[];
    if (!parts.some((part) => profile[part] !== taken[part] && dependsOn.has(part))) continue;
    const others = addressEntries(tree, { add: () => {} }, { ...options, addressing: profile });
    const differing = entries.flatMap((entry, index) => {
      const other = others[index];
      return other && other.cpu !== entry.cpu ? [{ entry, other }] : [];
    });
    for (const { entry, other } of differing.slice(0, MAX_TOLD)) {
      const path = pathOf(entry.node);
      sink.add({
        severity: 'note',
        code: 'dt/translation-by-release',
        message: `${entry.item}[${entry.index}] of ${path} is ${placeText(entry)}; for ${kernels} it is ${placeText(other)}`,
        path,
        ...(entry.span ? { span: entry.span } : {}),
      });
    }
    if (differing.length > MAX_TOLD)
      sink.add({
        severity: 'note',
        code: 'dt/translation-by-release',
        message: `${differing.length - MAX_TOLD} more addresses differ for ${kernels}`,
        path: '/',
      });
  }
}

function placeText({ cpu, why }: AddressEntry): string {
  return cpu === null ? `no CPU address (${why ?? 'it does not translate'})` : `at ${hex(cpu)}`;
}
