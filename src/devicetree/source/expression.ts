/** Integer expressions of device tree source: C's operators and precedence on unsigned 64-bit numbers. */
import { limit, moreThan } from '../../limits/limits.ts';
import type { Lexer, TokenKind } from './lexer.ts';
import { literalBytes } from './literals.ts';
import { BINARY_PRECEDENCE, UNARY_PRECEDENCE } from './precedence.ts';

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

/** Applies a binary operator; undefined for a division by zero. */
function applyBinary(operator: TokenKind, left: bigint, right: bigint): bigint | undefined {
  switch (operator) {
    case '||':
      return truth(left !== 0n || right !== 0n);
    case '&&':
      return truth(left !== 0n && right !== 0n);
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '&':
      return left & right;
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    case '<':
      return truth(left < right);
    case '>':
      return truth(left > right);
    case '<=':
      return truth(left <= right);
    case '>=':
      return truth(left >= right);
    // A shift by 64 or more, which C leaves undefined, gives 0.
    case '<<':
      return right < 64n ? unsigned(left << right) : 0n;
    case '>>':
      return right < 64n ? left >> right : 0n;
    case '+':
      return unsigned(left + right);
    case '-':
      return unsigned(left - right);
    case '*':
      return unsigned(left * right);
    case '/':
      return right === 0n ? undefined : left / right;
    default:
      return right === 0n ? undefined : left % right;
  }
}

/** An entry of the operator stack (shunting-yard algorithm). */
type Pending = {
  readonly kind: 'open' | 'unary' | 'binary' | 'condition' | 'choice';
  readonly operator: TokenKind;
};

function precedenceOf(pending: Pending): number {
  if (pending.kind === 'unary') return UNARY_PRECEDENCE;
  return pending.kind === 'binary' ? BINARY_PRECEDENCE[pending.operator]! : 0;
}

/** Value of the current `integer` token. */
export function integerOf(lexer: Lexer): bigint {
  return lexer.small >= 0 ? BigInt(lexer.small) : lexer.integer;
}

/** Value of the current `character` token; reported unless it is exactly one character. */
export function characterOf(lexer: Lexer): bigint {
  const { bytes, badEscape } = literalBytes(lexer.text);
  const complain = (problem: string): void => lexer.report('dt/lexical', { problem }, lexer.span);
  if (badEscape) complain('\\x used with no following hex digits');
  else if (bytes.length === 0) complain('Empty character literal');
  else if (bytes.length > 1) complain(`Character literal has ${bytes.length} characters instead of 1`);
  return BigInt(bytes[0] ?? 0);
}

/**
 * Parses an integer of a value: a literal, a character, or an expression in parentheses. Undefined, at the offending token,
 * when there is none. Both branches of `?:` are evaluated, so a division by zero is reported in either; its value is 0.
 * @param endedAt called with the exclusive end of the integer
 */
export function parseInteger(lexer: Lexer, endedAt?: (end: number) => void): bigint | undefined {
  if (lexer.kind === 'integer' || lexer.kind === 'character') {
    const value = lexer.kind === 'integer' ? integerOf(lexer) : characterOf(lexer);
    endedAt?.(lexer.end);
    lexer.next();
    return value;
  }
  if (lexer.kind !== '(') return undefined;
  const pending: Pending[] = [];
  const values: bigint[] = [];
  const starts: number[] = [];
  let end = lexer.end;

  const applyTop = (): void => {
    const { kind, operator } = pending.pop()!;
    const right = values.pop()!;
    const rightStart = starts.pop()!;
    if (kind === 'unary') {
      values.push(
        operator === '-' ? unsigned(-right) : operator === '~' ? unsigned(~right) : truth(right === 0n),
      );
      starts.push(rightStart);
      return;
    }
    const left = values.pop()!;
    const start = starts.at(-1)!;
    if (kind === 'choice') {
      const condition = values.pop()!;
      starts.pop();
      values.push(condition !== 0n ? left : right);
      return;
    }
    const value = applyBinary(operator, left, right);
    if (value === undefined) {
      lexer.report('dt/division-by-zero', {}, lexer.file.spanOf(start, end));
    }
    values.push(value ?? 0n);
  };
  /** Applies the pending operators of at least this precedence. */
  const applyDownTo = (precedence: number): void => {
    for (let top = pending.at(-1); top && precedenceOf(top) >= precedence; top = pending.at(-1)) applyTop();
  };

  let wantsOperand = true;
  for (;;) {
    const { kind } = lexer;
    if (pending.length > limit('expression-depth')) {
      lexer.report(
        'dt/too-deep',
        { problem: `The expression nests ${moreThan('expression-depth')}` },
        lexer.span,
      );
      return undefined;
    }
    if (wantsOperand) {
      if (kind === 'integer' || kind === 'character') {
        values.push(kind === 'integer' ? integerOf(lexer) : characterOf(lexer));
        starts.push(lexer.start);
        wantsOperand = false;
      } else if (kind === '(') {
        pending.push({ kind: 'open', operator: kind });
      } else if (kind === '-' || kind === '~' || kind === '!') {
        pending.push({ kind: 'unary', operator: kind });
      } else {
        return undefined;
      }
    } else if (kind === ')') {
      applyDownTo(1);
      while (pending.at(-1)?.kind === 'choice') applyTop();
      if (pending.at(-1)?.kind !== 'open') return undefined;
      pending.pop();
      if (pending.length === 0) {
        endedAt?.(lexer.end);
        lexer.next();
        return values[0];
      }
    } else if (kind === '?') {
      applyDownTo(1);
      pending.push({ kind: 'condition', operator: kind });
      wantsOperand = true;
    } else if (kind === ':') {
      applyDownTo(1);
      while (pending.at(-1)?.kind === 'choice') applyTop();
      if (pending.at(-1)?.kind !== 'condition') return undefined;
      pending.pop();
      pending.push({ kind: 'choice', operator: kind });
      wantsOperand = true;
    } else {
      const precedence = BINARY_PRECEDENCE[kind];
      if (precedence === undefined) return undefined;
      applyDownTo(precedence);
      pending.push({ kind: 'binary', operator: kind });
      wantsOperand = true;
    }
    end = lexer.end;
    lexer.next();
  }
}
