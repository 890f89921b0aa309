/** If, loops, Switch and Printf: statements that ASL compiles into simpler AML. */
import { limit, moreThan } from '../../../limits/limits.ts';
import { NULL_NAME, parseName } from '../../terms/name.ts';
import { OPCODES, type OpcodeName } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';
import { MATCH_WORDS } from '../text/keywords.ts';
import type { Token } from '../text/token.ts';
import type { AslParser, SpecialForm } from './parser.ts';

interface Arm {
  readonly start: number;
  readonly predicate: Term;
  readonly body: readonly Term[];
  readonly end: number;
}

/** Weight of an arm, which is an If nested in an Else: two terms per level. */
const ARM = 0.5;

/** If and Else terms from a chain of arms: each `ElseIf` becomes an Else that contains an If and the rest of the chain. */
function chain(parser: AslParser, arms: readonly Arm[], otherwise: Term | undefined): Term[] {
  let rest = otherwise === undefined ? [] : [otherwise];
  for (const [index, arm] of [...arms.entries()].reverse()) {
    const branch = parser.within(new Term(OPCODES.If, [arm.predicate, arm.body], arm.start, arm.end), ARM);
    const terms = [branch, ...rest];
    const end = terms.at(-1)!.end;
    rest = index === 0 ? terms : [parser.within(new Term(OPCODES.Else, [terms], arm.start, end), ARM)];
  }
  return rest;
}

function readArm(parser: AslParser, start: number): Arm {
  const { cursor } = parser;
  cursor.expect('(');
  const predicate = parser.expression();
  cursor.expect(')');
  const body = parser.body();
  return { start, predicate, body, end: cursor.lastEnd };
}

const ifForm: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  const arms = [readArm(parser, word.start)];
  while (cursor.atWord('elseif') && !cursor.failed) {
    const next = cursor.next();
    if (arms.length >= limit('asl-elseif')) cursor.fail(moreThan('asl-elseif', 'ElseIf in a row'), next);
    else arms.push(readArm(parser, next.start));
  }
  let otherwise: Term | undefined;
  if (cursor.atWord('else') && !cursor.failed) {
    const { start } = cursor.next();
    otherwise = parser.make('Else', [parser.body()], start);
  }
  return chain(parser, arms, otherwise);
};

const strayElse: SpecialForm = (parser, word) => {
  parser.cursor.fail(`${word.text} without If`, word);
  return [];
};

/** `For (a, b, c) { … }` is `a While (b) { … c }`; a missing `b` is true. */
const forForm: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const first = cursor.at(',') ? [] : [parser.expression()];
  cursor.expect(',');
  const predicate = cursor.at(',') ? parser.integer(1n, cursor.peek().start) : parser.expression();
  cursor.expect(',');
  const last = cursor.at(')') ? [] : [parser.expression()];
  cursor.expect(')');
  const body = parser.body();
  return [...first, parser.make('While', [predicate, [...body, ...last]], word.start)];
};

/** Operators that make a Switch one over strings or buffers; any other value is taken for an integer, as iasl does. */
const STRINGS: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'String',
  'ToString',
  'ToHexString',
  'ToDecimalString',
]);
const BUFFERS: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'Buffer',
  'ToBuffer',
  'ConcatenateResTemplate',
]);

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * `Switch (value) { Case (a) { … } Default { … } }` stores the value in a variable `_T_n` of the method and tests it in
 * an If … Else chain within a While loop that runs once, so that Break leaves it. The method becomes Serialized because
 * of the variable.
 */
const switchForm: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const temporaries = parser.method?.temporaries ?? parser.prelude;
  // Reserved before the body is parsed: the outer Switch has the lower number.
  const number = temporaries.push(new Term(OPCODES.Noop, [], word.start, word.end)) - 1;
  if (number >= DIGITS.length)
    cursor.fail(`more than ${DIGITS.length} Switch statements in one method`, word);
  const variable = parseName(`_T_${DIGITS[number] ?? '0'}`) ?? NULL_NAME;
  const value = parser.expression();
  cursor.expect(')');
  const { arms, otherwise } = readCases(
    parser,
    () => new Term(OPCODES.NamePath, [variable], word.start, word.end),
  );
  if (arms.length === 0) cursor.fail('a Switch needs a Case', word);
  const { start } = word;
  let initial = new Term(OPCODES.Zero, [], start, word.end);
  if (STRINGS.has(value.op.name)) initial = new Term(OPCODES.String, [''], start, word.end);
  if (BUFFERS.has(value.op.name))
    initial = new Term(OPCODES.Buffer, [initial, new Uint8Array()], start, word.end);
  temporaries[number] = new Term(OPCODES.Name, [variable, initial], start, word.end);
  if (parser.method !== undefined) parser.method.serialized = true;
  const place = new Term(OPCODES.NamePath, [variable], start, word.end);
  const store = new Term(OPCODES.Store, [value, place], value.start, value.end);
  const leave = new Term(OPCODES.Break, [], start, word.end);
  const always = new Term(OPCODES.One, [], start, word.end);
  return parser.make('While', [always, [store, ...chain(parser, arms, otherwise), leave]], start);
};

