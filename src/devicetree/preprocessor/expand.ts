/**
 * Macro expansion (C 6.10.3) with the extensions and the white space of GNU cpp: a space between two tokens decides whether
 * dtc reads one name or two. The contexts, the padding tokens and their order follow libcpp's macro.c (cpp_get_token,
 * enter_macro_context, replace_args, paste_all_tokens, stringify_arg).
 */
import { limit, moreThan } from '../../limits/limits.ts';
import type { Macro } from './macros.ts';
import { lexToken, type NameTable, type Token } from './tokens.ts';

/** A source of unexpanded tokens: text of a file, a directive's line, an argument. */
export interface TokenSource {
  next(): Token;
  /** The position before the next token, for {@link back}. */
  mark(): number;
  back(mark: number): void;
  /** Called when an argument list begins: until {@link leaveArguments} `next` may continue past directives. */
  enterArguments?(): void;
  leaveArguments?(): void;
}

/** Limits on the output of all macros together. */
export type Spent = 'macro-tokens' | 'macro-characters';

export type ExpansionProblem = 'too-deep' | 'unterminated-arguments' | 'argument-count';

export interface ExpansionHost {
  readonly names: NameTable;
  macroOf(name: number): Macro | undefined;
  /** The text that a macro such as `__LINE__` expands to. */
  builtinText(macro: Macro, invocation: Token): string;
  /** Takes so much from what all macros together may make. False when that is too much, which the host tells. */
  spend(what: Spent, macro: Macro, amount: number): boolean;
  problem(problem: ExpansionProblem, macro: Macro, detail: string): void;
}

interface Context {
  readonly tokens: readonly Token[];
  at: number;
  readonly macro: Macro | undefined;
}

interface Argument {
  readonly tokens: Token[];
  /** The variadic argument was omitted altogether (`, ## args` then drops the comma). */
  missing: boolean;
  expanded: Token[] | undefined;
}

const AVOID_PASTE: Token = {
  kind: 'padding',
  text: '',
  name: -1,
  white: false,
  start: 0,
  end: 0,
  origin: undefined,
};

function padding(origin: Token): Token {
  return { kind: 'padding', text: '', name: -1, white: false, start: 0, end: 0, origin };
}

const END: Token = { kind: 'end', text: '', name: -1, white: false, start: 0, end: 0 };

/** Reads tokens from a list. */
export function listSource(tokens: readonly Token[]): TokenSource {
  let at = 0;
  return {
    next: () => tokens[at++] ?? END,
    mark: () => at,
    back: (mark) => {
      at = mark;
    },
  };
}

export class Expander {
  readonly #host: ExpansionHost;
  #base: TokenSource;
  #contexts: Context[] = [];
  readonly #disabled = new Set<Macro>();
  #prevented = 0;
  #depth = 0;
  /** The last token came from the base. */
  #fromBase = false;
  /** Inside a directive there is no padding, since nothing is printed. */
  inDirective = false;
  #exhausted = false;

  constructor(host: ExpansionHost, base: TokenSource) {
    this.#host = host;
    this.#base = base;
  }

  set base(source: TokenSource) {
    this.#base = source;
  }

  /** No macro is being expanded: the next token comes from the base. */
  get atBase(): boolean {
    return this.#contexts.length === 0;
  }

  /** A limit was exceeded; nothing more is expanded. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** While positive, names are not expanded (`defined X`). */
  prevent(by: 1 | -1): void {
    this.#prevented += by;
  }

  /** Abandons an expansion in progress. */
  reset(): void {
    this.#contexts = [];
    this.#disabled.clear();
    this.#prevented = 0;
  }

