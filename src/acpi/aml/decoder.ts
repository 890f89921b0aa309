/**
 * Decodes AML into terms, driven by the opcode table. There is no native recursion: terms under construction are on an
 * explicit stack, except for those without nested terms. Every length is checked against the enclosing package. What
 * cannot be decoded becomes an `Unreadable` term up to the end of the enclosing list, and decoding continues after it.
 */

import { hex } from '../../bytes/address.ts';
import type { Diagnostic, DiagnosticSink, Where } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { InnerLimit, moreThan } from '../../limits/limits.ts';
import type { DeclaredNamespace, DeclaredObject } from '../namespace/declared.ts';
import type { UndecodedBody } from '../namespace/undecoded.ts';
import type { UnreferencedDevices } from '../prune/unreferenced-devices.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from '../tables/table.ts';
import type { NamePath } from '../terms/name.ts';
import {
  EXTENSION_PREFIX,
  OPCODE_BY_BYTE,
  OPCODE_BY_EXTENDED_BYTE,
  OPCODES,
  type Opcode,
} from '../terms/opcodes.ts';
import { LateOperands, type Operand, Term } from '../terms/term.ts';
import { dwordAt, readConstant, startsConstant, wordAt } from './constants.ts';
import { declare, declares, openedScope } from './declarations.ts';
import { readFieldList } from './field-list.ts';
import { type NameReader, startsName } from './names.ts';
import { OpenTerm } from './open-term.ts';
import { packageLength, packageLengthSize } from './package-length.ts';
import { PlainPackage, plainPackageEnd } from './plain-package.ts';
import * as shape from './shape.ts';

const AML_DEPTH = new InnerLimit('aml-depth');

/** What the decoders of all tables of a machine share. */
export interface DecodeContext {
  readonly namespace: DeclaredNamespace;
  readonly names: NameReader;
  readonly sink: DiagnosticSink;
  /** Devices to leave out: they were not asked for and nothing refers to them. */
  readonly unreferenced: UnreferencedDevices | undefined;
  /** While tables are decoded: every name where a call may be, and how many arguments it was decoded with (-1: none). */
  lookups: { scope: DeclaredObject; name: NamePath; count: number }[] | undefined;
}

/** Decodes the terms of a whole table. A method's body is decoded when its operands are first used. */
export function decodeTable(table: AcpiTable, context: DecodeContext): Term[] {
  const decoder = new Decoder(table, context, true);
  return decoder.list(TABLE_HEADER_LENGTH, table.bytes.length, context.namespace.root, false);
}

const TABLE_SHAPE: shape.Shape = [shape.TERM_LIST];
const ELEMENTS_SHAPE: shape.Shape = [shape.PACKAGE_ELEMENT_LIST];
const NO_OPERANDS: Term['operands'] = [];

/** NullName, where a target is expected; where a value is expected, this byte is ZeroOp. */
const NULL_NAME = 0x00;

/** Results of `#leaf` that are no term: the term at the cursor has nested terms; there is no term. */
const DEEPER = 1;
const NO_TERM = 2;

/** Index of a method's body in its operands. */
const METHOD_BODY = 2;

/** The operands of a method. Its body is decoded on first use. */
class MethodOperands extends LateOperands implements UndecodedBody {
  readonly table: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly #head: readonly [name: NamePath, flags: number];
  readonly #body: () => Term[];

  /** @param bytes the table's @param start of the body @param end exclusive */
  constructor(
    head: readonly [name: NamePath, flags: number],
    bytes: Uint8Array,
    start: number,
    end: number,
    body: () => Term[],
  ) {
    super();
    this.#head = head;
    this.table = bytes;
    this.start = start;
    this.end = end;
    this.#body = body;
  }

  override at(index: number): Operand | undefined {
    return index < METHOD_BODY ? this.#head[index] : super.at(index);
  }

  decode(): void {
    void this.operands;
  }

