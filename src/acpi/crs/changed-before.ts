/**
 * What the operating system runs besides starting up before a driver asks a device for its `_CRS`: `_OSC`, `\_PIC`, `_PRT`,
 * `_CRS` of other devices and so on, in an order and with arguments that no table says. What such code may write and the
 * device's own methods read isn't known.
 */
import type { Interpreter } from '../interpreter/interpreter.ts';
import { forget } from '../interpreter/paths/forget.ts';
import { isContainer, leavesOf } from '../interpreter/paths/leaves.ts';
import { writesOf } from '../interpreter/paths/may-write.ts';
import { termsOfMethod } from '../interpreter/paths/rest-of-code.ts';
import { type Container, Writes } from '../interpreter/paths/writes.ts';
import {
  type AmlValue,
  BufferFieldObject,
  MethodObject,
  type NamespaceNode,
  TYPE,
  typeOf,
} from '../interpreter/state/objects.ts';
import { visibleNodes } from '../namespace/lookup.ts';
import type { ByteRange } from '../prune/unreferenced-devices.ts';
import type { NamePath } from '../terms/name.ts';
import { isName, type Term, termsWithin } from '../terms/term.ts';

/** What is asked of a device, and of those it stands in. */
const ASKED = ['_CRS', '_HID', '_CID', '_STA'] as const;
/** Run by starting up, or by events and on the way to sleep. */
const NOT_BETWEEN = /^_(?:INI|HID|CID|STA|PTS|WAK|GTS|BFS|TTS|[ELQ][0-9A-F]{2})$/;
/**
 * What controls a device. Linux disables link devices alone, sets what PNP devices use, and switches on what a driver
 * takes: of the devices that are asked about none of it makes them go away or move before their driver is there.
 */
const CONTROLS_DEVICE = /^_(?:DIS|SRS|PS[0-3]|PSW|DSW|EJ[0-4]|LCK)$/;
/** Methods without a name of the specification whose callers are looked for; more are taken for run. */
const MOST_SOUGHT = 64;

interface FoundMethod {
  readonly node: NamespaceNode;
  readonly term: Term;
  readonly body: Buffer;
}

/**
 * Makes unknown what may have been changed of what these devices' methods read.
 * @param leftOut pieces of the tables that were not loaded
 * @returns false where code that was left out may change it: the machine has to be loaded whole
 */
export function forgetChanges(
  interpreter: Interpreter,
  devices: ReadonlySet<NamespaceNode>,
  leftOut: readonly ByteRange[],
): boolean {
  const { methods: own, read } = whatTheyRead(interpreter, devices);
  if (read.size === 0) return true;
  const { methods, fields } = namespaceOf(interpreter);
  const containers = new Set([...read].flatMap(containersOf));
  const views = fields.filter((node) => containersOf(node).some((container) => containers.has(container)));
  const others = methods.filter(
    ({ node, term }) =>
      !own.has(term) && !(CONTROLS_DEVICE.test(node.segment) && node.parent && devices.has(node.parent)),
  );
  const pieces = leftOut.map(({ bytes, start, end }) => bufferOf(bytes, start, end));
  const isLeftOut = (segment: string): boolean =>
    pieces.some((piece) => piece.includes(segment, 0, 'latin1'));
  const used = new Set([...read, ...views]);
  // Every device has a `_CRS` or `_STA` of its own: to mean that of another, a path has to name that before it.
  const telling = [...used].map((node) =>
    node.segment.startsWith('_') ? `${node.parent?.segment ?? ''}${node.segment}` : node.segment,
  );
  if (telling.some(isLeftOut)) return false;
  const callers = new Callers(others, isLeftOut);
  const names = [...new Set([...used].map(({ segment }) => segment))];
  for (const method of others) {
    if (!names.some((segment) => method.body.includes(segment, 0, 'latin1'))) continue;
    const isRun = callers.mayRun(method);
    if (isRun === undefined) return false;
    if (!isRun) continue;
    const rest = { terms: termsOfMethod(method.term), scope: method.node, slots: [], key: method.node.path };
    const writes = among(writesOf(interpreter, [rest]), used, containers);
    const reason = `${method.node.path} may have run before and changed it`;
    forget(interpreter, writes, { reason, inputs: [] });
  }
  return true;
}