function readCases(parser: AslParser, variable: () => Term): { arms: Arm[]; otherwise: Term | undefined } {
  const { cursor } = parser;
  const arms: Arm[] = [];
  let otherwise: Term | undefined;
  cursor.expect('{');
  while (!cursor.failed && !cursor.at('}')) {
    const word = cursor.next();
    const text = word.kind === 'word' ? word.text.toLowerCase() : '';
    if (text === 'case') {
      cursor.expect('(');
      const predicate = matchCase(parser.expression(), variable(), word);
      cursor.expect(')');
      // Each arm is nested in the one before, like those of an If.
      if (arms.length >= limit('asl-elseif')) cursor.fail(moreThan('asl-elseif', 'Case in a Switch'), word);
      else arms.push({ start: word.start, predicate, body: parser.body(), end: cursor.lastEnd });
    } else if (text === 'default') {
      if (otherwise !== undefined) cursor.fail('a second Default', word);
      otherwise = parser.make('Else', [parser.body()], word.start);
    } else if (word.text !== ';') {
      cursor.fail('Case or Default expected', word);
    }
  }
  cursor.expect('}');
  return { arms, otherwise };
}

/** The predicate of one Case: the value is equal or, for a package, equal to one of its elements. */
function matchCase(value: Term, variable: Term, word: Token): Term {
  const make = (name: OpcodeName, operands: Term['operands']): Term =>
    new Term(OPCODES[name], operands, word.start, value.end);
  if (value.op.name !== 'Package' && value.op.name !== 'VarPackage') return make('LEqual', [variable, value]);
  const [MTR, MEQ] = [MATCH_WORDS.get('mtr')!, MATCH_WORDS.get('meq')!];
  const match = make('Match', [value, MEQ, variable, MTR, make('Zero', []), make('Zero', [])]);
  return make('LNot', [make('LEqual', [match, make('Ones', [])])]);
}

const returnForm: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  let value = new Term(OPCODES.Zero, [], word.start, word.end);
  if (cursor.accept('(')) {
    if (!cursor.at(')')) value = parser.expression();
    cursor.expect(')');
  }
  return parser.make('Return', [value], word.start);
};

/** The format string of a Printf and its arguments, concatenated: `%s`, `%x` and `%o` each take one argument. */
function concatenation(
  parser: AslParser,
  format: string,
  given: readonly Term[],
  word: Token,
): Term | undefined {
  const { cursor } = parser;
  const make = (name: OpcodeName, operands: Term['operands']): Term =>
    new Term(OPCODES[name], operands, word.start, word.end);
  let whole: Term | undefined;
  const add = (part: Term): void => {
    whole = whole === undefined ? part : parser.within(make('Concatenate', [whole, part, null]));
  };
  let index = 0;
  for (const [, text, specifier] of format.matchAll(/([^%]+)|%(.?)/gs)) {
    if (text !== undefined) {
      add(make('String', [text]));
      continue;
    }
    if (!/^[sxXo]$/.test(specifier ?? '')) {
      cursor.report('acpi/asl-printf', `unknown format specifier %${specifier}`, word);
      continue;
    }
    const argument = given[index++];
    if (argument === undefined) {
      cursor.report('acpi/asl-printf', `the format needs more than ${given.length} arguments`, word);
      break;
    }
    // The first operand decides the type: an empty string makes the result a string.
    if (whole === undefined && specifier !== 's') add(make('String', ['']));
    add(argument);
  }
  if (index < given.length) {
    cursor.report('acpi/asl-printf-extra', `the format uses ${index} of ${given.length} arguments`, word);
  }
  return whole;
}

function printf(parser: AslParser, word: Token, toDebug: boolean): Term {
  const { cursor } = parser;
  cursor.expect('(');
  const place = toDebug ? undefined : parser.expression();
  if (place !== undefined) cursor.expect(',');
  const format = parser.text();
  let given: Term[] = [];
  if (cursor.accept(',')) given = parser.list(')', () => parser.expression());
  else cursor.expect(')');
  const whole = concatenation(parser, format, given, word);
  if (whole === undefined) return parser.make('Noop', [], word.start);
  return parser.make('Store', [whole, place ?? parser.make('Debug', [], word.start)], word.start);
}

function negated(name: OpcodeName): SpecialForm {
  return (parser, word) => {
    const { cursor } = parser;
    cursor.expect('(');
    const left = parser.expression();
    cursor.expect(',');
    const right = parser.expression();
    cursor.expect(')');
    return parser.makeFolded('LNot', [parser.makeFolded(name, [left, right], word.start)], word.start);
  };
}

export const CONTROL_FORMS: Readonly<Record<string, SpecialForm>> = {
  If: ifForm,
  Else: strayElse,
  ElseIf: strayElse,
  For: forForm,
  Switch: switchForm,
  Return: returnForm,
  Printf: (parser, word) => printf(parser, word, true),
  Fprintf: (parser, word) => printf(parser, word, false),
  LNotEqual: negated('LEqual'),
  LLessEqual: negated('LGreater'),
  LGreaterEqual: negated('LLess'),
};