  protected make(): readonly Operand[] {
    return [...this.#head, this.#body()];
  }
}

class Decoder {
  readonly #table: AcpiTable;
  readonly #bytes: Uint8Array;
  readonly #context: DecodeContext;
  readonly #names: NameReader;
  /** The table's module-level code is decoded, not a method's body. */
  readonly #loading: boolean;
  #pos = 0;
  /** After {@link DEEPER}: the method and argument count of a call, otherwise the opcode. */
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

  /** Decodes the terms in [start, end). */
  list(
    start: number,
    end: number,
    scope: DeclaredObject,
    conditional: boolean,
    listShape: shape.Shape = TABLE_SHAPE,
  ): Term[] {
    const result: Term[] = [];
    const root = new OpenTerm(
      OPCODES.Scope,
      listShape,
      start,
      Math.min(end, this.#bytes.length),
      scope,
      conditional,
    );
    root.list = result;
    const stack: OpenTerm[] = [root];
    this.#pos = start;
    for (;;) {
      const open = stack[stack.length - 1]!;
      const problem =
        open.list === undefined ? this.#operands(open, stack) : this.#terms(open, open.list, stack);
      if (problem !== undefined) this.#fail(stack, problem);
      else if (stack[stack.length - 1] !== open) continue;
      else if (open === root) return result;
      else {
        stack.pop();
        this.#complete(open, stack[stack.length - 1]!);
      }
    }
  }

  /**
   * Decodes terms of a list until its end, or until one has nested terms, which is then pushed on the stack.
   * @returns the problem with the term that cannot be decoded
   */
  #terms(open: OpenTerm, list: Term[], stack: OpenTerm[]): string | undefined {
    const kind = open.shape[open.at] === shape.PACKAGE_ELEMENT_LIST ? shape.DATA_REF_OBJECT : shape.TERM_ARG;
    const unreferenced = this.#loading ? this.#context.unreferenced : undefined;
    const isData = unreferenced && ((bytes: Uint8Array, at: number) => this.#isData(bytes, at, open));
    while (this.#pos < open.end) {
      if (unreferenced !== undefined && isData !== undefined) {
        const deviceEnd = unreferenced.endAt(this.#bytes, this.#pos, open.end, isData);
        if (deviceEnd >= 0) {
          this.#pos = deviceEnd;
          continue;
        }
      }
      if (stack.length > AML_DEPTH.now) return `terms are nested ${moreThan('aml-depth')}`;
      const term = this.#leaf(kind, open.end, open.scope);
      if (term === DEEPER) {
        this.#push(open, stack);
        return undefined;
      }
      if (term === NO_TERM || term === null) return 'no opcode';
      list.push(term);
    }
    open.takeList(list);
    return open.at < open.shape.length ? this.#operands(open, stack) : undefined;
  }

  /** As {@link #terms}, for the remaining operands of a term up to and including the next list. */
  #operands(open: OpenTerm, stack: OpenTerm[]): string | undefined {
    const { shape: kinds } = open;
    while (open.at < kinds.length) {
      const kind = kinds[open.at]!;
      if (kind >= shape.TERM_ARG && kind <= shape.LAST_TERM) {
        if (stack.length > AML_DEPTH.now) return `terms are nested ${moreThan('aml-depth')}`;
        const term = this.#leaf(kind, open.end, open.scope);
        if (term === DEEPER) {
          this.#push(open, stack);
          return undefined;
        }
        if (term === NO_TERM) return 'no term where one must be';
        open.take(term);
        continue;
      }
      if (kind === shape.TERM_LIST || kind === shape.PACKAGE_ELEMENT_LIST) {
        open.list = [];
        return this.#terms(open, open.list, stack);
      }
      const problem = this.#datum(kind, open);
      if (problem !== undefined) return problem;
      // A method's body is decoded later: see MethodOperands.
      if (kind === shape.BYTE_DATA && open.op === OPCODES.Method) return undefined;
    }
    return undefined;
  }

  /** Pushes the term for which {@link #leaf} returned {@link DEEPER}. */
  #push(parent: OpenTerm, stack: OpenTerm[]): void {
    const callee = this.#callee;
    if (callee !== undefined) {
      const kinds = shape.CALL_SHAPES[this.#callCount]!;
      const { end, scope, conditional } = parent;
      const open = new OpenTerm(OPCODES.MethodCall, kinds, this.#start, end, scope, conditional);
      open.callee = callee;
      stack.push(open);
      return;
    }
    const op = this.#opcode;
    const conditional =
      parent.conditional || op === OPCODES.If || op === OPCODES.Else || op === OPCODES.While;
    stack.push(new OpenTerm(op, shape.shapeOf(op), this.#start, parent.end, parent.scope, conditional));
  }

  #start = 0;

  /**
   * The term at the cursor if it has no nested terms; `null` for an absent target (NullName). The cursor is then after
   * the term, otherwise after its name or opcode.
   */
  #leaf(kind: number, end: number, scope: DeclaredObject): Term | null | typeof DEEPER | typeof NO_TERM {
    const bytes = this.#bytes;
    const start = this.#pos;
    if (start >= end) return NO_TERM;
    this.#start = start;
    const first = bytes[start]!;
    if (first === NULL_NAME) {
      this.#pos = start + 1;
      // ACPICA accepts NullName for a mandatory target too.
      if (kind !== shape.TERM_ARG && kind !== shape.DATA_REF_OBJECT) return null;
      return new Term(OPCODES.Zero, NO_OPERANDS, start, start + 1);
    }
    if (startsConstant(first)) {
      const constant = readConstant(bytes, start, end);
      if (constant === undefined) return NO_TERM;
      this.#pos = constant.end;
      return constant;
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
    if (op === OPCODES.Package) {
      const packageEnd = plainPackageEnd(bytes, next, end);
      if (packageEnd >= 0) return this.#plainPackage(start, next, packageEnd, scope);
    }
    this.#callee = undefined;
    this.#opcode = op;
    return DEEPER;
  }

  /** A package of plain elements, whose PkgLength is at `at`: its elements become terms on first use. */
  #plainPackage(start: number, at: number, end: number, scope: DeclaredObject): Term {
    const bytes = this.#bytes;
    const table = this.#table;
    const context = this.#context;
    this.#pos = end;
    const count = at + packageLengthSize(bytes[at]!);
    const operands = new PlainPackage(bytes, at, this.#names, () => [
      bytes[count]!,
      new Decoder(table, context, false).list(count + 1, end, scope, true, ELEMENTS_SHAPE),
    ]);
    return new Term(OPCODES.Package, operands, start, end);
  }

  /** A name where a term is expected: a method call if calls are allowed here and the name is a method's. */
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
    }
    if (count < 0) return new Term(OPCODES.NamePath, [name], start, this.#pos);
    if (count === 0) return new Term(OPCODES.MethodCall, [name, []], start, this.#pos);
    this.#callee = name;
    this.#callCount = count;
    return DEEPER;
  }

  /** Whether the name at an offset is that of a Field unit or a Name, which can be read without running code. */
  #isData(bytes: Uint8Array, at: number, { end, scope }: OpenTerm): boolean {
    const name = this.#names.read(bytes, at, end);
    const found = name && this.#context.namespace.resolve(scope, name);
    return found?.kind === 'Field' || found?.kind === 'Name';
  }

  /** Adds a finished term to its parent. */
  #complete(open: OpenTerm, parent: OpenTerm): void {
    const { op, operands, scope } = open;
    let term: Term;
    if (op === OPCODES.Method) term = this.#method(open);
    else {
      if (open.hasPackage) this.#pos = open.end;
      term = open.finished(this.#pos);
    }
    if (declares(op))
      declare(
        this.#context.namespace,
        { term, table: this.#table, conditional: parent.conditional },
        operands,
        scope,
      );
    if (parent.list !== undefined) parent.list.push(term);
    else parent.take(term);
  }

  /** The term of a method whose flags have been read; its body is not decoded yet. */
  #method({ operands, scope, start, end }: OpenTerm): Term {
    const [name, flags] = operands as [NamePath, number];
    const { bodies } = this.#context.namespace;
    if (scope.kind === 'Method' || scope.kind === undefined) {
      scope.kind = 'Method';
      scope.argumentCount ??= flags & 7;
    }
    const bodyStart = this.#pos;
    const table = this.#table;
    const context = this.#context;
    this.#pos = end;
    if (this.#loading) context.unreferenced?.confirmMethod(this.#bytes, start);
    const late = new MethodOperands([name, flags], this.#bytes, bodyStart, end, () => {
      bodies.remove(late);
      return new Decoder(table, context, false).list(bodyStart, end, scope, true);
    });
    bodies.add(late);
    return new Term(OPCODES.Method, late, start, end);
  }

  /** Decodes one operand that is no term. @returns the problem if it cannot be decoded */
  #datum(kind: number, open: OpenTerm): string | undefined {
    const bytes = this.#bytes;
    const at = this.#pos;
    const { end } = open;
    switch (kind) {
      case shape.PKG_LENGTH:
        return this.#packageLength(open);
      case shape.NAME_STRING: {
        const name = this.#names.read(bytes, at, end);
        if (name === undefined) return 'no name where one must be';
        this.#pos = this.#names.end;
        open.take(name);
        const { defines } = open.op;
        if (defines === 'scope' || defines === 'reopen')
          open.scope = openedScope(this.#context.namespace, open.op, open.scope, name);
        break;
      }
      case shape.BYTE_DATA:
        if (at + 1 > end) return 'cut short';
        this.#pos = at + 1;
        open.take(bytes[at]!);
        break;
      case shape.WORD_DATA:
        if (at + 2 > end) return 'cut short';
        this.#pos = at + 2;
        open.take(wordAt(bytes, at));
        break;
      case shape.DWORD_DATA:
        if (at + 4 > end) return 'cut short';
        this.#pos = at + 4;
        open.take(dwordAt(bytes, at));
        break;
      case shape.BYTE_LIST:
        this.#pos = end;
        open.take(bytes.subarray(at, end));
        break;
      case shape.FIELD_LIST: {
        const list = readFieldList(bytes, at, end, this.#names, (from, to) => {
          this.#pos = from;
          const term = this.#leaf(shape.TERM_ARG, to, open.scope);
          return term instanceof Term ? term : undefined;
        });
        this.#pos = list.end;
        open.take(list.elements);
        return list.problem;
      }
      default:
        throw new Error(`an operand of kind ${kind} of ${open.op.name} is read with the constants`);
    }
    return undefined;
  }

