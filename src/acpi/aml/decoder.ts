/**
 * AML bytes to terms, driven by the opcode table. No native recursion: terms under construction are frames on a
 * stack. Every length is held against the package around it; what can't be read becomes an `Unreadable` term up to the
 * end of the list it stands in, and reading goes on behind that list.
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
  type OperandKind,
} from '../opcodes.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from '../tables/table.ts';
import { type FieldElement, type Operand, Term } from '../term.ts';
import { type NameReader, startsName } from './names.ts';
import type { SecludedDevices } from './secluded.ts';

/** Terms inside terms: real tables reach about 40. */
export const MAX_TERM_DEPTH = 4000;
/** A method takes at most seven arguments; an External may say anything. */
const MAX_ARGUMENTS = 7;
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

interface Frame {
  readonly op: Opcode;
  readonly kinds: readonly OperandKind[];
  /** Index of the operand that is next. */
  at: number;
  readonly operands: Operand[];
  readonly start: number;
  /** Exclusive end of the package, or of the package around a term without one. */
  end: number;
  hasPackage: boolean;
  /** The list being filled, when the operand is one. */
  list: Term[] | undefined;
  /** Where names inside are resolved. */
  scope: DeclaredObject;
  declared: DeclaredObject | undefined;
  /** Only what runs makes what is declared inside. */
  conditional: boolean;
}

const CALL_OPERANDS: readonly (readonly OperandKind[])[] = Array.from({ length: MAX_ARGUMENTS + 1 }, (_, n) =>
  new Array<OperandKind>(n).fill('TermArg'),
);

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

class Decoder {
  readonly #table: AcpiTable;
  readonly #bytes: Uint8Array;
  readonly #context: DecodeContext;
  readonly #names: NameReader;
  /** The table's own code is read, and no method's. */
  readonly #loading: boolean;
  #pos = 0;

  constructor(table: AcpiTable, context: DecodeContext, loading: boolean) {
    this.#loading = loading;
    this.#table = table;
    this.#bytes = table.bytes;
    this.#context = context;
    this.#names = context.names;
  }

