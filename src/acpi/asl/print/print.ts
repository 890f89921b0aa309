/**
 * Prints tables as ASL. iasl and this compiler compile the text into the same AML, as far as ASL can express it:
 * constants, package lengths and, in a DSDT, names get their shortest encoding.
 */
import { latin1Text } from '../../../bytes/text-encoding.ts';
import type { DecodedTables } from '../../aml/tables.ts';
import type { DeclaredNamespace, DeclaredObject } from '../../namespace/declared.ts';
import type { AcpiTable } from '../../tables/table.ts';
import type { NamePath } from '../../terms/name.ts';
import {
  ACCESS_TYPES,
  FIXED_HARDWARE_SPACE,
  LOCK_RULES,
  REGION_SPACES,
  UPDATE_RULES,
} from '../../terms/opcodes.ts';
import { type FieldElement, Term } from '../../terms/term.ts';
import { ACCESS_ATTRIBUTES, ACCESS_ATTRIBUTES_WITH_LENGTH } from '../text/keywords.ts';
import { INDENT, stringText } from '../text/literals.ts';
import { binarySymbol, isPlace, TAKES_ASSIGNMENT } from '../text/operators.ts';
import { templateDescriptors } from '../values/recognize.ts';
import { callText, expressionText, nameText, type PrintContext, sameTerm } from './expressions.ts';
import { type ExternalName, externalNames, formatExternal } from './externals.ts';
import { withGuessedCalls } from './guessed-calls.ts';
import { macroText } from './macro-text.ts';
import { scopeOpened, tagNames } from './tags.ts';

/** Nesting of blocks that is printed; the parser accepts less. */
const MAX_BLOCK_DEPTH = 1000;

export interface PrintedTable {
  readonly table: AcpiTable;
  readonly text: string;
  /** Names that no given table declares. */
  readonly guessed: readonly ExternalName[];
}

/** Prints one of the decoded tables. Types of its external names are taken from the others. */
export function printTable(decoded: DecodedTables, table: AcpiTable): PrintedTable {
  const terms = decoded.tables.find((each) => each.table === table)?.terms ?? [];
  const { namespace } = decoded;
  const externals = externalNames(terms, table, namespace);
  const guessed = externals.filter((external) => external.guessed);
  const printer = new TablePrinter(table, terms, namespace);
  const lines = [
    ...headerComment(table, guessed),
    `DefinitionBlock ("", ${[
      stringText(table.signature),
      String(table.revision),
      stringText(headerText(table, 10, 6)),
      stringText(headerText(table, 16, 8)),
      `0x${table.oemRevision.toString(16).toUpperCase().padStart(8, '0')}`,
    ].join(', ')})`,
    '{',
    ...externals.map((external) => INDENT + formatExternal(external)),
    ...(externals.length > 0 ? [''] : []),
    ...printer.body(),
    '}',
    '',
  ];
  return { table, text: lines.join('\n'), guessed };
}

/** A header field up to its first NUL; trailing blanks are kept. */
function headerText(table: AcpiTable, offset: number, length: number): string {
  const text = latin1Text(table.bytes.subarray(offset, offset + length));
  return text.replace(/\0.*$/s, '');
}

function headerComment(table: AcpiTable, guessed: readonly ExternalName[]): string[] {
  const lines = [
    `${table.name}: ${table.length} bytes, revision ${table.revision}, compiled by ${table.creatorId} 0x${table.creatorRevision.toString(16)}`,
  ];
  if (guessed.length > 0) {
    lines.push('', 'No given table declares these names; their types are guesses:');
    for (const { path, type, argumentCount } of guessed) {
      lines.push(
        `    ${path}, ${type}${argumentCount === undefined ? '' : ` of ${argumentCount} arguments`}`,
      );
    }
  }
  // The creator id could close the comment.
  return ['/*', ...lines.map((line) => ` * ${line.replaceAll('*/', '* /')}`.trimEnd()), ' */'];
}

class TablePrinter {
  readonly #terms: readonly Term[];
  readonly #namespace: DeclaredNamespace;
  readonly #context: PrintContext;
  readonly #lines: string[] = [];
  #depth = 0;
  #scope: DeclaredObject;

  constructor(table: AcpiTable, terms: readonly Term[], namespace: DeclaredNamespace) {
    this.#terms = terms;
    this.#namespace = namespace;
    this.#scope = namespace.root;
    this.#context = {
      depth: 0,
      tags: tagNames(terms, table, namespace),
      absolute: (name) => namespace.resolve(this.#scope, name)?.path,
    };
  }

  body(): string[] {
    this.#list(this.#terms, INDENT);
    return this.#lines;
  }

  #list(given: readonly Term[], indent: string): void {
    const terms = withGuessedCalls(given, this.#namespace, this.#scope);
    for (let index = 0; index < terms.length; index += 1) {
      const term = terms[index]!;
      if (isExternalBlock(term)) continue;
      if (term.op.name === 'If') {
        const otherwise = terms[index + 1];
        const hasElse = otherwise?.op.name === 'Else';
        this.#if(term, hasElse ? otherwise : undefined, indent);
        if (hasElse) index += 1;
      } else {
        this.#statement(term, indent);
      }
    }
  }

