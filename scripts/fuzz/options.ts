/** The options of a run of the fuzzer. */
import { parseArgs } from 'node:util';

/** Ways in which a target can be made to misbehave, to see that the run fails. */
export const PLANTS = ['crash', 'hang', 'memory', 'value'] as const;
export type Plant = (typeof PLANTS)[number];

export interface Options {
  readonly targets: readonly string[];
  readonly seconds: number;
  readonly cases: number;
  readonly seed: number;
  readonly from: number;
  readonly progress: number;
  readonly keepGoing: boolean;
  readonly patience: number;
  readonly megabytes: number;
  /** Folder for the inputs of cases that fail. */
  readonly into: string;
  readonly input: string | undefined;
  readonly plant: { readonly what: Plant; readonly at: number } | undefined;
  readonly files: readonly string[];
}

export const USAGE = `usage: npm run fuzz -- [OPTION...] [FILE...]

  --target NAME,..  these targets or groups of targets; all where it isn't given
  --list            list them
  --seconds N       run for so long (60)
  --cases N         or until so many cases are through
  --seed N          which cases (1)
  --from N          number of each target's first case (0)
  --input FILE      run the one case that this file is; needs one target
  --keep-going      count failures instead of ending at the first
  --progress N      say how far it is every N seconds
  --patience N      seconds of CPU time for a case after which the fuzzed code hangs (20); ten times that by the clock
  --memory N        MiB that a process may have (640)
  --into DIR        where inputs of cases that fail are written (the current directory)
  --plant WHAT@N    make each target misbehave from its case N on: ${PLANTS.join(', ')}

FILEs are what the targets start from that take files: trees, machines' tables, images.`;

export function readOptions(args: readonly string[]): Options | 'list' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      target: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '60' },
      cases: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      input: { type: 'string' },
      progress: { type: 'string', default: 'Infinity' },
      'keep-going': { type: 'boolean', default: false },
      patience: { type: 'string', default: '20' },
      memory: { type: 'string', default: '640' },
      into: { type: 'string', default: '.' },
      plant: { type: 'string' },
    },
  });
  if (values.list) return 'list';
  const number = (
    name: 'seconds' | 'cases' | 'seed' | 'from' | 'progress' | 'patience' | 'memory',
  ): number => {
    const value = Number(values[name]);
    if (!(value >= 0)) throw new Error(`--${name} ${values[name]}: it takes a number`);
    return value;
  };
  return {
    targets: values.target.flatMap((each) => each.split(',')),
    seconds: number('seconds'),
    cases: number('cases'),
    seed: number('seed'),
    from: number('from'),
    progress: number('progress'),
    keepGoing: values['keep-going'],
    patience: number('patience'),
    megabytes: number('memory'),
    into: values.into,
    input: values.input,
    plant: values.plant === undefined ? undefined : readPlant(values.plant),
    files: positionals,
  };
}

function readPlant(text: string): Options['plant'] {
  const [word = '', at = '0'] = text.split('@');
  const what = PLANTS.find((each) => each === word);
  if (what === undefined) throw new Error(`--plant ${text}: it takes one of ${PLANTS.join(', ')}`);
  return { what, at: Number(at) };
}
