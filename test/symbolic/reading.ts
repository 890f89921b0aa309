/**
 * Reads conditions as CONTRACT-style text and as trees, and calculates them: nothing of `src/symbolic` is used. Numbers
 * are of 64 bits, as C's unsigned long long.
 */

export type Tree =
  | { readonly all: readonly Tree[] }
  | { readonly any: readonly Tree[] }
  | { readonly not: Tree }
  | { readonly op: string; readonly left: string; readonly right: string };

/** What a name, or the value of a choice, stands for. */
export type Meaning = (name: string) => bigint;

const RELATION = / (==|!=|<|<=|>|>=) /g;

/** Does the text hold? Throws on what is not of the grammar. */
export function holdsText(text: string, meaning: Meaning): boolean {
  return text
    .split(', or ')
    .some((way) => way.split(' and ').every((literal) => holdsLiteral(literal, meaning)));
}

function holdsLiteral(literal: string, meaning: Meaning): boolean {
  // The last one that is in no brackets.
  const match = [...literal.matchAll(RELATION)].findLast(({ index }) => depthAt(literal, index) === 0);
  if (match === undefined) throw new SyntaxError(`no comparison: ${literal}`);
  const [left, right] = [literal.slice(0, match.index), literal.slice(match.index + match[0].length)];
  return related(valueOfText(left, meaning), match[1]!, valueOfText(right, meaning));
}

function depthAt(text: string, index: number): number {
  const before = text.slice(0, index);
  return before.split('(').length - before.split(')').length;
}

/** As {@link holdsText}, of a tree. */
export function holdsTree(tree: Tree, meaning: Meaning): boolean {
  if ('all' in tree) return tree.all.every((each) => holdsTree(each, meaning));
  if ('any' in tree) return tree.any.some((each) => holdsTree(each, meaning));
  if ('not' in tree) return !holdsTree(tree.not, meaning);
  return related(valueOfText(tree.left, meaning), tree.op, valueOfText(tree.right, meaning));
}

function related(a: bigint, op: string, b: bigint): boolean {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
  throw new SyntaxError(`no relation: ${op}`);
}

/** Binary operators of C, the weakest first; those of a line bind alike, to the left. */
const OPERATORS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const TOKEN =
  /\s*(0x[0-9a-f]+|\d+(?![.\d])|\|\||&&|<<|>>|<=|>=|==|!=|[-+*/%&|^<>!?:()]|[A-Za-z_\\0-9.][\w\\.'@#]*)/y;

/** The value of a C expression. */
export function valueOfText(text: string, meaning: Meaning): bigint {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) throw new SyntaxError(`not C: ${text}`);
    tokens.push(match[1]!);
  }
  let at = 0;
  const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
  const ternary = (): bigint => {
    const when = binary(0);
    if (tokens[at] !== '?') return when;
    at += 1;
    const yes = ternary();
    if (tokens[at++] !== ':') throw new SyntaxError(`no colon: ${text}`);
    const no = ternary();
    return when === 0n ? no : yes;
  };
  const binary = (level: number): bigint => {
    if (level === OPERATORS.length) return unary();
    let left = binary(level + 1);
    while (OPERATORS[level]!.includes(tokens[at]!)) {
      const op = tokens[at++]!;
      left = calculated(op, left, binary(level + 1));
    }
    return left;
  };
  const calculated = (op: string, a: bigint, b: bigint): bigint => {
    switch (op) {
      case '||':
        return BigInt(a !== 0n || b !== 0n);
      case '&&':
        return BigInt(a !== 0n && b !== 0n);
      case '|':
        return a | b;
      case '^':
        return a ^ b;
      case '&':
        return a & b;
      case '<<':
        return b > 63n ? 0n : wrap(a << b);
      case '>>':
        return b > 63n ? 0n : a >> b;
      case '+':
        return wrap(a + b);
      case '-':
        return wrap(a - b);
      case '*':
        return wrap(a * b);
      case '/':
        return b === 0n ? 0n : a / b;
      case '%':
        return b === 0n ? 0n : a % b;
      default:
        return BigInt(related(a, op, b));
    }
  };
  const unary = (): bigint => {
    const token = tokens[at++];
    if (token === '!') return BigInt(unary() === 0n);
    if (token === '-') return wrap(-unary());
    if (token === '(') {
      const value = ternary();
      if (tokens[at++] !== ')') throw new SyntaxError(`no bracket: ${text}`);
      return value;
    }
    if (token === undefined) throw new SyntaxError(`it ends: ${text}`);
    return /^(0x[0-9a-f]+|\d+)$/.test(token) ? BigInt(token) : meaning(token);
  };
  const value = ternary();
  if (at !== tokens.length) throw new SyntaxError(`more behind it: ${text}`);
  return value;
}
