/**
 * Sentences from the grammars in grammars/: reads the notation and makes up texts that a grammar allows.
 *
 * The notation is that of the XML specification (section 6): `name ::= …`, literals in quotes, `[a-z]` and `[^"]`
 * character classes, `#x0A` characters, `( )`, `|`, `?`, `*`, `+`, and comments between slash-stars. A rule whose name
 * is in capitals is a token: its parts follow each other without a space. In all other rules they are apart.
 */

type Expression =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'class';
      readonly ranges: readonly (readonly [number, number])[];
      readonly negated: boolean;
    }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly part: Expression; readonly least: 0 | 1; readonly many: boolean };

export interface Grammar {
  readonly rules: ReadonlyMap<string, Expression>;
  /** How many rules deep the shortest sentence of each rule is. */
  readonly heights: ReadonlyMap<string, number>;
}

/** Numbers from 0 (inclusive) to 1 (exclusive), the same ones for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: () => number, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)]!;
}

const LEXEMES =
  /\s+|\/\*[\s\S]*?\*\/|(?<define>\w+)\s*::=|(?<name>\w+)|'(?<single>[^']*)'|"(?<double>[^"]*)"|#x(?<code>[0-9A-Fa-f]+)|\[(?<class>(?:\\.|[^\]])+)\]|(?<mark>[()|?*+])/gy;

/** Reads a grammar. Throws on what is no grammar: that is a fault of ours, not of an input. */
export function readGrammar(text: string): Grammar {
  const lexemes: { kind: string; text: string }[] = [];
  LEXEMES.lastIndex = 0;
  while (LEXEMES.lastIndex < text.length) {
    const at = LEXEMES.lastIndex;
    const match = LEXEMES.exec(text);
    if (!match) throw new Error(`no grammar at "${text.slice(at, at + 40)}"`);
    const group = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined);
    if (group) lexemes.push({ kind: group[0], text: group[1]! });
  }
  let at = 0;
  const isMark = (mark: string): boolean => lexemes[at]?.kind === 'mark' && lexemes[at]!.text === mark;

  const choice = (): Expression => {
    const parts = [sequence()];
    while (isMark('|')) {
      at += 1;
      parts.push(sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  };
  const sequence = (): Expression => {
    const parts: Expression[] = [];
    for (
      let next = lexemes[at];
      next && next.kind !== 'define' && !isMark('|') && !isMark(')');
      next = lexemes[at]
    ) {
      let part = primary();
      while (isMark('?') || isMark('*') || isMark('+')) {
        const mark = lexemes[at]!.text;
        part = { kind: 'repeat', part, least: mark === '+' ? 1 : 0, many: mark !== '?' };
        at += 1;
      }
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  };
  const primary = (): Expression => {
    const { kind, text: said } = lexemes[at]!;
    at += 1;
    switch (kind) {
      case 'name':
        return { kind: 'rule', name: said };
      case 'single':
      case 'double':
        return { kind: 'literal', text: said };
      case 'code':
        return { kind: 'literal', text: String.fromCharCode(Number.parseInt(said, 16)) };
      case 'class':
        return characterClass(said);
      default: {
        if (said !== '(') throw new Error(`"${said}" begins no part of a rule`);
        const inner = choice();
        if (!isMark(')')) throw new Error('a ")" is missing');
        at += 1;
        return inner;
      }
    }
  };

  const rules = new Map<string, Expression>();
  while (at < lexemes.length) {
    const { kind, text: name } = lexemes[at]!;
    if (kind !== 'define') throw new Error(`"${name}" stands where a rule should begin`);
    if (rules.has(name)) throw new Error(`${name} is defined twice`);
    at += 1;
    rules.set(name, choice());
  }
  return { rules, heights: heightsOf(rules) };
}

function characterClass(text: string): Expression {
  const negated = text.startsWith('^');
  const codes: number[] = [];
  const ranges: [number, number][] = [];
  for (const [said] of text.slice(negated ? 1 : 0).matchAll(/#x[0-9A-Fa-f]+|\\.|[\s\S]/g)) {
    if (said === '-' && codes.length > 0) {
      codes.push(-1);
      continue;
    }
    const code = said.startsWith('#x')
      ? Number.parseInt(said.slice(2), 16)
      : said.charCodeAt(said.length - 1);
    if (codes.at(-1) === -1) {
      codes.pop();
      ranges.push([codes.pop()!, code]);
    } else {
      codes.push(code);
    }
  }
  for (const code of codes) ranges.push(code === -1 ? [0x2d, 0x2d] : [code, code]);
  return { kind: 'class', ranges, negated };
}

function heightsOf(rules: ReadonlyMap<string, Expression>): Map<string, number> {
  const heights = new Map<string, number>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, rule] of rules) {
      const height = heightOf(rule, heights) + 1;
      if (height < (heights.get(name) ?? Number.POSITIVE_INFINITY)) {
        heights.set(name, height);
        changed = true;
      }
    }
  }
  for (const name of rules.keys()) if (!heights.has(name)) throw new Error(`${name} has no finite sentence`);
  return heights;
}

