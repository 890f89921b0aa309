/** How V8 is to treat a run, where its own ways fit badly. */

/** V8 since 12 has no such flag, and says so on standard error: Node 22 and newer compile as they do. */
function interruptBudget(bytes: number): string[] {
  return Number.parseInt(process.versions.v8, 10) < 12 ? [`--interrupt-budget=${bytes}`] : [];
}

/**
 * For runs of a second or two, over many inputs or all the tables of a machine: compile less. V8 optimises every function
 * that such a run gets hot, each with all that it calls inlined, and most of it pays only in longer ones: of decoding
 * the corpus of blobs it would take a third of the time, of running a machine's code as much.
 */
export async function compileSparingly(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  // A ninth of what V8 takes by default, and four times as long to wait before a function counts as hot.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100');
  for (const flag of interruptBudget(270_000)) setFlagsFromString(flag);
  setFlagsFromString('--always-sparkplug');
  // Room for new objects soon: what one input needs lives until its report is made, and is copied until there is room.
  setFlagsFromString('--semi-space-growth-factor=8');
}

/**
 * For one machine and many questions about it, a few tenths of a second: compile late. Most functions that V8 optimises
 * in that time are not called again afterwards; it was a third of what such a run took.
 */
export async function compileLate(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  for (const flag of interruptBudget(800_000)) setFlagsFromString(flag);
}
