/** Mutants of the rooms' sources: what Stryker's mutators make of them, all in one instrumented text a file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commonTokens } from '@stryker-mutator/api/plugin';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { createInjector } from 'typed-inject';

/** Strings are left out: the golden files check the text of reports. */
export const EXCLUDED_MUTATIONS = ['StringLiteral'];

/** Lines from 1, columns from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Mutant extends Place {
  readonly id: number;
  /** Below the checkout. */
  readonly file: string;
  /** Exclusive. */
  readonly end: Place;
  readonly mutator: string;
  /** What is replaced, and by what. */
  readonly original: string;
  readonly replacement: string;
  /** The whole line in which it begins, without white space around. */
  readonly lineText: string;
}

export interface Instrumented {
  readonly mutants: readonly Mutant[];
  /** By file below the checkout: TypeScript with a switch for each mutant. */
  readonly texts: ReadonlyMap<string, string>;
}

/** @param places folders or files below src */
export async function mutantsOf(root: string, places: readonly string[]): Promise<Instrumented> {
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => places.some((place) => name === place || name.startsWith(`${place}/`)))
    .map((name) => join('src', name))
    .sort();
  const silent = () => {};
  const never = () => false;
  const logger = {
    ...{ trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent },
    ...{ isTraceEnabled: never, isDebugEnabled: never, isInfoEnabled: never },
    ...{ isWarnEnabled: never, isErrorEnabled: never, isFatalEnabled: never },
  };
  const instrumenter = createInjector()
    .provideValue(commonTokens.getLogger, () => logger)
    .provideValue(commonTokens.logger, logger)
    .injectFunction(createInstrumenter);
  const files = names.map((name) => ({
    name,
    content: readFileSync(join(root, name), 'utf8'),
    mutate: true,
  }));
  const lines = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  const { mutants, files: texts } = await instrumenter.instrument(files, {
    plugins: null,
    ignorers: [],
    excludedMutations: EXCLUDED_MUTATIONS,
    noHeader: true,
  });
  return {
    mutants: mutants
      .filter(({ status }) => status !== 'Ignored')
      .map(({ id, fileName, location: { start, end }, mutatorName, replacement }) => {
        const text = lines.get(fileName) ?? [];
        const original = text
          .slice(start.line, end.line + 1)
          .map((line, at, all) =>
            line.slice(at === 0 ? start.column : 0, at === all.length - 1 ? end.column : undefined),
          );
        return {
          id: Number(id),
          file: fileName,
          line: start.line + 1,
          column: start.column,
          end: { line: end.line + 1, column: end.column },
          mutator: mutatorName,
          original: original.join('\n'),
          replacement: replacement ?? '',
          lineText: (text[start.line] ?? '').trim(),
        };
      }),
    texts: new Map(texts.map(({ name, content }) => [name, content])),
  };
}

/** @returns the text with switches for the chosen mutants alone: the others cost nothing and are never on */
export function withOnly(text: string, chosen: ReadonlySet<number>): string {
  return text
    .replace(/stryMutAct_9fa48\("(\d+)"\)/g, (_, id: string) =>
      chosen.has(Number(id)) ? `stryMutAct_9fa48(${id})` : 'false',
    )
    .replace(/stryCov_9fa48\(([^)]*)\)/g, (_, ids: string) => {
      const kept = [...ids.matchAll(/\d+/g)].map(([id]) => id).filter((id) => chosen.has(Number(id)));
      return kept.length === 0 ? '0' : `stryCov_9fa48(${kept.join(', ')})`;
    });
}

/** A linear congruential generator: the same order for the same seed. */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const result = [...list];
  let state = BigInt(seed);
  for (let at = result.length - 1; at > 0; at -= 1) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    const other = Math.floor((Number(state >> 11n) / 2 ** 53) * (at + 1));
    const swapped = result[at] as T;
    result[at] = result[other] as T;
    result[other] = swapped;
  }
  return result;
}
