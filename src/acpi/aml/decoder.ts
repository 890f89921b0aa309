/**
 * AML bytes to terms, driven by the opcode table. No native recursion: terms under construction are frames on a
 * stack; those without terms inside need none. Every length is held against the package around it; what can't be read
 * becomes an `Unreadable` term up to the end of the list it stands in, and reading goes on behind that list.
 */

import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { NamePath } from '../name.ts';
import { formatName } from '../name.ts';
import type { DeclaredNamespace, DeclaredObject } from '../namespace/declared.ts';
import {
  EXTENSION_PREFIX,
  OPCODE_BY_BYTE,
  OPCODE_BY_EXTENDED_BYTE,
  OPCODES,
  type Opcode,
} from '../opcodes.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from '../tables/table.ts';
import { type FieldElement, type Operand, Term } from '../term.ts';
import { readFieldList } from './field-list.ts';
import { type NameReader, startsName } from './names.ts';
import { packageLength, packageLengthSize } from './package-length.ts';
import type { SecludedDevices } from './secluded.ts';
import * as shape from './shape.ts';

/** Terms inside terms: real tables reach about 40. */
export const MAX_TERM_DEPTH = 4000;
/** Type byte of an External that is a method (ACPI 6.5, table of ObjectType). */
const EXTERNAL_METHOD = 8;

/** A name that stands where a value is wanted and isn't declared: its argument count is a guess. */
export interface GuessedName {
  readonly name: NamePath;
  readonly scope: DeclaredObject;
  readonly table: AcpiTable;
  readonly start: number;
  readonly argumentCount: number;
}

/** What a decoder needs from around the table. */
export interface DecodeContext {
  readonly namespace: DeclaredNamespace;
  readonly names: NameReader;
  readonly sink: DiagnosticSink;
  /** Names met so far whose argument count is a guess. */
  readonly guessed: GuessedName[];
  /** What is left out: devices that nobody asked for and nothing mentions. */
  readonly secluded: SecludedDevices | undefined;
  /** While tables are read: every name in a value's place, and how many arguments it was given. */
  lookups: { scope: DeclaredObject; name: NamePath; count: number }[] | undefined;
}

/** Decodes the terms of a whole table. Method bodies are decoded when their operands are first asked for. */
export function decodeTable(table: AcpiTable, context: DecodeContext): Term[] {
  const decoder = new Decoder(table, context, true);
  return decoder.list(TABLE_HEADER_LENGTH, table.bytes.length, context.namespace.root, false);
}

/** A term under construction. */
class Frame {
  declare readonly op: Opcode;
  declare readonly shape: shape.Shape;
  /** Index of the operand that is next, and how many there are, package lengths being none. */
  declare at: number;
  declare count: number;
  /** Made in its full length: an array that grows takes more room than most terms have operands. */
  declare readonly operands: Operand[];
  declare readonly start: number;
  /** Exclusive end of the package, or of the package around a term without one. */
  declare end: number;
  declare hasPackage: boolean;
  /** What a call calls; its operands here are the arguments. */
  declare callee: NamePath | undefined;
  /** The list being filled, when the operand is one. */
  declare list: Term[] | undefined;
  /** Where names inside are resolved. */
  declare scope: DeclaredObject;
  /** Only what runs makes what is declared inside. */
  declare readonly conditional: boolean;

  constructor(
    op: Opcode,
    operandShape: shape.Shape,
    start: number,
    end: number,
    scope: DeclaredObject,
    conditional: boolean,
  ) {
    this.op = op;
    this.shape = operandShape;
    this.at = 0;
    this.count = 0;
    this.operands = new Array<Operand>(
      operandShape[0] === shape.PKG_LENGTH ? operandShape.length - 1 : operandShape.length,
    );
    this.start = start;
    this.end = end;
    this.hasPackage = false;
    this.callee = undefined;
    this.list = undefined;
    this.scope = scope;
    this.conditional = conditional;
  }

  /** The next operand. */
  take(operand: Operand): void {
    this.operands[this.count] = operand;
    this.count += 1;
    this.at += 1;
  }
}

/** Lists up to this length are kept in arrays of that length. */
const SHORT_LIST = 12;

