/** What the other readings of a fragment's cells would answer. */

import { windowsOfReading } from '../window/from-device-tree.ts';
import type { AddressWindow } from '../window/window.ts';
import { Reasons, rangeText } from './judgement.ts';
import type { Kernel } from './kernel.ts';
import type { TreeSubject } from './subject.ts';
import { judgeTree } from './tree-judgement.ts';
import type { Condition } from './verdict.ts';

/** How many readings beside the best one are answered too. */
const MAX_OTHER_READINGS = 4;

/**
 * One condition a reading, the one that was taken first; none when the cell counts are given. Adds to `reasons` that the
 * counts were inferred, and why the best reading is the best.
 */
export function readingConditions(
  subject: TreeSubject,
  framebuffers: readonly AddressWindow[],
  kernel: Kernel,
  reasons: Reasons,
): Condition[] {
  const property = subject.description.readings.find(
    ({ node, item }) => node === subject.node && item === 'ranges',
  );
  const [best, ...others] = property?.readings ?? [];
  if (best === undefined) return [];
  const { child, parent, size } = best.cells;
  reasons.rule(
    'cells-inferred',
    `No cell count is given: the cells are read as ${child} of child address, ${parent} of parent address and ${size} of size.`,
    ...best.reasons.map(({ says, weight }) => ({ text: `${weight < 0 ? 'against' : 'for'}: ${says}` })),
  );
  reasons.assume(
    `#address-cells is ${child}, the parent's is ${parent}, #size-cells is ${size}`,
    'inferred from the cells themselves',
    '--cells CHILD,PARENT,SIZE',
  );
  sayIfExample(property?.cells ?? [], reasons);
  if (others.length === 0) return [];
  return [best, ...others.slice(0, MAX_OTHER_READINGS)].map((reading) => {
    const windows = windowsOfReading(subject.description, reading).filter(
      (window) => window.role === 'window' && window.origin.path === subject.path,
    );
    const judgement = judgeTree(
      { ...subject, windows },
      framebuffers,
      kernel,
      new Reasons({ add: () => {} }),
    );
    const { child, parent, size } = reading.cells;
    return {
      when: `the cells are ${child}/${parent}/${size} (child, parent, size): ${windows.map(rangeText).join(', ') || 'no entry'}`,
      answer: judgement.answer,
      ...(judgement.answer === 'not-needed' ? {} : { because: judgement.summary }),
    };
  });
}

/** The `ranges` of the example in Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml. */
const BINDING_EXAMPLE = [0x0f, 0xf0000000, 0x0f, 0xf0000000, 0x10000000];

/** A line may have been copied from the binding instead of from a machine; a reader has to know. */
function sayIfExample(cells: readonly number[], reasons: Reasons): void {
  if (cells.length !== BINDING_EXAMPLE.length || cells.some((cell, at) => cell !== BINDING_EXAMPLE[at]))
    return;
  reasons.rule(
    'same-as-binding-example',
    'These five cells are, number by number, the example in the binding; a machine whose boot shim writes 64-bit sizes has six.',
    {
      text: 'the quote may come from the binding and not from a machine; the tree of the machine itself would settle it',
      authority:
        'Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml; openhcl_boot/src/dt.rs writes #size-cells = 2',
    },
  );
}
