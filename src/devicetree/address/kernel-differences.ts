/** Addresses of a tree that other kernels translate differently. */
import { hex } from '../../bytes/address.ts';
import { type DiagnosticSink, IGNORED } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { type DeviceTree, pathOf } from '../tree.ts';
import { type AddressEntry, addressEntries, type DecodedEntries, type EntryOptions } from './entries.ts';
import { type AddressingProfile, type AddressingVariant, DEFAULT_ADDRESSING } from './profile.ts';

/** Addresses reported for each variant; the rest is counted. */
const MAX_REPORTED = 20;

/**
 * Reports each address that a variant translates differently.
 * @param options that the entries were decoded with
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
    const others = addressEntries(tree, IGNORED, { ...options, addressing: profile });
    const differing = entries.flatMap((entry, index) => {
      const other = others[index];
      return other && other.cpu !== entry.cpu ? [{ entry, other }] : [];
    });
    for (const { entry, other } of differing.slice(0, MAX_REPORTED)) {
      const path = pathOf(entry.node);
      const args = {
        item: entry.item,
        index: entry.index,
        path,
        here: placeText(entry),
        kernels,
        there: placeText(other),
      };
      sink.add(
        finding('dt/translation-by-release', args, { path, ...(entry.span ? { span: entry.span } : {}) }),
      );
    }
    const left = differing.length - MAX_REPORTED;
    if (left > 0) sink.add(finding('dt/more-translations-by-release', { left, kernels }, { path: '/' }));
  }
}

function placeText({ cpu, why }: AddressEntry): string {
  return cpu === null ? `no CPU address (${why ?? 'it does not translate'})` : `at ${hex(cpu)}`;
}
