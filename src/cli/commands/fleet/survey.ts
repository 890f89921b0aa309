/** `fwmap survey`: many machines, into tables. */

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { isSystemError, systemMessage } from '../../../artifact/file.ts';
import { type Diagnostic, DiagnosticList } from '../../../bytes/diagnostic.ts';
import { limit, overLimit } from '../../../limits/limits.ts';
import type { AskedKernel } from '../../../survey/asked.ts';
import { placeNamed } from '../../../survey/place/name.ts';
import type { PlanCounts } from '../../../survey/plan.ts';
import type { ShardCounts, SurveyStore } from '../../../survey/store.ts';
import type { Shard } from '../../../survey/unit.ts';
import { defineCommand, EXIT_ERROR, type OptionValues } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import type { Io } from '../../common/io.ts';
import { KERNEL_OPTIONS, MACHINE_OPTIONS } from '../../common/options.ts';
import { makeFolder, writeDiagnostics } from '../../common/result.ts';
import { asCommandErrors, countOption, MOST_JOBS } from '../../survey/options.ts';

/** A machine that takes longer has a loop that waits for hardware: none of 655 public ones took a tenth of it. */
const DEFAULT_SECONDS = 60;

type AskedOptions = OptionValues<
  Pick<typeof KERNEL_OPTIONS, 'kernel' | 'config' | 'with-commit' | 'without-commit'> &
    Pick<typeof MACHINE_OPTIONS, 'osi'>
>;

/** The paths in a list, one a line or each followed by a null byte. */
async function listedPaths(list: string, nulls: boolean, io: Io): Promise<string[]> {
  let bytes: Uint8Array | undefined;
  if (list === '-') bytes = await io.readStdin(limit('list-bytes'));
  else {
    const { readFileBytes } = await import('../../../artifact/file.ts');
    const read = readFileBytes(resolve(io.cwd, list), 'list-bytes');
    if ('failure' in read) throw new CommandError(`cannot read ${list}: ${read.failure}`);
    if ('directory' in read) throw new CommandError(`cannot read ${list}: Is a directory`);
    bytes = read.bytes;
  }
  if (bytes === undefined) throw new CommandError(`cannot read ${list}: ${overLimit('list-bytes')}`);
  return new TextDecoder()
    .decode(bytes)
    .split(nulls ? '\0' : '\n')
    .map((line) => (nulls ? line : line.replace(/\r$/, '')))
    .filter((line) => line !== '');
}

/** What the options say about the kernel, checked once before any machine is read. */
async function askedKernel(options: AskedOptions, io: Io): Promise<AskedKernel> {
  const { config: path, kernel, osi, 'with-commit': withCommits, 'without-commit': without } = options;
  const given = {
    ...(kernel === undefined ? {} : { kernel }),
    ...(withCommits === undefined ? {} : { 'with-commit': withCommits }),
    ...(without === undefined ? {} : { 'without-commit': without }),
    ...(osi === undefined ? {} : { osi }),
  };
  const { kernelFacts } = await import('../../inputs/kernel-facts.ts');
  await kernelFacts(given);
  if (path === undefined) return given;
  const [{ openInputs }, { textOf }] = await Promise.all([
    import('../../inputs/inputs.ts'),
    import('../../../bytes/source.ts'),
  ]);
  const sink = new DiagnosticList();
  const [config] = await openInputs([path], { as: ['kconfig'] }, io, sink);
  writeDiagnostics(sink.all, io);
  if (config === undefined) throw new CommandError(`--config ${path}: no kernel configuration`);
  return { ...given, config: { name: path, text: textOf(config.source) } };
}

function describeAsked({ kernel, config }: AskedKernel): string {
  const parts = [
    ...(kernel === undefined ? [] : [`kernel ${kernel}`]),
    ...(config === undefined ? [] : [`the configuration ${config.name}`]),
  ];
  return parts.length === 0 ? "each machine's own kernel, or with other options" : parts.join(' with ');
}