/** The methods that answer for devices, those that these call, and the named data that they use. */
function whatTheyRead(
  { root }: Interpreter,
  devices: Iterable<NamespaceNode>,
): { readonly methods: ReadonlySet<Term>; readonly read: ReadonlySet<NamespaceNode> } {
  const methods = new Set<Term>();
  const read = new Set<NamespaceNode>();
  const pending: NamespaceNode[] = [];
  for (const device of devices)
    for (const segment of ASKED) {
      const node = device.children.get(segment);
      if (node !== undefined) pending.push(node);
    }
  for (let node = pending.pop(); node; node = pending.pop()) {
    for (const leaf of leavesOf(node.object)) {
      if (!(leaf instanceof MethodObject)) {
        if (leaf !== undefined && isData(leaf)) read.add(node);
        continue;
      }
      const { term } = leaf;
      if (term === undefined || methods.has(term)) continue;
      methods.add(term);
      for (const name of namesIn(term))
        for (const used of visibleNodes(root, node, name)) if (!read.has(used)) pending.push(used);
    }
  }
  return { methods, read };
}

const DATA: ReadonlySet<number> = new Set([
  TYPE.integer,
  TYPE.string,
  TYPE.buffer,
  TYPE.package,
  TYPE.bufferField,
]);

function isData(value: AmlValue): boolean {
  return DATA.has(typeOf(value));
}

/** Every name in the body of a method. */
function* namesIn(method: Term): Generator<NamePath> {
  for (const { operands } of termsWithin(method.termsAt(2))) yield* operands.filter(isName);
}

/** The buffers, strings and packages that are written to where an object is. */
function containersOf({ object }: NamespaceNode): Container[] {
  return leavesOf(object)
    .map((leaf) => (leaf instanceof BufferFieldObject ? leaf.buffer : leaf))
    .filter(isContainer);
}

function bufferOf(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** All methods, and all buffer fields that last. */
function namespaceOf({ root }: Interpreter): {
  readonly methods: readonly FoundMethod[];
  readonly fields: readonly NamespaceNode[];
} {
  const methods: FoundMethod[] = [];
  const fields: NamespaceNode[] = [];
  const pending: NamespaceNode[] = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    pending.push(...node.children.values());
    for (const leaf of leavesOf(node.object)) {
      if (leaf instanceof BufferFieldObject) fields.push(node);
      if (!(leaf instanceof MethodObject) || leaf.term === undefined || leaf.table === undefined) continue;
      const { start, end } = leaf.term;
      methods.push({ node, term: leaf.term, body: bufferOf(leaf.table.bytes, start, end) });
    }
  }
  return { methods, fields };
}

/** Who calls methods, as far as names in their bytes say. */
class Callers {
  readonly #methods: readonly FoundMethod[];
  readonly #isLeftOut: (segment: string) => boolean;
  readonly #sought = new Set<string>();

  /** @param isLeftOut whether code that was not loaded mentions a name */
  constructor(methods: readonly FoundMethod[], isLeftOut: (segment: string) => boolean) {
    this.#methods = methods;
    this.#isLeftOut = isLeftOut;
  }

  /** Whether the operating system may run a method, or one that calls it; undefined where code that was left out may. */
  mayRun(method: FoundMethod): boolean | undefined {
    this.#sought.clear();
    const pending = [method];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { segment } = next.node;
      if (segment.startsWith('_')) {
        if (NOT_BETWEEN.test(segment)) continue;
        return true;
      }
      if (this.#sought.has(segment)) continue;
      if (this.#sought.size >= MOST_SOUGHT) return true;
      this.#sought.add(segment);
      if (this.#isLeftOut(segment)) return undefined;
      for (const other of this.#methods)
        if (other !== next && other.body.includes(segment, 0, 'latin1')) pending.push(other);
    }
    return false;
  }
}

/** Of what code may write that which is used. Where it may write anything, it may write all of that. */
function among(writes: Writes, used: ReadonlySet<NamespaceNode>, containers: ReadonlySet<Container>): Writes {
  const kept = new Writes();
  if (writes.anything) for (const node of used) kept.node(node, 'object');
  for (const [node, ways] of writes.nodes) if (used.has(node)) for (const how of ways) kept.node(node, how);
  for (const [buffer, ranges] of writes.bits)
    if (containers.has(buffer))
      for (const { first, length } of ranges.values()) kept.bitsOf(buffer, first, length);
  for (const [object, indices] of writes.elements)
    if (containers.has(object)) for (const index of indices ?? [undefined]) kept.element(object, index);
  return kept;
}