const TABLE_SHAPE: shape.Shape = [shape.TERM_LIST];
const NO_OPERANDS: readonly Operand[] = [];
/** Numbers below this have operands made once. */
const SHARED_NUMBERS = 256;
const SMALL: (readonly Operand[] | undefined)[] = new Array(SHARED_NUMBERS).fill(undefined);

/** What stands at the cursor is no term without terms inside. */
const DEEPER = 1;
const NO_TERM = 2;

class Decoder {
  readonly #table: AcpiTable;
  readonly #bytes: Uint8Array;
  readonly #context: DecodeContext;
  readonly #names: NameReader;
  /** The table's own code is read, and no method's. */
  readonly #loading: boolean;
  #pos = 0;
  /** What {@link DEEPER} met: a call of the name, or an opcode. */
  #callee: NamePath | undefined;
  #callCount = 0;
  #opcode: Opcode = OPCODES.Noop;

  constructor(table: AcpiTable, context: DecodeContext, loading: boolean) {
    this.#loading = loading;
    this.#table = table;
    this.#bytes = table.bytes;
    this.#context = context;
    this.#names = context.names;
  }

  /** The terms in [start, end). */
  list(start: number, end: number, scope: DeclaredObject, conditional: boolean): Term[] {
    const result: Term[] = [];
    const root = new Frame(
      OPCODES.Scope,
      TABLE_SHAPE,
      start,
      Math.min(end, this.#bytes.length),
      scope,
      conditional,
    );
    root.list = result;
    const stack: Frame[] = [root];
    this.#pos = start;
    for (;;) {
      const frame = stack[stack.length - 1]!;
      const problem =
        frame.list === undefined ? this.#operands(frame, stack) : this.#terms(frame, frame.list, stack);
      if (problem !== undefined) this.#fail(stack, problem);
      else if (stack[stack.length - 1] !== frame) continue;
      else if (frame === root) return result;
      else {
        stack.pop();
        this.#complete(frame, stack[stack.length - 1]!);
      }
    }
  }

  /**
   * Reads terms of a list until its end or until one has terms inside, whose frame goes on the stack. The text of the
   * problem when one can't be read.
   */
  #terms(frame: Frame, list: Term[], stack: Frame[]): string | undefined {
    const kind =
      frame.shape[frame.at] === shape.PACKAGE_ELEMENT_LIST ? shape.DATA_REF_OBJECT : shape.TERM_ARG;
    const secluded = this.#loading ? this.#context.secluded : undefined;
    const isData = secluded && ((bytes: Uint8Array, at: number) => this.#isData(bytes, at, frame));
    while (this.#pos < frame.end) {
      if (secluded !== undefined && isData !== undefined) {
        // Left out as if it weren't there.
        const behind = secluded.endAt(this.#bytes, this.#pos, frame.end, isData);
        if (behind >= 0) {
          this.#pos = behind;
          continue;
        }
      }
      if (stack.length > MAX_TERM_DEPTH) return 'terms are nested too deep';
      const term = this.#leaf(kind, frame.end, frame.scope);
      if (term === DEEPER) {
        this.#push(frame, stack);
        return undefined;
      }
      if (term === NO_TERM || term === null) return 'no opcode';
      list.push(term);
    }
    frame.list = undefined;
    frame.take(list.length < SHORT_LIST ? list.slice() : list);
    return frame.at < frame.shape.length ? this.#operands(frame, stack) : undefined;
  }

  /** As {@link #terms}, for the operands that are left. A list among them gets terms when it is the frame's turn again. */
  #operands(frame: Frame, stack: Frame[]): string | undefined {
    const { shape: kinds } = frame;
    while (frame.at < kinds.length) {
      const kind = kinds[frame.at]!;
      if (kind >= shape.TERM_ARG && kind <= shape.LAST_TERM) {
        if (stack.length > MAX_TERM_DEPTH) return 'terms are nested too deep';
        const term = this.#leaf(kind, frame.end, frame.scope);
        if (term === DEEPER) {
          this.#push(frame, stack);
          return undefined;
        }
        if (term === NO_TERM) return 'no term where one must be';
        frame.take(term);
        continue;
      }
      if (kind === shape.TERM_LIST || kind === shape.PACKAGE_ELEMENT_LIST) {
        frame.list = [];
        return this.#terms(frame, frame.list, stack);
      }
      const problem = this.#datum(kind, frame);
      if (problem !== undefined) return problem;
      // A method's body waits until somebody wants it.
      if (kind === shape.BYTE_DATA && frame.op === OPCODES.Method) return undefined;
    }
    return undefined;
  }

  /** The frame of the term that {@link #leaf} found to have terms inside. */
  #push(parent: Frame, stack: Frame[]): void {
    const callee = this.#callee;
    if (callee !== undefined) {
      const kinds = shape.CALL_SHAPES[this.#callCount]!;
      const { end, scope, conditional } = parent;
      const frame = new Frame(OPCODES.MethodCall, kinds, this.#start, end, scope, conditional);
      frame.callee = callee;
      stack.push(frame);
      return;
    }
    const op = this.#opcode;
    const conditional =
      parent.conditional || op === OPCODES.If || op === OPCODES.Else || op === OPCODES.While;
    stack.push(new Frame(op, shape.shapeOf(op), this.#start, parent.end, parent.scope, conditional));
  }

  #start = 0;

  /**
   * The term at the cursor, if it has no terms inside; null is no target. The cursor is then behind it, else as far as
   * the name or opcode was read.
   */
  #leaf(kind: number, end: number, scope: DeclaredObject): Term | null | typeof DEEPER | typeof NO_TERM {
    const bytes = this.#bytes;
    const start = this.#pos;
    if (start >= end) return NO_TERM;
    this.#start = start;
    const first = bytes[start]!;
    let value: bigint | string;
    switch (first) {
      case 0x00:
        this.#pos = start + 1;
        // The null name: no target. Where a target is a must, it stands for none all the same, as in ACPICA.
        if (kind !== shape.TERM_ARG && kind !== shape.DATA_REF_OBJECT) return null;
        return new Term(OPCODES.Zero, NO_OPERANDS, start, start + 1);
      case 0x0a:
        if (start + 2 > end) return NO_TERM;
        this.#pos = start + 2;
        return new Term(OPCODES.Byte, small(bytes[start + 1]!), start, start + 2);
      case 0x0b: {
        if (start + 3 > end) return NO_TERM;
        this.#pos = start + 3;
        const word = bytes[start + 1]! | (bytes[start + 2]! << 8);
        const operands = word < SHARED_NUMBERS ? small(word) : [BigInt(word)];
        return new Term(OPCODES.Word, operands, start, start + 3);
      }
      case 0x0c:
        if (start + 5 > end) return NO_TERM;
        this.#pos = start + 5;
        return new Term(OPCODES.DWord, [BigInt(dword(bytes, start + 1))], start, start + 5);
      case 0x0e:
        if (start + 9 > end) return NO_TERM;
        this.#pos = start + 9;
        value = (BigInt(dword(bytes, start + 5)) << 32n) | BigInt(dword(bytes, start + 1));
        return new Term(OPCODES.QWord, [value], start, start + 9);
      case 0x0d: {
        const nul = bytes.indexOf(0, start + 1);
        if (nul < 0 || nul >= end) return NO_TERM;
        value = '';
        for (let i = start + 1; i < nul; i++) value += String.fromCharCode(bytes[i]!);
        this.#pos = nul + 1;
        return new Term(OPCODES.String, [value], start, nul + 1);
      }
      default:
    }
    if (startsName(first)) return this.#name(kind, end, scope);
    let op: Opcode | undefined;
    let next = start + 1;
    if (first === EXTENSION_PREFIX) {
      if (next >= end) return NO_TERM;
      op = OPCODE_BY_EXTENDED_BYTE[bytes[next]!];
      next += 1;
    } else op = OPCODE_BY_BYTE[first];
    if (op === undefined) return NO_TERM;
    this.#pos = next;
    if (op.operands.length === 0) return new Term(op, NO_OPERANDS, start, next);
    this.#callee = undefined;
    this.#opcode = op;
    return DEEPER;
  }

  /** A name in a term's place: a method call, where a value is wanted and the name is a method's. */
  #name(kind: number, end: number, scope: DeclaredObject): Term | typeof DEEPER | typeof NO_TERM {
    const start = this.#pos;
    const name = this.#names.read(this.#bytes, start, end);
    if (name === undefined) return NO_TERM;
    this.#pos = this.#names.end;
    let count = -1;
    if (shape.isCallable(kind)) {
      const { namespace, lookups } = this.#context;
      count = Math.min(namespace.argumentCount(scope, name), shape.MAX_ARGUMENTS);
      lookups?.push({ scope, name, count });
      if (count === -2)
        this.#context.guessed.push({ name, scope, table: this.#table, start, argumentCount: 0 });
    }
    if (count < 0) return new Term(OPCODES.NamePath, [name], start, this.#pos);
    if (count === 0) return new Term(OPCODES.MethodCall, [name, []], start, this.#pos);
    this.#callee = name;
    this.#callCount = count;
    return DEEPER;
  }

  /** Is the name at an offset that of a plain field or value, to read which does nothing? */
  #isData(bytes: Uint8Array, at: number, { end, scope }: Frame): boolean {
    const name = this.#names.read(bytes, at, end);
    const found = name && this.#context.namespace.resolve(scope, name);
    return found?.kind === 'Field' || found?.kind === 'Name';
  }

  /** Hands a finished term to the term around it. */
  #complete(frame: Frame, parent: Frame): void {
    const { op, operands, start } = frame;
    let term: Term;
    if (op === OPCODES.Method) term = this.#method(frame);
    else {
      if (frame.hasPackage) this.#pos = frame.end;
      if (frame.callee !== undefined)
        term = new Term(op, [frame.callee, operands as Term[]], start, this.#pos);
      else term = new Term(op, operands, start, this.#pos);
    }
    if (op.defines !== 'nothing' || op === OPCODES.External) this.#declare(term, frame, parent.conditional);
    if (parent.list !== undefined) parent.list.push(term);
    else parent.take(term);
  }

  /** After a method's flags: the arguments are known, the body is left for later. */
  #method({ operands, scope, start, end }: Frame): Term {
    const [name, flags] = operands as [NamePath, number];
    if (scope.kind === 'Method' || scope.kind === undefined) {
      scope.kind = 'Method';
      scope.argumentCount ??= flags & 7;
    }
    const bodyStart = this.#pos;
    const table = this.#table;
    const context = this.#context;
    this.#pos = end;
    if (this.#loading) context.secluded?.confirmMethod(this.#bytes, start);
    return new Term(
      OPCODES.Method,
      () => [name, flags, new Decoder(table, context, false).list(bodyStart, end, scope, true)],
      start,
      end,
    );
  }

  /** Reads one operand that is no term. The text of the problem when it can't be read. */
  #datum(kind: number, frame: Frame): string | undefined {
    const bytes = this.#bytes;
    const at = this.#pos;
    const { end } = frame;
    switch (kind) {
      case shape.PKG_LENGTH:
        return this.#packageLength(frame);
      case shape.NAME_STRING: {
        const name = this.#names.read(bytes, at, end);
        if (name === undefined) return 'no name where one must be';
        this.#pos = this.#names.end;
        frame.take(name);
        const { defines } = frame.op;
        if (defines === 'scope' || defines === 'reopen') this.#enter(frame, name);
        break;
      }
      case shape.BYTE_DATA:
        if (at + 1 > end) return 'cut short';
        this.#pos = at + 1;
        frame.take(bytes[at]!);
        break;
      case shape.WORD_DATA:
        if (at + 2 > end) return 'cut short';
        this.#pos = at + 2;
        frame.take(bytes[at]! | (bytes[at + 1]! << 8));
        break;
      case shape.DWORD_DATA:
        if (at + 4 > end) return 'cut short';
        this.#pos = at + 4;
        frame.take(dword(bytes, at));
        break;
      case shape.BYTE_LIST:
        this.#pos = end;
        frame.take(bytes.subarray(at, end));
        break;
      case shape.FIELD_LIST: {
        const list = readFieldList(bytes, at, end, this.#names, (from, to) => {
          this.#pos = from;
          const term = this.#leaf(shape.TERM_ARG, to, frame.scope);
          return term instanceof Term ? term : undefined;
        });
        this.#pos = list.end;
        frame.take(list.elements);
        return list.problem;
      }
      default:
        throw new Error(`an operand of kind ${kind} of ${frame.op.name} is read with the constants`);
    }
    return undefined;
  }

  #packageLength(frame: Frame): string | undefined {
    const bytes = this.#bytes;
    const at = this.#pos;
    if (at >= frame.end || at + packageLengthSize(bytes[at]!) > frame.end)
      return 'a package length that is cut short';
    this.#pos = at + packageLengthSize(bytes[at]!);
    const end = at + packageLength(bytes, at);
    if (end < this.#pos) return 'a package that ends before it begins';
    if (end > frame.end) {
      this.#report(
        'acpi/package-end',
        at,
        frame,
        `${frame.op.name} says it ends at offset ${hex(end)}, what it stands in ends at ${hex(frame.end)}`,
      );
    } else frame.end = end;
    frame.hasPackage = true;
    frame.at += 1;
    return undefined;
  }

  /** A name that opens a scope: what follows inside is resolved there. */
  #enter(frame: Frame, name: NamePath): void {
    const { namespace } = this.#context;
    if (frame.op.defines === 'reopen') {
      frame.scope = namespace.resolve(frame.scope, name) ?? namespace.locate(frame.scope, name);
      return;
    }
    const object = namespace.locate(frame.scope, name);
    frame.scope = object;
    if (object.kind === undefined) object.kind = frame.op.name;
  }