  #line(indent: string, text: string): void {
    this.#lines.push(indent + text);
  }

  #block(head: string, terms: readonly Term[], indent: string, scope = this.#scope): void {
    this.#line(indent, head);
    this.#line(indent, '{');
    const outer = this.#scope;
    this.#scope = scope;
    this.#depth += 1;
    if (this.#depth <= MAX_BLOCK_DEPTH) this.#list(terms, indent + INDENT);
    else this.#line(indent, '/* nested too deeply to be printed */');
    this.#depth -= 1;
    this.#scope = outer;
    this.#line(indent, '}');
  }

  /** An Else that contains only an If (and its Else) is printed as ElseIf. */
  #if(term: Term, otherwise: Term | undefined, indent: string): void {
    let word = 'If';
    for (let at: Term | undefined = term, rest = otherwise; at !== undefined; word = 'ElseIf') {
      const [predicate, body] = at.operands as [Term, readonly Term[]];
      this.#block(`${word} (${this.#value(predicate, indent)})`, body, indent);
      at = undefined;
      if (rest === undefined) return;
      const inner = rest.termsAt(0);
      const [first, second] = inner;
      const chained =
        first?.op.name === 'If' &&
        !isExternalBlock(first) &&
        (inner.length === 1 || (inner.length === 2 && second?.op.name === 'Else'));
      if (chained) {
        at = first;
        rest = second;
      } else {
        this.#block('Else', inner, indent);
      }
    }
  }

  /** A term; `Zero` for an absent target. */
  #value(term: Term | null, indent: string, holder?: string): string {
    return term === null ? 'Zero' : expressionText(term, this.#context, indent, holder);
  }

  #name(name: NamePath): string {
    return nameText(name, this.#context);
  }

  #statement(term: Term, indent: string): void {
    const { operands, op } = term;
    switch (op.name) {
      case 'External':
        return;
      case 'Unreadable': {
        const bytes = operands[0] as Uint8Array;
        this.#line(indent, `/* ${bytes.length} bytes that are not AML: ${hexDump(bytes)} */`);
        return;
      }
      case 'Name': {
        const [name, value] = operands as [NamePath, Term];
        this.#line(indent, `Name (${this.#name(name)}, ${this.#value(value, indent, name.segments.at(-1))})`);
        return;
      }
      case 'Method': {
        const [name, flags, body] = operands as [NamePath, number, readonly Term[]];
        const level = flags >> 4;
        const rule = flags & 8 ? 'Serialized' : 'NotSerialized';
        const head = `Method (${this.#name(name)}, ${flags & 7}, ${rule}${level === 0 ? '' : `, ${level}`})`;
        this.#block(head, body, indent, scopeOpened(this.#namespace, this.#scope, term));
        return;
      }
      case 'OperationRegion': {
        const [name, space, offset, length] = operands as [NamePath, number, Term, Term];
        const word = space === FIXED_HARDWARE_SPACE ? 'FFixedHW' : REGION_SPACES[space];
        const where = word ?? `0x${space.toString(16).toUpperCase().padStart(2, '0')}`;
        const range = `${this.#value(offset, indent)}, ${this.#value(length, indent)}`;
        this.#line(indent, `OperationRegion (${this.#name(name)}, ${where}, ${range})`);
        return;
      }
      case 'Field':
      case 'IndexField':
      case 'BankField':
        this.#field(term, indent);
        return;
      case 'Return':
        this.#line(indent, `Return (${this.#value(operands[0] as Term, indent)})`);
        return;
      case 'Else':
        // An Else without an If before it cannot be written in ASL.
        this.#block('If (Zero) {} Else', operands[0] as readonly Term[], indent);
        return;
      case 'Store':
        this.#line(indent, this.#store(operands[0] as Term, operands[1] as Term | null, indent));
        return;
      case 'Increment':
      case 'Decrement':
        this.#line(
          indent,
          this.#value(operands[0] as Term | null, indent) + (op.name === 'Increment' ? '++' : '--'),
        );
        return;
      default:
        break;
    }
    if (op.operands.at(-1) === 'TermList' && op.name !== 'MethodCall') {
      const opens = op.defines === 'scope' || op.defines === 'reopen';
      const scope = opens ? scopeOpened(this.#namespace, this.#scope, term) : this.#scope;
      this.#block(callText(term, this.#context, indent), operands.at(-1) as readonly Term[], indent, scope);
      return;
    }
    this.#line(indent, this.#assignment(term, indent) ?? this.#plain(term, indent));
  }

  /** A statement whose value is not used. */
  #plain(term: Term, indent: string): string {
    const own = /^(NamePath|MethodCall|Match|Byte|Word|DWord|QWord|String|Buffer|Package|VarPackage)$/;
    if (own.test(term.op.name) || term.op.operands.length === 0) return this.#value(term, indent);
    return callText(term, this.#context, indent);
  }

  /** `target = source`, unless ASL+ would make `target` the target of the source's operator. */
  #store(source: Term, target: Term | null, indent: string): string {
    // ASL has no Store without a target; iasl prints Zero.
    if (target === null) return `Store (${this.#value(source, indent)}, Zero)`;
    const left = this.#value(target, indent);
    const right = this.#value(source, indent);
    if (TAKES_ASSIGNMENT.has(source.op.name) || !isPlace(target)) return `Store (${right}, ${left})`;
    return `${left} = ${right}`;
  }

  /** `A = (B + C)` or `A += B` for an operator with a target; `undefined` if it has no such form. */
  #assignment(term: Term, indent: string): string | undefined {
    const { operands, op } = term;
    const target = operands.at(-1);
    if (!(target instanceof Term) || !isPlace(target)) return undefined;
    const left = this.#value(target, indent);
    if (op.name === 'Not') return `${left} = ~${this.#value(operands[0] as Term, indent)}`;
    const symbol = binarySymbol(op);
    if (symbol === undefined || op.operands.at(-1) !== 'Target') return undefined;
    if (op.name === 'Divide' && operands[2] !== null) return undefined;
    const [a, b] = operands as [Term, Term];
    // Constant operands need no exception: iasl folds `A = (1 + 2)` as it folds Add (1, 2, A).
    if (sameTerm(a, target)) return `${left} ${symbol}= ${this.#value(b, indent)}`;
    return `${left} = (${this.#value(a, indent)} ${symbol} ${this.#value(b, indent)})`;
  }

  #field(term: Term, indent: string): void {
    const { operands } = term;
    const flags = operands.at(-2) as number;
    const own = operands
      .slice(0, -2)
      .map((operand) =>
        operand instanceof Term ? this.#value(operand, indent) : this.#name(operand as NamePath),
      );
    const words = [
      ACCESS_TYPES[flags & 0x0f] ?? 'AnyAcc',
      LOCK_RULES[(flags >> 4) & 1] ?? 'NoLock',
      UPDATE_RULES[(flags >> 5) & 3] ?? 'Preserve',
    ];
    this.#line(indent, `${term.op.name} (${[...own, ...words].join(', ')})`);
    this.#line(indent, '{');
    const inner = indent + INDENT;
    let bit = 0;
    const elements = operands.at(-1) as readonly FieldElement[];
    elements.forEach((element, index) => {
      const comma = index === elements.length - 1 ? '' : ',';
      this.#line(inner, this.#element(element, bit, inner) + comma);
      if ('bits' in element) bit += element.bits;
    });
    this.#line(indent, '}');
  }

  #element(element: FieldElement, bit: number, indent: string): string {
    switch (element.kind) {
      case 'named':
        return `${this.#name({ root: false, parents: 0, segments: [element.name] })}, ${element.bits}`;
      case 'reserved': {
        const end = bit + element.bits;
        const aligned = end % 8 === 0 && element.bits > 0;
        return aligned
          ? `Offset (0x${(end / 8).toString(16).toUpperCase().padStart(2, '0')})`
          : `, ${element.bits}`;
      }
      case 'access': {
        const word = keywordOf(ACCESS_ATTRIBUTES, element.attribute);
        return `AccessAs (${ACCESS_TYPES[element.type & 0x0f] ?? 'AnyAcc'}, ${word ?? element.attribute})`;
      }
      case 'extended-access': {
        const word = keywordOf(ACCESS_ATTRIBUTES_WITH_LENGTH, element.attribute) ?? 'AttribBytes';
        return `AccessAs (${ACCESS_TYPES[element.type & 0x0f] ?? 'AnyAcc'}, ${word} (${element.length}))`;
      }
      case 'connection':
        return `Connection (${this.#connection(element.connection, indent)})`;
    }
  }

  #connection(term: Term, indent: string): string {
    if (term.op.name !== 'Buffer') return this.#value(term, indent);
    // A Connection's buffer is a descriptor without an end tag.
    const bytes = term.bytesAt(1);
    const [only, second] = templateDescriptors(Uint8Array.of(...bytes, 0x79, 0)) ?? [];
    if (only !== undefined && second === undefined) return macroText(only.call, undefined, indent);
    return this.#value(term, indent);
  }
}

/** Whether a term is the `If (Zero) { External … }` in which iasl emits the External declarations. */
function isExternalBlock(term: Term): boolean {
  if (term.op.name !== 'If') return false;
  const [predicate, body] = term.operands as [Term, readonly Term[]];
  return predicate.op.name === 'Zero' && body.length > 0 && body.every((each) => each.op.name === 'External');
}

function keywordOf(words: Readonly<Record<string, number>>, value: number): string | undefined {
  return Object.keys(words).find((word) => words[word] === value);
}

function hexDump(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, 64)).toString('hex').replace(/../g, '$& ').trim();
  return bytes.length > 64 ? `${shown} …` : shown;
}
