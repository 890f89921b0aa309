/** Macro definitions: reading `#define`, comparing a redefinition. */
import { type Edge, edgeOf, lexLine, type NameTable, type Token } from './tokens.ts';

/** Macros whose value depends on where they are used. */
export type BuiltinMacro =
  | '__LINE__'
  | '__FILE__'
  | '__BASE_FILE__'
  | '__COUNTER__'
  | '__INCLUDE_LEVEL__'
  | '__DATE__'
  | '__TIME__'
  | '__TIMESTAMP__';

export const BUILTIN_MACROS: readonly BuiltinMacro[] = [
  '__LINE__',
  '__FILE__',
  '__BASE_FILE__',
  '__COUNTER__',
  '__INCLUDE_LEVEL__',
  '__DATE__',
  '__TIME__',
  '__TIMESTAMP__',
];

export interface Macro {
  readonly name: string;
  /** Undefined for an object-like macro. */
  readonly parameters: readonly string[] | undefined;
  /** The last parameter takes all further arguments. */
  readonly variadic: boolean;
  readonly body: readonly Token[];
  /** The body as printed, when nothing in it can be expanded or pasted, as in most constants. */
  readonly plain: string | undefined;
  readonly lastEdge: Edge;
  readonly builtin?: BuiltinMacro;
}

/** The error of a malformed definition. */
export interface BadDefinition {
  readonly problem: string;
}

const VA_ARGS = '__VA_ARGS__';

/** Reads the parameter list after `NAME(`; `next` is the index of the first token after `)`. */
function readParameters(
  tokens: readonly Token[],
  from: number,
): { parameters: string[]; variadic: boolean; next: number } | BadDefinition {
  const parameters: string[] = [];
  const known = new Set<string>();
  let at = from;
  if (tokens[at]?.text === ')') return { parameters, variadic: false, next: at + 1 };
  for (;;) {
    const token = tokens[at];
    if (token?.text === '...') {
      parameters.push(VA_ARGS);
      if (tokens[at + 1]?.text !== ')') return { problem: 'expected ")" after "..."' };
      return { parameters, variadic: true, next: at + 2 };
    }
    if (token?.kind !== 'name') return { problem: 'expected a parameter name in the macro parameter list' };
    if (known.has(token.text)) return { problem: `duplicate macro parameter "${token.text}"` };
    known.add(token.text);
    parameters.push(token.text);
    at += 1;
    const separator = tokens[at]?.text;
    if (separator === '...') {
      if (tokens[at + 1]?.text !== ')') return { problem: 'expected ")" after "..."' };
      return { parameters, variadic: true, next: at + 2 };
    }
    if (separator === ')') return { parameters, variadic: false, next: at + 1 };
    if (separator !== ',') return { problem: 'expected "," or ")" in the macro parameter list' };
    at += 1;
  }
}

/** Reads the body: parameters are marked, `#` and `##` become flags of the neighbouring tokens. */
function readBody(
  tokens: readonly Token[],
  parameters: readonly string[] | undefined,
): Token[] | BadDefinition {
  const body: Token[] = [];
  const places = new Map(parameters?.map((name, index) => [name, index]));
  let stringify: Token | undefined;
  let afterPaste = false;
  for (const token of tokens) {
    const parameter = token.kind === 'name' ? (places.get(token.text) ?? -1) : -1;
    if (token.text === '##' && token.kind === 'punctuator') {
      const last = body.pop();
      if (!last || afterPaste) return { problem: '"##" cannot appear at either end of a macro expansion' };
      body.push({ ...last, pasteNext: true });
      afterPaste = true;
      continue;
    }
    if (stringify && parameter < 0) {
      // In assembler sources a "#" that no parameter follows is just a "#" (libcpp's create_iso_definition).
      body.push(stringify);
      stringify = undefined;
    }
    if (token.text === '#' && token.kind === 'punctuator' && parameters) {
      stringify = token;
      afterPaste = false;
      continue;
    }
    if (parameter >= 0) {
      const white = stringify ? stringify.white : token.white;
      body.push({ ...token, kind: 'parameter', parameter, white, ...(stringify ? { stringify: true } : {}) });
      stringify = undefined;
    } else {
      body.push(token);
    }
    afterPaste = false;
  }
  if (stringify) body.push(stringify);
  if (afterPaste) return { problem: '"##" cannot appear at either end of a macro expansion' };
  if (body[0]?.white) body[0] = { ...body[0], white: false };
  return body;
}

function spell(body: readonly Token[]): string {
  return body.map((token) => (token.white ? ` ${token.text}` : token.text)).join('');
}

/** Reads the text after `#define`. @param end exclusive */
export function readDefinition(
  text: string,
  start: number,
  end: number,
  names: NameTable,
): Macro | BadDefinition {
  const tokens = lexLine(text, start, end, names);
  const name = tokens[0];
  if (!name) return { problem: 'no macro name given in #define directive' };
  if (name.kind !== 'name') return { problem: 'macro names must be identifiers' };
  if (name.text === 'defined') return { problem: '"defined" cannot be used as a macro name' };
  let parameters: readonly string[] | undefined;
  let variadic = false;
  let next = 1;
  if (tokens[1]?.text === '(' && !tokens[1].white) {
    const list = readParameters(tokens, 2);
    if ('problem' in list) return list;
    ({ parameters, variadic, next } = list);
  }
  const body = readBody(tokens.slice(next), parameters);
  if ('problem' in body) return body;
  const last = body.at(-1);
  const inert = !parameters && last && body.every((token) => token.kind !== 'name' && !token.pasteNext);
  return {
    name: name.text,
    parameters,
    variadic,
    body,
    plain: inert ? spell(body) : undefined,
    lastEdge: last ? edgeOf(last.kind, last.text) : 0,
  };
}

export function builtinMacro(name: BuiltinMacro): Macro {
  return {
    name,
    parameters: undefined,
    variadic: false,
    body: [],
    plain: undefined,
    lastEdge: 0,
    builtin: name,
  };
}

/** Whether a redefinition is identical (C 6.10.3 paragraph 2). */
export function sameMacro(a: Macro, b: Macro): boolean {
  if (a === b) return true;
  if (a.variadic !== b.variadic || a.builtin !== b.builtin || a.body.length !== b.body.length) return false;
  if (a.parameters?.join() !== b.parameters?.join()) return false;
  return a.body.every((token, index) => {
    const other = b.body[index]!;
    return (
      token.text === other.text &&
      token.kind === other.kind &&
      token.white === other.white &&
      token.pasteNext === other.pasteNext &&
      token.stringify === other.stringify
    );
  });
}
