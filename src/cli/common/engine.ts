/** V8 settings for runs that its defaults suit badly. */

/** V8 12 removed this flag and complains about it on standard error: Node 22 and newer keep their default. */
function interruptBudget(bytes: number): string[] {
  return Number.parseInt(process.versions.v8, 10) < 12 ? [`--interrupt-budget=${bytes}`] : [];
}

/**
 * For runs of a second or two, over many inputs or all the tables of a machine: compile less. V8 optimises every hot
 * function with its callees inlined, which pays off in longer runs only: it took a third of the time of decoding the
 * corpus of blobs, and as much of evaluating a machine's tables.
 *
 * @param objects `many` or `few` that live until a report is made
 */
export async function compileSparingly(objects: 'many' | 'few' = 'many'): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  // A ninth of V8's default; and a function counts as hot sixteen times as late.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100');
  for (const flag of interruptBudget(1_080_000)) setFlagsFromString(flag);
  // The young generation grows quickly where objects live until a report is made: they are copied until there is room. Where
  // there are few it stays small: memory that was never used before costs more than the copies.
  setFlagsFromString(`--semi-space-growth-factor=${objects === 'many' ? 8 : 1}`);
}

/**
 * For many machines, some minutes, in as many threads as processors: V8's own threads, which collect garbage and
 * optimise, would take the processors from machines, so each thread does that itself. Start the threads after this.
 */
export async function compileInEachThread(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--no-concurrent-recompilation');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=300');
  for (const flag of interruptBudget(270_000)) setFlagsFromString(flag);
  setFlagsFromString('--semi-space-growth-factor=8');
}

/**
 * For one machine judged in many cases, a few tenths of a second: compile late. Most functions that V8 optimises in that
 * time are not called again afterwards; doing so took a third of such a run.
 */
export async function compileLate(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  for (const flag of interruptBudget(800_000)) setFlagsFromString(flag);
}
