/**
 * Reads options as GNU getopt_long() does, for commands that replace a program that uses it: several short options in one
 * word, values attached or in the next word, abbreviated long names, options after operands.
 */

export interface GetoptRow {
  /** Absent for an option that has a long name only. */
  readonly short?: string;
  readonly long: string;
  /** Placeholder of its value in the help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface ParsedOptions<R extends GetoptRow> {
  /** In the order given. */
  readonly options: readonly { readonly row: R; readonly value: string }[];
  readonly operands: readonly string[];
  /** The error in getopt's words; parsing stopped there. */
  readonly problem?: string;
}

export function getopt<R extends GetoptRow>(argv: readonly string[], rows: readonly R[]): ParsedOptions<R> {
  const options: { row: R; value: string }[] = [];
  const operands: string[] = [];
  const stopped = (problem: string): ParsedOptions<R> => ({ options, operands, problem });
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index]!;
    if (word === '--') {
      operands.push(...argv.slice(index + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const exact = rows.find((row) => row.long === name);
      const candidates = exact ? [exact] : rows.filter((row) => row.long.startsWith(name));
      const [row] = candidates;
      if (!row) return stopped(`unrecognized option '${word}'`);
      if (candidates.length > 1) return stopped(`option '${word}' is ambiguous`);
      if (row.value === undefined) {
        if (equals >= 0) return stopped(`option '--${row.long}' doesn't allow an argument`);
        options.push({ row, value: '' });
      } else if (equals >= 0) {
        options.push({ row, value: word.slice(equals + 1) });
      } else {
        index += 1;
        const value = argv[index];
        if (value === undefined) return stopped(`option '--${row.long}' requires an argument`);
        options.push({ row, value });
      }
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at += 1) {
      const letter = word[at]!;
      const row = rows.find((candidate) => candidate.short === letter);
      if (!row) return stopped(`invalid option -- '${letter}'`);
      if (row.value === undefined) {
        options.push({ row, value: '' });
        continue;
      }
      let value: string | undefined = word.slice(at + 1);
      if (value === '') {
        index += 1;
        value = argv[index];
      }
      if (value === undefined) return stopped(`option requires an argument -- '${letter}'`);
      options.push({ row, value });
      break;
    }
  }
  return { options, operands };
}

/** As C's strtol() with base 0 reads the start of a text: `0x…`, `0…`, decimal; 0 when there is no number. */
export function leadingNumber(text: string): number {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(text);
  if (!match) return 0;
  const digits = match[2]!;
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return match[1] === '-' ? -value : value;
}

/** The help's list of options. */
export function describeOptions(rows: readonly GetoptRow[]): string {
  const heads = rows.map(({ short, long, value }) => {
    const name = value === undefined ? `--${long}` : `--${long} <${value}>`;
    return short ? `  -${short}, ${name}` : `      ${name}`;
  });
  const width = Math.max(...heads.map((head) => head.length));
  return rows.map((row, index) => `${heads[index]!.padEnd(width)}  ${row.help}\n`).join('');
}
