/** How a window was derived, in words: cell by cell, bus by bus. */
import { hex } from '../bytes/address.ts';
import type { AddressFlags } from '../devicetree/address/bus.ts';
import type { CellCount } from '../devicetree/address/cells.ts';
import type { AddressEntry } from '../devicetree/address/entries.ts';
import type { TranslationStep } from '../devicetree/address/translate.ts';
import { pathOf } from '../devicetree/tree.ts';
import type { AddressWindow, DerivationStep } from './window.ts';

/** The steps by which a window was derived. */
export function derivationOf({ derivation }: Pick<AddressWindow, 'derivation'>): readonly DerivationStep[] {
  return 'entry' in derivation ? entryDerivation(derivation.entry) : derivation;
}

/** The source of a cell count, in words: `#address-cells = 2 of /bus`. */
export function countText(name: string, count: CellCount): string {
  switch (count.from) {
    case 'own':
      return `${name} = ${count.cells} of ${count.node}`;
    case 'ancestor':
      return `${name} = ${count.cells} of ${count.node}, an ancestor, as Linux looks for it`;
    case 'default':
      return `${name} = ${count.cells}, which Linux assumes: no node has it`;
    case 'bus type':
      return `${count.cells} cells by the bus type of ${count.node}`;
    case 'given':
      return `${name} = ${count.cells}, as given`;
    case 'inferred':
      return `${name} = ${count.cells}, inferred`;
  }
}

function cellsText(cells: readonly number[]): string {
  return `<${cells.map((cell) => hex(cell)).join(' ')}>`;
}

/** An address on a bus: `mem32 0xe0000000` where the bus has several kinds of them. */
export function busAddressText(address: bigint, space: AddressFlags['space']): string {
  return space === undefined ? hex(address) : `${space} ${hex(address)}`;
}

/** A note that the address follows a flags cell, unless the kind of address shows it. */
function afterFlags(flags: AddressFlags | undefined): string {
  return flags && flags.space === undefined ? ' after the flags cell' : '';
}

/** The steps cell by cell: the cells of each number, with the source of the count; then each bus up to the CPU. */
export function entryDerivation(entry: AddressEntry): DerivationStep[] {
  const { cells, counts, item, span } = entry;
  const child = counts.childAddress;
  const parent = counts.parentAddress;
  const at = span ? { span } : {};
  const steps: DerivationStep[] = [
    {
      what: item === 'reg' ? 'address' : 'child address',
      text: `${cellsText(cells.slice(0, child.cells))} -> ${busAddressText(entry.base, entry.flags?.space)}${afterFlags(entry.flags)} (${countText('#address-cells', child)})`,
      ...at,
    },
  ];
  let used = child.cells;
  if (parent && entry.parent !== null) {
    const { parentFlags } = entry;
    const address = busAddressText(parentFlags?.number ?? entry.parent, parentFlags?.flags.space);
    steps.push({
      what: 'parent address',
      text: `${cellsText(cells.slice(used, used + parent.cells))} -> ${address}${afterFlags(parentFlags?.flags)} (${countText('#address-cells', parent)})`,
      ...at,
    });
    used += parent.cells;
  }
  if (entry.size !== null)
    steps.push({
      what: 'size',
      text: `${cellsText(cells.slice(used))} -> ${hex(entry.size)} (${countText('#size-cells', counts.size)})`,
      ...at,
    });
  for (const step of entry.steps)
    steps.push({ what: 'translate', text: stepText(step), ...(step.span ? { span: step.span } : {}) });
  steps.push({
    what: 'CPU address',
    text: entry.cpu === null ? `unknown: ${entry.why ?? 'does not translate'}` : hex(entry.cpu),
  });
  return steps;
}

/** One translation by a bus, as a line. */
export function stepText(step: TranslationStep): string {
  const bus = pathOf(step.bus);
  const path = `${busAddressText(step.from, step.fromSpace)} -> ${busAddressText(step.to, step.toSpace)}`;
  if (step.how === 'empty') return `${bus}: ${step.item} is empty, 1:1, ${path}`;
  if (step.how === 'missing') return `${bus}: no ${step.item}, 1:1, ${path}`;
  const { entry } = step;
  const range = entry
    ? ` (child ${busAddressText(entry.child, entry.childSpace)}, parent ${busAddressText(entry.parent, entry.parentSpace)}, size ${hex(entry.size)})`
    : '';
  return `${bus}: ${step.item}[${step.index ?? 0}]${range}, ${path}`;
}