  #packageLength(open: OpenTerm): string | undefined {
    const bytes = this.#bytes;
    const at = this.#pos;
    if (at >= open.end || at + packageLengthSize(bytes[at]!) > open.end) return 'a truncated package length';
    this.#pos = at + packageLengthSize(bytes[at]!);
    const end = at + packageLength(bytes, at);
    if (end < this.#pos) return 'a package that ends before it begins';
    if (end > open.end) {
      this.#sinkAt(at, open, (where) =>
        finding(
          'acpi/package-end',
          { table: this.#table.name, opcode: open.op.name, says: hex(end), is: hex(open.end) },
          where,
        ),
      );
    }
    open.enterPackage(Math.min(end, open.end));
    return undefined;
  }

  /** Abandons the innermost list: its rest becomes one Unreadable term. */
  #fail(stack: OpenTerm[], problem: string): void {
    let from = this.#pos;
    while (stack.at(-1)!.list === undefined) from = stack.pop()!.start;
    const open = stack.at(-1)!;
    const at = Math.min(from, open.end);
    const first = this.#bytes[at];
    const args = {
      table: this.#table.name,
      problem,
      at: hex(this.#pos),
      length: open.end - at,
      from: hex(at),
      first: first === undefined ? undefined : hex(first),
    };
    this.#sinkAt(at, open, (where) => finding('acpi/unreadable-aml', args, where));
    open.list!.push(new Term(OPCODES.Unreadable, [this.#bytes.subarray(at, open.end)], at, open.end));
    this.#pos = open.end;
  }

  #sinkAt(at: number, open: OpenTerm, make: (where: Where) => Diagnostic): void {
    const { source, offset } = this.#table;
    const span = { source, start: offset + at, end: offset + at + 1 };
    this.#context.sink.add(make({ span, path: open.scope.path }));
  }
}