  #push(tokens: readonly Token[], macro: Macro | undefined): void {
    this.#contexts.push({ tokens, at: 0, macro });
  }

  #stop(): void {
    this.#exhausted = true;
    this.#contexts = [];
  }

  /** Counts towards a limit; when it is exceeded, returns false and ends all expansion. */
  #spend(what: Spent, macro: Macro, amount: number): boolean {
    if (this.#host.spend(what, macro, amount)) return true;
    this.#stop();
    return false;
  }

  /** The next token, macros expanded; padding included unless {@link inDirective}. */
  next(): Token {
    for (;;) {
      const context = this.#contexts.at(-1);
      this.#fromBase = !context;
      let token: Token;
      if (!context) {
        token = this.#base.next();
      } else if (context.at < context.tokens.length) {
        token = context.tokens[context.at++]!;
        if (token.pasteNext) {
          this.#pasteAll(context, token);
          if (this.inDirective) continue;
          return padding(token);
        }
      } else {
        this.#contexts.pop();
        if (context.macro) this.#disabled.delete(context.macro);
        if (this.inDirective) continue;
        return AVOID_PASTE;
      }
      if (token.kind !== 'name' || token.painted || this.#exhausted) return token;
      const macro = this.#host.macroOf(token.name);
      if (!macro) return token;
      if (this.#disabled.has(macro)) return { ...token, painted: true };
      if (this.#prevented > 0 || !this.enter(macro, token)) return token;
      if (!this.inDirective) return padding(token);
    }
  }

  /** Starts the expansion of a macro named by `invocation`. False when it takes arguments and none follow. */
  enter(macro: Macro, invocation: Token): boolean {
    if (macro.builtin) {
      const text = this.#host.builtinText(macro, invocation);
      const token = lexToken(text, 0, text.length, this.#host.names, false);
      this.#push([{ ...token, start: invocation.start, end: invocation.end }], undefined);
      return true;
    }
    let tokens = macro.body;
    if (macro.parameters) {
      this.#prevented += 1;
      const collected = this.#collectArguments(macro);
      this.#prevented -= 1;
      if (collected === 'none' || collected === 'bad') return false;
      tokens = macro.parameters.length > 0 ? this.#substitute(macro, collected) : macro.body;
    }
    // A body with arguments substituted was counted while it was built.
    if (this.#exhausted || !this.#spend('macro-tokens', macro, tokens === macro.body ? tokens.length + 1 : 1))
      return true;
    this.#disabled.add(macro);
    this.#push(tokens, macro);
    return true;
  }

  /** Consumes `(` as the next token that is not padding; if it isn't there, consumes nothing. */
  #openParenthesis(): boolean {
    const mark = this.#base.mark();
    let pad: Token | undefined;
    for (;;) {
      const token = this.next();
      if (token.kind === 'padding') {
        if (!pad || token.origin === undefined) pad = token;
        continue;
      }
      if (token.kind === 'punctuator' && token.text === '(') return true;
      if (this.#fromBase) this.#base.back(mark);
      else this.#contexts.at(-1)!.at -= 1;
      if (pad && !this.atBase) this.#push([pad], undefined);
      return false;
    }
  }

  #collectArguments(macro: Macro): Argument[] | 'none' | 'bad' {
    const wanted = macro.parameters!.length;
    if (!this.#openParenthesis()) return 'none';
    this.#base.enterArguments?.();
    const collected: Argument[] = [];
    let depth = 0;
    let closed = false;
    while (!closed) {
      const tokens: Token[] = [];
      let token: Token;
      for (;;) {
        token = this.next();
        if (token.kind === 'end') break;
        if (token.kind === 'padding') {
          if (tokens.length === 0) continue;
        } else if (token.text === '(') {
          depth += 1;
        } else if (token.text === ')') {
          if (depth === 0) break;
          depth -= 1;
        } else if (token.text === ',' && depth === 0 && !(macro.variadic && collected.length + 1 >= wanted)) {
          break;
        }
        tokens.push(token);
        if (!this.#spend('macro-tokens', macro, 1)) return 'bad';
      }
      while (tokens.at(-1)?.kind === 'padding') tokens.pop();
      collected.push({ tokens, missing: false, expanded: undefined });
      if (token.kind === 'end') {
        this.#base.leaveArguments?.();
        if (!this.#exhausted) this.#host.problem('unterminated-arguments', macro, '');
        return 'bad';
      }
      closed = token.text === ')';
    }
    this.#base.leaveArguments?.();
    return this.#checkCount(macro, collected);
  }

  #checkCount(macro: Macro, collected: Argument[]): Argument[] | 'bad' {
    const wanted = macro.parameters!.length;
    let count = collected.length;
    if (count === 1 && wanted === 0 && collected[0]!.tokens.length === 0) count = 0;
    const enough =
      count >= wanted || (macro.variadic && count + 1 === wanted) || (wanted === 1 && count === 0);
    if (count > wanted || !enough) {
      this.#host.problem('argument-count', macro, `takes ${wanted} arguments, but ${count} given`);
      return 'bad';
    }
    if (macro.variadic) {
      if (count < wanted) collected.push({ tokens: [], missing: true, expanded: undefined });
      else if (count === 1 && collected[0]!.tokens.length === 0) collected[0]!.missing = true;
    }
    return collected;
  }

  /** An argument, macro-expanded in isolation (C 6.10.3.1). */
  #expanded(macro: Macro, argument: Argument): Token[] {
    if (argument.expanded) return argument.expanded;
    const result: Token[] = [];
    if (this.#depth >= limit('macro-argument-depth')) {
      if (!this.#exhausted)
        this.#host.problem('too-deep', macro, `arguments nested ${moreThan('macro-argument-depth')}`);
      this.#stop();
      return result;
    }
    this.#depth += 1;
    const { tokens } = argument;
    if (tokens.some((token) => token.kind === 'name' && !token.painted)) {
      const outerBase = this.#base;
      const outerContexts = this.#contexts;
      const outerPrevented = this.#prevented;
      this.#base = listSource(tokens);
      this.#contexts = [];
      this.#prevented = 0;
      for (let token = this.next(); token.kind !== 'end' && !this.#exhausted; token = this.next()) {
        result.push(token);
        this.#spend('macro-tokens', macro, 1);
      }
      this.#base = outerBase;
      this.#contexts = this.#exhausted ? [] : outerContexts;
      this.#prevented = outerPrevented;
    } else {
      for (const token of tokens) result.push(token);
    }
    this.#depth -= 1;
    argument.expanded = result;
    return result;
  }

  #substitute(macro: Macro, values: Argument[]): Token[] {
    const out: Token[] = [];
    const { body } = macro;
    const lastParameter = macro.parameters!.length - 1;
    for (let index = 0; index < body.length && !this.#exhausted; index += 1) {
      const token = body[index]!;
      if (token.kind !== 'parameter') {
        if (!this.#spend('macro-tokens', macro, 1)) break;
        if (token.text === '__VA_OPT__' && macro.variadic) {
          index = this.#optional(macro, values, index, out);
        } else {
          out.push(token);
        }
        continue;
      }
      const argument = values[token.parameter!]!;
      const pasted = index > 0 && body[index - 1]!.pasteNext === true;
      let flagged = -1;
      let tokens: readonly Token[];
      if (token.stringify) {
        tokens = [
          stringified(argument.tokens, token, (amount) => this.#spend('macro-characters', macro, amount)),
        ];
      } else if (token.pasteNext || pasted) {
        tokens = argument.tokens;
        const last = out.at(-1);
        if (last && pasted && !token.pasteNext) {
          if (
            last.text === ',' &&
            last.kind === 'punctuator' &&
            macro.variadic &&
            token.parameter === lastParameter
          ) {
            // GNU extension: `, ## args` drops the comma without an argument, and only the paste with one.
            if (argument.missing) out.pop();
            else flagged = out.length - 1;
          } else if (tokens.length === 0) {
            flagged = out.length - 1;
          }
        }
      } else {
        tokens = this.#expanded(macro, argument);
      }
      // Counted with the padding around it, and each time that the body names the argument.
      if (!this.#spend('macro-tokens', macro, tokens.length + 2)) break;
      if (!this.inDirective && index > 0 && !pasted) out.push(padding(token));
      if (tokens.length > 0) {
        for (const value of tokens) out.push(value);
        if (token.pasteNext) flagged = out.length - 1;
      }
      if (!this.inDirective && !token.pasteNext) out.push(AVOID_PASTE);
      if (flagged >= 0) out[flagged] = { ...out[flagged]!, pasteNext: token.pasteNext === true };
    }
    return out;
  }

  /** Expands `__VA_OPT__ ( … )` at `at`. @returns the index of its closing parenthesis */
  #optional(macro: Macro, values: Argument[], at: number, out: Token[]): number {
    const { body } = macro;
    if (body[at + 1]?.text !== '(') {
      out.push(body[at]!);
      return at;
    }
    let depth = 0;
    let close = at + 1;
    for (; close < body.length; close += 1) {
      if (body[close]!.text === '(') depth += 1;
      else if (body[close]!.text === ')') {
        depth -= 1;
        if (depth === 0) break;
      }
    }
    const variadic = values.at(-1)!;
    const given = this.#expanded(macro, variadic).some((token) => token.kind !== 'padding');
    if (given)
      for (const token of this.#substitute({ ...macro, body: body.slice(at + 2, close) }, values))
        out.push(token);
    return close;
  }

  /** Pastes `left` with the tokens that follow it in `context` while `##` follows. */
  #pasteAll(context: Context, left: Token): void {
    let result = left;
    let more = true;
    while (more && context.at < context.tokens.length) {
      const right = context.tokens[context.at]!;
      if (right.kind === 'padding') {
        context.at += 1;
        more = false;
        continue;
      }
      const text = result.text + right.text;
      // A token that is only extended isn't lexed again, since a long paste would be quadratic.
      const lengthens = extendsToken(result, right);
      if (!this.#spend('macro-characters', context.macro!, lengthens ? right.text.length : text.length))
        return;
      const token = lengthens
        ? { ...result, text, end: text.length, painted: false }
        : lexToken(text, 0, text.length, this.#host.names, false);
      if (token.end !== text.length || token.kind === 'end') break;
      context.at += 1;
      result = { ...token, white: result.white, start: left.start, end: right.end };
      more = right.pasteNext === true;
    }
    const name = result.kind === 'name' ? this.#host.names.numberOf(result.text) : -1;
    this.#push([{ ...result, name, pasteNext: false }], undefined);
  }
}

const WORD = /^\w+$/;

/** Whether pasting `right` to `left` gives a longer token of the same kind: a name or a number (C 6.4.2, 6.4.8). */
function extendsToken(left: Token, right: Token): boolean {
  if (right.kind !== 'name' && right.kind !== 'number') return false;
  return left.kind === 'number' || (left.kind === 'name' && WORD.test(right.text));
}

/** `#parameter`: the argument's spelling as a string literal; cut when `spend` returns false. */
function stringified(
  tokens: readonly Token[],
  parameter: Token,
  spend: (characters: number) => boolean,
): Token {
  let text = '"';
  let origin: Token | undefined;
  let backslashes = 0;
  for (const token of tokens) {
    if (token.kind === 'padding') {
      if (!origin || (!origin.white && token.origin === undefined)) origin = token.origin;
      continue;
    }
    if (!spend(token.text.length + 1)) break;
    if (text.length > 1 && (origin ?? token).white) text += ' ';
    origin = undefined;
    text += token.kind === 'string' ? token.text.replace(/[\\"]/g, '\\$&') : token.text;
    backslashes = token.kind === 'other' && token.text === '\\' ? backslashes + 1 : 0;
  }
  if (backslashes % 2 === 1) text = text.slice(0, -1);
  return {
    kind: 'string',
    text: `${text}"`,
    name: -1,
    white: parameter.white,
    pasteNext: parameter.pasteNext === true,
    start: parameter.start,
    end: parameter.end,
  };
}
