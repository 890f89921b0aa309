/** `--limit NAME=VALUE`: the limits of a run. */
import { parseSize } from '../../bytes/address.ts';
import { nearest } from '../../findings/nearest.ts';
import { LIMIT_NAMES, type LimitName, type Limits, limitRow } from '../../limits/limits.ts';
import { CommandError } from './command-error.ts';

const OPTION = '--limit';

/** Reads the values of the option, which may have a suffix: `8M`. Throws {@link CommandError}. */
export async function readLimits(options: readonly string[]): Promise<Partial<Limits>> {
  const limits = new Map<LimitName, number>();
  for (const text of options) {
    const equals = text.indexOf('=');
    const given = equals < 0 ? text : text.slice(0, equals);
    const name = LIMIT_NAMES.find((known) => known === given);
    if (name === undefined) {
      const close = await nearest(given, LIMIT_NAMES);
      throw new CommandError(
        `${OPTION} ${text}: there is no limit ${given === '' ? 'without a name' : given}`,
        close === undefined
          ? 'a message about a limit names it, and docs/limits.md lists all'
          : `did you mean ${close}?`,
      );
    }
    if (equals < 0)
      throw new CommandError(`${OPTION} ${text}: it takes NAME=VALUE`, `for example ${exampleOf(name)}`);
    const value = parseSize(text.slice(equals + 1));
    if (value === undefined || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new CommandError(
        `${OPTION} ${text}: it takes a number of ${limitRow(name).unit}`,
        `for example ${exampleOf(name)}`,
      );
    if (limits.has(name)) throw new CommandError(`${OPTION} ${name} is given more than once`);
    limits.set(name, Number(value));
  }
  return Object.fromEntries(limits);
}

function exampleOf(name: LimitName): string {
  const { default: value, unit } = limitRow(name);
  const twice = 2 * value;
  return `${OPTION} ${name}=${unit === 'bytes' && twice % 2 ** 20 === 0 ? `${twice / 2 ** 20}M` : twice}`;
}

/** Takes the option out of the line of a command with its own parser. Words after `--` stay. */
export function takeLimits(argv: readonly string[]): {
  readonly given: readonly string[];
  readonly rest: readonly string[];
} {
  const given: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at]!;
    if (word === '--') return { given, rest: [...rest, ...argv.slice(at)] };
    if (word.startsWith(`${OPTION}=`)) given.push(word.slice(OPTION.length + 1));
    else if (word === OPTION) {
      at += 1;
      given.push(argv[at] ?? '');
    } else rest.push(word);
  }
  return { given, rest };
}