function heightOf(expression: Expression, heights: ReadonlyMap<string, number>): number {
  switch (expression.kind) {
    case 'rule':
      return heights.get(expression.name) ?? Number.POSITIVE_INFINITY;
    case 'sequence':
      return Math.max(0, ...expression.parts.map((part) => heightOf(part, heights)));
    case 'choice':
      return Math.min(...expression.parts.map((part) => heightOf(part, heights)));
    case 'repeat':
      return expression.least === 0 ? 0 : heightOf(expression.part, heights);
    default:
      return 0;
  }
}

export interface SentenceOptions {
  readonly random: () => number;
  /** From this many rules deep on only the shortest way out is taken. */
  readonly maxDepth?: number;
  /** From this many tokens on, too. */
  readonly maxTokens?: number;
  /** Rules, mostly tokens, made otherwise than the grammar would, where a sentence has to make sense: labels that exist, say. */
  readonly tokens?: Readonly<Record<string, (random: () => number) => string>>;
  /** What stands between two tokens; a space, and now and then a newline or a tab, unless said otherwise. */
  readonly separator?: (random: () => number) => string;
}

/** A text that the rule `start` allows. */
export function sentence(grammar: Grammar, start: string, options: SentenceOptions): string {
  const { random, tokens = {} } = options;
  const maxDepth = options.maxDepth ?? 24;
  const maxTokens = options.maxTokens ?? 300;
  let made = 0;
  const separator = options.separator ?? ((from) => pick(from, [' ', ' ', ' ', '\n', '\t']));

  /** Appends the tokens of an expression; inside of a token rule all is one token. */
  const produce = (expression: Expression, nesting: number, out: string[]): void => {
    const depth = made > maxTokens ? Math.max(nesting, maxDepth) : nesting;
    switch (expression.kind) {
      case 'literal':
        made += 1;
        out.push(expression.text);
        return;
      case 'class':
        out.push(String.fromCharCode(characterOf(expression, random)));
        return;
      case 'sequence':
        for (const part of expression.parts) produce(part, depth, out);
        return;
      case 'choice':
        produce(chosen(expression.parts, depth), depth, out);
        return;
      case 'repeat': {
        const stop = depth >= maxDepth ? 1 : expression.many ? 0.45 : 0.5;
        for (let count = 0; count < expression.least || random() >= stop; count += 1) {
          produce(expression.part, depth, out);
          if (!expression.many) break;
        }
        return;
      }
      case 'rule': {
        const maker = tokens[expression.name];
        if (maker) {
          made += 1;
          out.push(maker(random));
          return;
        }
        const rule = grammar.rules.get(expression.name);
        if (!rule) throw new Error(`${expression.name} is not defined`);
        if (expression.name !== expression.name.toUpperCase()) {
          produce(rule, depth + 1, out);
          return;
        }
        const characters: string[] = [];
        produce(rule, depth + 1, characters);
        out.push(characters.join(''));
      }
    }
  };
  const chosen = (parts: readonly Expression[], depth: number): Expression => {
    if (depth < maxDepth) return pick(random, parts);
    const heights = parts.map((part) => heightOf(part, grammar.heights));
    const least = Math.min(...heights);
    return pick(
      random,
      parts.filter((_, index) => heights[index] === least),
    );
  };
  const out: string[] = [];
  produce({ kind: 'rule', name: start }, 0, out);
  return out.map((token, index) => (index === 0 ? token : separator(random) + token)).join('');
}

function characterOf(
  { ranges, negated }: Extract<Expression, { kind: 'class' }>,
  random: () => number,
): number {
  if (!negated) {
    const [from, to] = pick(random, ranges);
    return from + Math.floor(random() * (to - from + 1));
  }
  for (;;) {
    // Mostly printable, sometimes any byte above.
    const code = random() < 0.95 ? 0x20 + Math.floor(random() * 0x5f) : 0x80 + Math.floor(random() * 0x80);
    if (!ranges.some(([from, to]) => code >= from && code <= to)) return code;
  }
}