  /** Enters what a finished term declares into the declared namespace. */
  #declare(term: Term, frame: Frame, conditional: boolean): void {
    const { namespace } = this.#context;
    const { op } = term;
    const table = this.#table;
    switch (op.defines) {
      case 'reopen':
        return;
      case 'scope':
        frame.scope.declare({ term, table, conditional });
        return;
      case 'fields': {
        const declaration = { term, table, conditional };
        const { scope } = frame;
        for (const element of frame.operands.at(-1) as readonly FieldElement[]) {
          if (element.kind !== 'named') continue;
          const object = scope.child(element.name);
          object.kind ??= op.name;
          object.declare(declaration, element);
        }
        return;
      }
      default:
    }
    if (op === OPCODES.External) {
      const object = namespace.locate(frame.scope, term.operands[0] as NamePath);
      if (object.kind === undefined && term.operands[1] === EXTERNAL_METHOD)
        object.argumentCount ??= term.operands[2] as number;
      return;
    }
    // The name comes first, save for Alias and the Create…Field terms, where it comes last.
    const first = op.operands[0] === 'NameString' && op !== OPCODES.Alias;
    const name = (first ? frame.operands[0] : frame.operands.at(-1)) as NamePath;
    const object = namespace.locate(frame.scope, name);
    if (op === OPCODES.Alias && object.kind === undefined) object.target = frame.operands[0] as NamePath;
    object.kind ??= op.name;
    object.declare({ term, table, conditional });
  }

  /** Gives up the innermost list: its rest becomes one Unreadable term. */
  #fail(stack: Frame[], problem: string): void {
    let from = this.#pos;
    while (stack.at(-1)!.list === undefined) from = stack.pop()!.start;
    const frame = stack.at(-1)!;
    const at = Math.min(from, frame.end);
    const first = this.#bytes[at];
    this.#report(
      'acpi/unreadable-aml',
      at,
      frame,
      `${problem} at offset ${hex(this.#pos)}: ${frame.end - at} bytes of AML from offset ${hex(at)} can't be read${first === undefined ? '' : ` (they begin with ${hex(first)})`}`,
    );
    frame.list!.push(new Term(OPCODES.Unreadable, [this.#bytes.subarray(at, frame.end)], at, frame.end));
    this.#pos = frame.end;
  }

  #report(code: string, at: number, frame: Frame, message: string): void {
    const { source, offset } = this.#table;
    this.#context.sink.add({
      severity: 'error',
      code,
      message: `${this.#table.name}: ${message}`,
      span: { source, start: offset + at, end: offset + at + 1 },
      path: frame.scope.path,
    });
  }
}

/** The operands of a constant, made once for each small number. */
function small(value: number): readonly Operand[] {
  let operands = SMALL[value];
  if (operands === undefined) {
    operands = [BigInt(value)];
    SMALL[value] = operands;
  }
  return operands;
}

function dword(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** How a guessed name reads in a message. */
export function formatGuessed(guessed: GuessedName): string {
  return `${formatName(guessed.name)} (used in ${guessed.scope.path})`;
}