  /** The terms in [start, end). */
  list(start: number, end: number, scope: DeclaredObject, conditional: boolean): Term[] {
    const bytes = this.#bytes;
    const limit = Math.min(end, bytes.length);
    const result: Term[] = [];
    const root: Frame = {
      op: OPCODES.Scope,
      kinds: ['TermList'],
      at: 0,
      operands: [],
      start,
      end: limit,
      hasPackage: true,
      list: result,
      scope,
      declared: undefined,
      conditional,
    };
    const stack: Frame[] = [root];
    this.#pos = start;
    for (;;) {
      const frame = stack.at(-1)!;
      if (frame.list !== undefined) {
        if (this.#pos >= frame.end) {
          if (frame === root) return result;
          frame.operands.push(frame.list);
          frame.list = undefined;
          frame.at += 1;
        } else if (this.#passOver(frame)) {
          // It is as if it weren't there.
        } else if (
          stack.length > MAX_TERM_DEPTH ||
          !this.#begin(
            frame.kinds[frame.at] === 'PackageElementList' ? 'DataRefObject' : 'TermArg',
            frame,
            stack,
          )
        )
          this.#fail(stack, stack.length > MAX_TERM_DEPTH ? 'terms are nested too deep' : 'no opcode');
        continue;
      }
      if (frame.at === frame.kinds.length) {
        stack.pop();
        this.#complete(frame, stack.at(-1)!);
        continue;
      }
      const problem = this.#operand(frame.kinds[frame.at]!, frame, stack);
      if (problem !== undefined) this.#fail(stack, problem);
    }
  }

  /** Leaves out the statement at the cursor if nothing can come of it. */
  #passOver(frame: Frame): boolean {
    const { secluded, namespace } = this.#context;
    if (secluded === undefined || !this.#loading) return false;
    const end = secluded.endAt(this.#bytes, this.#pos, frame.end, (bytes, at) => {
      const name = this.#names.read(bytes, at, frame.end);
      const found = name && namespace.resolve(frame.scope, name);
      return found?.kind === 'Field' || found?.kind === 'Name';
    });
    if (end >= 0) this.#pos = end;
    return end >= 0;
  }

  /** Hands a finished term to the term around it. */
  #complete(frame: Frame, parent: Frame): void {
    if (frame.hasPackage) this.#pos = frame.end;
    const { op } = frame;
    let operands: readonly Operand[] = frame.operands;
    if (op === OPCODES.MethodCall) operands = [operands[0]!, operands.slice(1) as Term[]];
    const term = new Term(op, operands, frame.start, this.#pos);
    if (op.defines !== 'nothing' || op === OPCODES.External) this.#declare(term, frame, parent);
    this.#deliver(term, parent);
  }

  #deliver(term: Term, parent: Frame): void {
    if (parent.list !== undefined) parent.list.push(term);
    else {
      parent.operands.push(term);
      parent.at += 1;
    }
  }

  /**
   * Starts the term at the cursor: a leaf is delivered at once, others get a frame. False when no term begins here.
   */
  #begin(kind: OperandKind, parent: Frame, stack: Frame[]): boolean {
    const bytes = this.#bytes;
    const start = this.#pos;
    if (start >= parent.end) return false;
    const first = bytes[start]!;
    if (first === 0x00 && kind !== 'TermArg' && kind !== 'DataRefObject') {
      // The null name: no target. Where a target is a must, it stands for none all the same, as in ACPICA.
      this.#pos += 1;
      if (kind === 'Target' || kind === 'SuperName' || kind === 'SimpleName' || kind === 'Referent') {
        parent.operands.push(null);
        parent.at += 1;
        return true;
      }
      return false;
    }
    if (startsName(first)) return this.#name(kind, parent, stack);
    let op: Opcode | undefined;
    if (first === EXTENSION_PREFIX) {
      if (start + 1 >= parent.end) return false;
      op = OPCODE_BY_EXTENDED_BYTE[bytes[start + 1]!];
      this.#pos = start + 2;
    } else {
      op = OPCODE_BY_BYTE[first];
      this.#pos = start + 1;
    }
    if (op === undefined) {
      this.#pos = start;
      return false;
    }
    const { operands: kinds } = op;
    if (kinds.length === 0) {
      this.#deliver(new Term(op, [], start, this.#pos), parent);
      return true;
    }
    const conditional =
      parent.conditional || op === OPCODES.If || op === OPCODES.Else || op === OPCODES.While;
    stack.push({
      op,
      kinds,
      at: 0,
      operands: [],
      start,
      end: parent.end,
      hasPackage: false,
      list: undefined,
      scope: parent.scope,
      declared: undefined,
      conditional,
    });
    if (op.code >= 0x0a && op.code <= 0x0e) {
      // Constants are by far the most frequent: read here, without a turn of the loop.
      const problem = this.#operand(kinds[0]!, stack.at(-1)!, stack);
      const frame = stack.pop()!;
      if (problem !== undefined) {
        this.#pos = start;
        return false;
      }
      this.#deliver(new Term(op, frame.operands, start, this.#pos), parent);
    }
    return true;
  }

  /** A name in a term's place: a method call, where a value is wanted and the name is a method's. */
  #name(kind: OperandKind, parent: Frame, stack: Frame[]): boolean {
    const start = this.#pos;
    const name = this.#names.read(this.#bytes, start, parent.end);
    if (name === undefined) return false;
    this.#pos = this.#names.end;
    const callable = kind === 'TermArg' || kind === 'SuperName' || kind === 'Target';
    const callCount = callable ? this.#argumentCount(parent.scope, name) : -1;
    if (callCount === -2) {
      this.#context.guessed.push({
        name,
        scope: parent.scope,
        table: this.#table,
        start,
        argumentCount: 0,
      });
    }
    if (callCount < 0) {
      this.#deliver(new Term(OPCODES.NamePath, [name], start, this.#pos), parent);
      return true;
    }
    stack.push({
      op: OPCODES.MethodCall,
      kinds: CALL_OPERANDS[callCount]!,
      at: 0,
      operands: [name],
      start,
      end: parent.end,
      hasPackage: false,
      list: undefined,
      scope: parent.scope,
      declared: undefined,
      conditional: parent.conditional,
    });
    return true;
  }

  /** Arguments of the method a name means; -1 when it is no method, -2 when it isn't known. */
  #argumentCount(scope: DeclaredObject, name: NamePath): number {
    const count = Math.min(this.#context.namespace.argumentCount(scope, name), MAX_ARGUMENTS);
    this.#context.lookups?.push({ scope, name, count });
    return count;
  }

  /** Reads one operand, or starts the term it is. The text of the problem when it can't be read. */
  #operand(kind: OperandKind, frame: Frame, stack: Frame[]): string | undefined {
    const bytes = this.#bytes;
    const at = this.#pos;
    const { end } = frame;
    switch (kind) {
      case 'PkgLength':
        return this.#packageLength(frame);
      case 'NameString': {
        const name = this.#names.read(bytes, at, end);
        if (name === undefined) return 'no name where one must be';
        this.#pos = this.#names.end;
        this.#take(frame, name);
        if (frame.op.defines === 'scope' || frame.op.defines === 'reopen') this.#enter(frame, name);
        return undefined;
      }
      case 'TermArg':
      case 'SuperName':
      case 'Referent':
      case 'SimpleName':
      case 'Target':
      case 'DataRefObject':
        if (stack.length > MAX_TERM_DEPTH) return 'terms are nested too deep';
        return this.#begin(kind, frame, stack) ? undefined : 'no term where one must be';
      case 'ByteData':
        if (at + 1 > end) return 'cut short';
        this.#pos = at + 1;
        this.#take(frame, frame.op === OPCODES.Byte ? BigInt(bytes[at]!) : bytes[at]!);
        // A method's body waits until somebody wants it.
        if (frame.op === OPCODES.Method) this.#leaveBody(frame, stack);
        return undefined;
      case 'WordData': {
        if (at + 2 > end) return 'cut short';
        this.#pos = at + 2;
        const word = bytes[at]! | (bytes[at + 1]! << 8);
        this.#take(frame, frame.op === OPCODES.Word ? BigInt(word) : word);
        return undefined;
      }
      case 'DWordData': {
        if (at + 4 > end) return 'cut short';
        this.#pos = at + 4;
        const value =
          (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
        this.#take(frame, frame.op === OPCODES.DWord ? BigInt(value) : value);
        return undefined;
      }
      case 'QWordData': {
        if (at + 8 > end) return 'cut short';
        this.#pos = at + 8;
        const low =
          (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
        const high =
          (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24)) >>> 0;
        this.#take(frame, (BigInt(high) << 32n) | BigInt(low));
        return undefined;
      }
      case 'AsciiString': {
        const nul = bytes.indexOf(0, at);
        if (nul < 0 || nul >= end) return 'a string without an end';
        let text = '';
        for (let i = at; i < nul; i++) text += String.fromCharCode(bytes[i]!);
        this.#pos = nul + 1;
        this.#take(frame, text);
        return undefined;
      }
      case 'ByteList':
        this.#pos = end;
        this.#take(frame, bytes.subarray(at, end));
        return undefined;
      case 'TermList':
      case 'PackageElementList':
        frame.list = [];
        return undefined;
      case 'FieldList': {
        const elements: FieldElement[] = [];
        const problem = this.#fieldList(frame, elements);
        this.#take(frame, elements);
        return problem;
      }
    }
  }

  #take(frame: Frame, operand: Operand): void {
    frame.operands.push(operand);
    frame.at += 1;
  }

  #rawPackageLength(limit: number): number | undefined {
    const bytes = this.#bytes;
    const at = this.#pos;
    if (at >= limit) return undefined;
    const lead = bytes[at]!;
    const extra = lead >> 6;
    if (at + 1 + extra > limit) return undefined;
    let length = extra === 0 ? lead & 0x3f : lead & 0x0f;
    for (let i = 0; i < extra; i++) length |= bytes[at + 1 + i]! << (4 + 8 * i);
    this.#pos = at + 1 + extra;
    return length;
  }

  #packageLength(frame: Frame): string | undefined {
    const at = this.#pos;
    const length = this.#rawPackageLength(frame.end);
    if (length === undefined) return 'a package length that is cut short';
    const end = at + length;
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

  #fieldList(frame: Frame, elements: FieldElement[]): string | undefined {
    const bytes = this.#bytes;
    const { end } = frame;
    while (this.#pos < end) {
      const start = this.#pos;
      const lead = bytes[start]!;
      if (lead === 0x00) {
        this.#pos += 1;
        const bits = this.#rawPackageLength(end);
        if (bits === undefined) return 'a field list that is cut short';
        elements.push({ kind: 'reserved', bits, start });
      } else if (lead === 0x01) {
        if (start + 3 > end) return 'a field list that is cut short';
        elements.push({ kind: 'access', type: bytes[start + 1]!, attribute: bytes[start + 2]!, start });
        this.#pos = start + 3;
      } else if (lead === 0x02) {
        this.#pos += 1;
        const connection = this.#connection(frame);
        if (connection === undefined) return 'a Connection that is neither a name nor a buffer';
        elements.push({ kind: 'connection', connection, start });
      } else if (lead === 0x03) {
        if (start + 4 > end) return 'a field list that is cut short';
        elements.push({
          kind: 'extended-access',
          type: bytes[start + 1]!,
          attribute: bytes[start + 2]!,
          length: bytes[start + 3]!,
          start,
        });
        this.#pos = start + 4;
      } else {
        if (start + 4 > end) return 'a field list that is cut short';
        const name = this.#names.segment(bytes, start);
        this.#pos = start + 4;
        const bits = this.#rawPackageLength(end);
        if (bits === undefined) return 'a field list that is cut short';
        elements.push({ kind: 'named', name, bits, start });
      }
    }
    return undefined;
  }

  /** A Connection's operand: a name, or a Buffer whose size is a constant. */
  #connection(frame: Frame): Term | undefined {
    const start = this.#pos;
    if (this.#bytes[start] !== OPCODES.Buffer.code) {
      const name = this.#names.read(this.#bytes, start, frame.end);
      if (name === undefined) return undefined;
      this.#pos = this.#names.end;
      return new Term(OPCODES.NamePath, [name], start, this.#pos);
    }
    this.#pos += 1;
    const lengthAt = this.#pos;
    const length = this.#rawPackageLength(frame.end);
    if (length === undefined) return undefined;
    const end = lengthAt + length;
    if (end > frame.end || end < this.#pos) return undefined;
    const holder: Frame = { ...frame, operands: [], end, at: 0, list: undefined };
    if (!this.#begin('TermArg', holder, [])) return undefined;
    const size = holder.operands[0];
    if (!(size instanceof Term)) return undefined;
    const bytes = this.#bytes.subarray(this.#pos, end);
    this.#pos = end;
    return new Term(OPCODES.Buffer, [size, bytes], start, end);
  }

  /** A name that opens a scope: what follows inside is resolved there. */
  #enter(frame: Frame, name: NamePath): void {
    const { namespace } = this.#context;
    let object: DeclaredObject;
    if (frame.op.defines === 'reopen')
      object = namespace.resolve(frame.scope, name) ?? namespace.locate(frame.scope, name);
    else object = namespace.locate(frame.scope, name);
    frame.scope = object;
    frame.declared = object;
    if (frame.op.defines === 'scope' && object.kind === undefined) object.kind = frame.op.name;
  }

  /** After a method's flags: the arguments are known, the body is left for later. */
  #leaveBody(frame: Frame, stack: Frame[]): void {
    const flags = frame.operands[1] as number;
    const { scope, start, end } = frame;
    if (scope.kind === 'Method' || scope.kind === undefined) {
      scope.kind = 'Method';
      scope.argumentCount ??= flags & 7;
    }
    const bodyStart = this.#pos;
    const name = frame.operands[0]!;
    const table = this.#table;
    const context = this.#context;
    this.#pos = end;
    if (this.#loading) context.secluded?.confirmMethod(this.#bytes, start);
    const term = new Term(
      OPCODES.Method,
      () => [name, flags, new Decoder(table, context, false).list(bodyStart, end, scope, true)],
      start,
      end,
    );
    stack.pop();
    const parent = stack.at(-1)!;
    scope.declarations.push({ term, table, conditional: parent.conditional });
    this.#deliver(term, parent);
    // The frame is gone; its remaining operand must not be read.
    frame.at = frame.kinds.length;
  }

  /** Enters what a finished term declares into the declared namespace. */
  #declare(term: Term, frame: Frame, parent: Frame): void {
    const { namespace } = this.#context;
    const { op } = term;
    const table = this.#table;
    const conditional = parent.conditional;
    if (op.defines === 'reopen') return;
    if (op.defines === 'scope') {
      frame.declared!.declarations.push({ term, table, conditional });
      return;
    }
    if (op.defines === 'fields') {
      for (const element of term.operands.at(-1) as readonly FieldElement[]) {
        if (element.kind !== 'named') continue;
        const object = frame.scope.child(element.name);
        object.kind ??= op.name;
        object.declarations.push({ term, table, conditional, element });
      }
      return;
    }
    if (op === OPCODES.External) {
      const object = namespace.locate(frame.scope, term.operands[0] as NamePath);
      if (object.kind === undefined && term.operands[1] === EXTERNAL_METHOD)
        object.argumentCount ??= term.operands[2] as number;
      return;
    }
    // The name comes first, save for Alias and the Create…Field terms, where it comes last.
    const first = op.operands[0] === 'NameString' && op !== OPCODES.Alias;
    const name = (first ? term.operands[0] : term.operands.at(-1)) as NamePath;
    const object = namespace.locate(frame.scope, name);
    if (op === OPCODES.Alias && object.kind === undefined) object.target = term.operands[0] as NamePath;
    object.kind ??= op.name;
    object.declarations.push({ term, table, conditional });
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

/** How a guessed name reads in a message. */
export function formatGuessed(guessed: GuessedName): string {
  return `${formatName(guessed.name)} (used in ${guessed.scope.path})`;
}
