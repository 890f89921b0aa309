/** Compares the windows of two descriptions, matched by device and meaning rather than by order. */
import { formatCondition, formatQuantity, Names } from '../symbolic/index.ts';
import type { AddressWindow } from '../window/window.ts';

/** What differs in a window that both sides have. */
export type Aspect = 'device' | 'base' | 'size' | 'condition' | 'flags' | 'certainty';

export type WindowChange =
  | { readonly did: 'added'; readonly after: AddressWindow }
  | { readonly did: 'removed'; readonly before: AddressWindow }
  | {
      /** `moved`: another base; `resized`: another size, with another base or not; `changed`: neither. */
      readonly did: 'moved' | 'resized' | 'changed';
      readonly before: AddressWindow;
      readonly after: AddressWindow;
      readonly what: readonly Aspect[];
    };

/** A window with the texts that it is compared by. */
interface Shape {
  readonly window: AddressWindow;
  readonly group: string;
  readonly base: string;
  readonly size: string;
  readonly condition: string;
  readonly flags: string;
}

/**
 * Conditions and bounds are compared as text, which is a normal form: two runs over the same tables create distinct field
 * objects.
 */
function shapesOf(windows: readonly AddressWindow[]): Shape[] {
  const names = new Names();
  return windows.map((window) => {
    const { space, role, base, size, origin, flags } = window;
    return {
      window,
      group: [space, role, origin.path, origin.item].join('\0'),
      base: base === null ? '' : formatQuantity(base, names),
      size: size === null ? '' : formatQuantity(size, names),
      condition: window.certainty === 'conditional' ? formatCondition(window.when, names) : '',
      flags: JSON.stringify([flags.prefetchable === true, flags.available !== false, flags.pci ?? null]),
    };
  });
}

/** Criteria for pairing windows, tried in this order, the most specific first. */
const LIKENESS: readonly ((a: Shape, b: Shape) => boolean)[] = [
  (a, b) => a.base === b.base && a.size === b.size && a.condition === b.condition && a.flags === b.flags,
  (a, b) => a.base === b.base && a.size === b.size && a.condition === b.condition,
  (a, b) => a.base === b.base && a.size === b.size,
  (a, b) => a.base === b.base && a.condition === b.condition,
  (a, b) => a.size === b.size && a.condition === b.condition && a.flags === b.flags,
  (a, b) => a.base === b.base,
  (a, b) => a.size === b.size,
  (a, b) => a.flags === b.flags,
];

/** The criterion for windows of devices of different names, which may be a renamed device. */
const OTHER_DEVICE = (a: Shape, b: Shape): boolean => {
  const [x, y] = [a.window, b.window];
  return (
    x.space === y.space &&
    x.role === y.role &&
    x.origin.item === y.origin.item &&
    a.base === b.base &&
    a.size === b.size &&
    a.base !== ''
  );
};

/** Pairs windows that are alike, each at most once, and removes them from both lists. */
function pairUp(
  before: Shape[],
  after: Shape[],
  alike: (a: Shape, b: Shape) => boolean,
): (readonly [Shape, Shape])[] {
  const pairs: (readonly [Shape, Shape])[] = [];
  for (let i = 0; i < before.length; ) {
    const one = before[i]!;
    const at = after.findIndex((other) => alike(one, other));
    if (at < 0) {
      i += 1;
      continue;
    }
    pairs.push([one, after[at]!]);
    before.splice(i, 1);
    after.splice(at, 1);
  }
  return pairs;
}

function changeOf([a, b]: readonly [Shape, Shape]): WindowChange | undefined {
  const what: Aspect[] = [
    ...(a.window.origin.path === b.window.origin.path ? [] : ['device' as const]),
    ...(a.base === b.base ? [] : ['base' as const]),
    ...(a.size === b.size ? [] : ['size' as const]),
    ...(a.condition === b.condition ? [] : ['condition' as const]),
    ...(a.flags === b.flags ? [] : ['flags' as const]),
    ...(a.window.certainty === b.window.certainty ? [] : ['certainty' as const]),
  ];
  if (what.length === 0) return undefined;
  const did = what.includes('size') ? 'resized' : what.includes('base') ? 'moved' : 'changed';
  return { did, before: a.window, after: b.window, what };
}

function byGroup(shapes: readonly Shape[]): Map<string, Shape[]> {
  const groups = new Map<string, Shape[]>();
  for (const shape of shapes) {
    const group = groups.get(shape.group);
    if (group === undefined) groups.set(shape.group, [shape]);
    else group.push(shape);
  }
  return groups;
}

/**
 * The differences, in the order of the windows after, removed windows last. Windows of one device, role and kind of entry are
 * paired by {@link LIKENESS}; the rest may be paired across devices by {@link OTHER_DEVICE}.
 */
export function compareWindows(
  before: readonly AddressWindow[],
  after: readonly AddressWindow[],
): WindowChange[] {
  const groupsBefore = byGroup(shapesOf(before));
  const groupsAfter = byGroup(shapesOf(after));
  const changes: WindowChange[] = [];
  const removed: Shape[] = [];
  const added: Shape[] = [];
  for (const key of new Set([...groupsBefore.keys(), ...groupsAfter.keys()])) {
    const [old, fresh] = [groupsBefore.get(key) ?? [], groupsAfter.get(key) ?? []];
    for (const alike of LIKENESS)
      changes.push(...pairUp(old, fresh, alike).flatMap((pair) => changeOf(pair) ?? []));
    removed.push(...old);
    added.push(...fresh);
  }
  changes.push(...pairUp(removed, added, OTHER_DEVICE).flatMap((pair) => changeOf(pair) ?? []));
  changes.push(...added.map(({ window }): WindowChange => ({ did: 'added', after: window })));
  const order = new Map(after.map((window, index) => [window, index]));
  const place = (change: WindowChange): number =>
    change.did === 'removed' ? after.length : (order.get(change.after) ?? after.length);
  changes.sort((a, b) => place(a) - place(b));
  const gone = before.filter((window) => removed.some((shape) => shape.window === window));
  return [...changes, ...gone.map((window): WindowChange => ({ did: 'removed', before: window }))];
}
