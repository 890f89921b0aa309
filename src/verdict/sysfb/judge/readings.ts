/** How the cells of a fragment may be read, where the cell counts are not given. */
import type { FragmentReading, Reading } from '../../../devicetree/address/readings.ts';
import { propertyOf } from '../../../devicetree/tree.ts';
import type { RuleFinding } from '../../question.ts';
import type { TreeSubject } from '../subject.ts';

export interface SubjectReading {
  /** `2/2/1`: child, parent, size. */
  readonly cells: string;
  readonly reading: Reading;
  /** The binding or OpenHCL's boot shim has these counts. */
  readonly byAuthority: boolean;
  /** For the best reading, the reasons. */
  readonly rules: readonly RuleFinding[];
}

/** microsoft,vmbus.yaml and openhcl_boot/src/dt.rs. */
const KNOWN_COUNTS: readonly string[] = ['2/2/1', '2/2/2'];

/** How many readings are judged. */
const MAX_READINGS = 6;

/** The readings of a fragment's `ranges`, the best first; none where the counts are given or the tree is whole. */
export function readingsOf(subject: TreeSubject): SubjectReading[] {
  const property = propertyIn(subject);
  if (property === undefined) return [];
  const found = property.readings.map((reading): SubjectReading => {
    const { child, parent, size } = reading.cells;
    const cells = `${child}/${parent}/${size}`;
    return { cells, reading, byAuthority: KNOWN_COUNTS.includes(cells), rules: [] };
  });
  // Readings by an authority are always kept.
  const kept = [
    ...found.filter(({ byAuthority }) => byAuthority),
    ...found.filter(({ byAuthority }) => !byAuthority),
  ];
  const [best, ...others] = kept.slice(0, MAX_READINGS);
  return best === undefined ? [] : [{ ...best, rules: rulesFor(best, property.cells) }, ...others];
}

/**
 * Why the cells of a fragment can't be VMBus' windows: they are a multiple of neither the binding's entries nor those of
 * the boot shim, and the node has no counts. Linux would take the whole entries and ignore the rest.
 */
export function whyNoReading(subject: TreeSubject): string | undefined {
  const property = propertyIn(subject);
  if (property === undefined || property.cells.length === 0) return undefined;
  if (['#address-cells', '#size-cells'].some((name) => propertyOf(subject.node, name) !== undefined))
    return undefined;
  const fits = property.readings.some(({ cells: { child, parent, size } }) =>
    KNOWN_COUNTS.includes(`${child}/${parent}/${size}`),
  );
  return fits
    ? undefined
    : `${property.cells.length} cells are neither whole entries of 5, as in the binding, nor of 6, as OpenHCL's boot shim writes them`;
}

function propertyIn(subject: TreeSubject): FragmentReading | undefined {
  return subject.description.readings.find(({ node, item }) => node === subject.node && item === 'ranges');
}

function rulesFor({ reading, cells }: SubjectReading, given: readonly number[]): RuleFinding[] {
  return [
    {
      id: 'cells-inferred',
      says: `No cell count is given; the best reading is ${cells} (child, parent, size).`,
      evidence: reading.reasons.map(({ says, weight }) => ({
        text: weight < 0 ? `against it: ${says}` : says,
      })),
    },
    ...exampleRule(given),
  ];
}

/** The `ranges` of the example in Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml. */
const BINDING_EXAMPLE = [0x0f, 0xf0000000, 0x0f, 0xf0000000, 0x10000000];

/** Tells the reader that a line may have been copied from the binding instead of from a machine. */
function exampleRule(cells: readonly number[]): RuleFinding[] {
  if (cells.length !== BINDING_EXAMPLE.length || cells.some((cell, at) => cell !== BINDING_EXAMPLE[at]))
    return [];
  return [
    {
      id: 'same-as-binding-example',
      says: 'The five cells equal the example of the binding; openhcl_boot writes six.',
      evidence: [
        {
          text: 'the line may be copied from there and not from a machine; the tree of the machine settles that',
          authority:
            'Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml; openhcl_boot/src/dt.rs writes #size-cells = 2',
        },
      ],
    },
  ];
}