/** Writes the first diagnostics about inputs that were left out: a list of a hundred thousand inputs may have many. */
function writeLeftOut(diagnostics: readonly Diagnostic[], io: Io): void {
  const shown = diagnostics.slice(0, 10);
  writeDiagnostics(shown, io);
  if (diagnostics.length > shown.length)
    io.stderr.write(`fwmap: and ${diagnostics.length - shown.length} more like these\n`);
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function summaryOf(found: PlanCounts, counts: readonly ShardCounts[]): string {
  const sum = (of: (each: ShardCounts) => number): number => counts.reduce((all, each) => all + of(each), 0);
  const [machines, faulty, others] = [
    sum((each) => each.machines),
    sum((each) => each.faulty),
    sum((each) => each.others),
  ];
  return [
    `${counted(found.inputs, 'input')}, ${found.machines} distinct; the survey has ${counted(machines, 'machine')}`,
    ...(faulty === 0 ? [] : [`${faulty} that could not be read or judged`]),
    ...(others === 0
      ? []
      : [others === 1 ? '1 file that describes none' : `${others} files that describe none`]),
  ].join(', ');
}

export const command = defineCommand({
  name: 'survey',
  operands: 'INPUT...',
  minimumInputs: 0,
  description:
    'Describes and judges many machines, and stores the results as Parquet files in a folder or a bucket: machines, windows, ' +
    'descriptors, bridges, findings, answers and gaps. Each file is a machine, and so is a folder or archive of one capture; ' +
    'duplicates count once. Each is judged for the kernel that its own inputs show, or all for the one that options name. ' +
    'An interrupted run continues where it was; later runs add new machines. ' +
    '`fwmap query` queries the tables; docs/fleet.md lists the columns.',
  options: {
    into: { type: 'string', value: 'DIR', describe: 'The folder of the survey, or s3://BUCKET/PREFIX' },
    'files-from': {
      type: 'string',
      value: 'FILE',
      describe: 'Read the names of inputs from FILE, one a line; - is standard input',
    },
    null: {
      type: 'boolean',
      alias: '0',
      describe: 'The names in FILE end with null bytes, as find -print0 writes them',
    },
    jobs: { type: 'string', value: 'N', describe: 'Threads; default: one for each processor' },
    'time-limit': {
      type: 'string',
      value: 'SECONDS',
      describe: `Seconds that one machine may take; default: ${DEFAULT_SECONDS}`,
    },
    kernel: { ...KERNEL_OPTIONS.kernel, describe: 'Judge all machines for this kernel release: 6.12.30' },
    config: { ...KERNEL_OPTIONS.config, describe: 'Judge all machines for a kernel with this .config' },
    'with-commit': KERNEL_OPTIONS['with-commit'],
    'without-commit': KERNEL_OPTIONS['without-commit'],
    osi: { ...MACHINE_OPTIONS.osi, group: KERNEL_OPTIONS.kernel.group },
    queue: {
      type: 'string',
      value: 'URL',
      describe: 'Let `fwmap worker` processes do the work, through this Redis server: redis://host:6379/0',
    },
  },
  examples: [
    { line: 'fwmap survey captures/ --into survey', does: 'of every capture in a folder' },
    {
      line: 'find /srv -name "*.dtb" -print0 | fwmap survey -0 --files-from - --into survey',
      does: 'of a list',
    },
    {
      line: 'fwmap survey captures/ --kernel 6.12.60 --config .config --into next',
      does: 'judged for one kernel',
    },
    { line: 'fwmap survey captures/ --into s3://fleet/survey', does: 'stored in a bucket' },
    { line: 'fwmap query survey --summary', does: 'what was found' },
  ],
  async run({ inputs, options, io }) {
    const { into } = options;
    if (into === undefined)
      throw new CommandError('survey needs --into DIR', 'the folder that the tables go to');
    const paths = [...inputs];
    if (options['files-from'] !== undefined)
      paths.push(...(await listedPaths(options['files-from'], options.null === true, io)));
    const jobs = countOption('jobs', options.jobs, availableParallelism(), MOST_JOBS);
    const seconds = countOption('time-limit', options['time-limit'], DEFAULT_SECONDS, 86_400);

    try {
      return await asCommandErrors(
        survey(paths, { into, jobs, seconds, queue: options.queue }, options, io),
        CONTINUE,
      );
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new CommandError(`cannot write the survey to ${into}: ${systemMessage(error)}`);
    }
  },
});

/** After which what is done is not repeated. */
const CONTINUE = 'run the same command again to continue';

/** Diagnostics about inputs that are missing from the tables. */
const UNREAD: ReadonlySet<string> = new Set(['artifact/unreadable', 'artifact/member-unreadable']);

interface Work {
  readonly into: string;
  readonly jobs: number;
  /** The limit for one machine. */
  readonly seconds: number;
  readonly queue: string | undefined;
}

/** Adds new inputs to the plan and does the work that is left. Returns the exit status. Throws {@link CommandError}, and system errors about the folder. */
async function survey(
  paths: readonly string[],
  { into, jobs, seconds, queue }: Work,
  options: AskedOptions,
  io: Io,
): Promise<number> {
  const [{ SurveyStore }, { compileInEachThread }] = await Promise.all([
    import('../../../survey/store.ts'),
    import('../../common/engine.ts'),
  ]);
  await compileInEachThread();
  if ('folder' in placeNamed(into, io.cwd)) makeFolder(into, io);
  const store = await SurveyStore.open(into, io.cwd);
  const lock = await store.lock();
  try {
    return await surveyInto(store, paths, { into, jobs, seconds, queue }, options, io, () => lock?.beat());
  } finally {
    lock?.release();
  }
}

/** @param onInput called for each input that is found */
async function surveyInto(
  store: SurveyStore,
  paths: readonly string[],
  { into, jobs, seconds, queue }: Work,
  options: AskedOptions,
  io: Io,
  onInput: () => void,
): Promise<number> {
  const { planSurvey } = await import('../../../survey/plan.ts');
  const sink = new DiagnosticList();
  if (!(await store.ask(await askedKernel(options, io))))
    throw new CommandError(
      `${into} holds a survey for ${describeAsked(await store.asked())}`,
      'name the same kernel, or another folder',
    );
  const { shards, found } = await planSurvey(paths, store, {
    cwd: io.cwd,
    sink,
    onInput: (so) => {
      onInput();
      return io.progress.tell(`looking for machines: ${so.machines} in ${counted(so.inputs, 'input')}`, true);
    },
  });
  const before = await store.done();
  const open = shards.filter(({ id }) => !before.has(id));
  const total = shards.reduce((sum, { units }) => sum + units.length, 0);
  let done = total - open.reduce((sum, { units }) => sum + units.length, 0);
  const counts = new Map<string, ShardCounts>();
  const onShard = ({ id, units }: Shard, own: ShardCounts): void => {
    done += units.length;
    counts.set(id, own);
    void io.progress.tell(`${done} of ${total} machines`, true);
  };
  let failures: readonly string[] = [];
  if (queue !== undefined) {
    const { workThroughQueue } = await import('../../../survey/queue.ts');
    await workThroughQueue(open, store, {
      url: queue,
      cwd: io.cwd,
      onTrouble: (message) => io.stderr.write(`fwmap: ${message}\n`),
      seconds,
      onShard,
    });
  } else if (open.length > 0) {
    const [{ openPool }, { runShards }] = await Promise.all([
      import('../../survey/pool.ts'),
      import('../../../survey/run.ts'),
    ]);
    // A thread without work takes time from the others, which a machine's limit counts.
    const pool = await openPool(Math.min(jobs, total - done), store);
    try {
      failures = await runShards(open, store, pool, { seconds, together: jobs + 1, onShard });
    } finally {
      await pool.close();
    }
  }
  if (failures.length > 0) {
    writeLeftOut(sink.all, io);
    const [first, ...others] = failures;
    const more = others.length === 0 ? '' : ` (and ${others.length} more like this)`;
    throw new CommandError(`${first}${more}`, CONTINUE);
  }
  await store.removeSpool();
  writeLeftOut(sink.all, io);
  for (const shard of shards) if (!counts.has(shard.id)) counts.set(shard.id, await store.countsOf(shard));
  io.stdout.write(`${summaryOf(found, [...counts.values()])}\n`);
  return sink.all.some(({ code }) => UNREAD.has(code)) ? EXIT_ERROR : 0;
}
