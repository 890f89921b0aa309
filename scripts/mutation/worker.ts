/** The process in which tests are run: once without a mutant, then singly with one after the other. */
import type { Answer, Order, TestRecord } from './messages.ts';
import { atEnd, beginFile, type DeclaredTest, declared, isSkip, suitesOf } from './vitest-shim.ts';

/** What a test may take by the clock where it waits for something that never comes. */
const PATIENCE_MILLISECONDS = 60_000;

interface Switch {
  stryMutAct_9fa48: (mutant: number) => boolean;
  stryCov_9fa48: (...mutants: readonly number[]) => void;
}
const mutants = globalThis as unknown as Switch;

let active = -1;
let reached = 0;
let limit = Number.POSITIVE_INFINITY;
let hits = new Map<number, number>();
let stray: unknown;

/** A mutant that is reached far more often than the code that it replaces. */
class Endless extends Error {}

/**
 * Loads test files and does what the parent orders.
 * @param files names, and what loads them
 * @param first the mutant that is active while modules are loaded; -1 for none
 */
export async function serve(
  files: readonly (readonly [string, () => Promise<unknown>])[],
  first: number,
): Promise<void> {
  process.on('unhandledRejection', (error) => {
    stray = error;
  });
  active = first;
  mutants.stryMutAct_9fa48 = (mutant) => {
    if (mutant !== active) return false;
    reached += 1;
    if (reached > limit) throw new Endless('reached far more often than without the mutant');
    return true;
  };
  mutants.stryCov_9fa48 = (...list) => {
    for (const mutant of list) hits.set(mutant, (hits.get(mutant) ?? 0) + 1);
  };
  for (const [name, load] of files) {
    beginFile(name);
    await load();
  }
  const atLoad = [...hits.keys()];
  process.on('message', (order: Order) => {
    void (order.kind === 'record' ? record(atLoad) : attempt(order)).then(send);
  });
  process.on('disconnect', () => {
    for (const hook of atEnd) hook();
    process.exit(0);
  });
  send({ kind: 'ready' });
}

function send(answer: Answer): void {
  process.send?.(answer);
}

async function record(atLoad: readonly number[]): Promise<Answer> {
  const tests: TestRecord[] = [];
  for (const one of declared) {
    hits = new Map();
    const start = performance.now();
    const failure = await failureOf(one, new Set());
    tests.push({
      name: one.name,
      milliseconds: performance.now() - start,
      hits: Object.fromEntries(hits),
      ...(failure !== undefined && { failure }),
    });
  }
  return { kind: 'recorded', tests, atLoad };
}

async function attempt({ mutant, tests, hitLimit }: Order & { kind: 'try' }): Promise<Answer> {
  const prepared = new Set<unknown>();
  reached = 0;
  limit = hitLimit;
  for (const by of tests) {
    const one = declared[by];
    if (one === undefined) throw new Error(`no test ${by}`);
    active = mutant;
    const message = await failureOf(one, prepared);
    active = -1;
    if (message === undefined) continue;
    const stale = (await failureOf(one, new Set())) !== undefined;
    return { kind: 'killed', by, message, stale };
  }
  return { kind: 'survived' };
}

/** @param prepared suites whose `beforeAll` has run */
async function failureOf(one: DeclaredTest, prepared: Set<unknown>): Promise<string | undefined> {
  stray = undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Endless('waits')), PATIENCE_MILLISECONDS);
    });
    await Promise.race([run(one, prepared), patience]);
    if (stray !== undefined) throw stray;
    return undefined;
  } catch (error) {
    if (isSkip(error)) return undefined;
    return (error instanceof Error ? error.message : String(error)).slice(0, 200);
  } finally {
    clearTimeout(timer);
  }
}

async function run({ suite, run: body }: DeclaredTest, prepared: Set<unknown>): Promise<void> {
  const suites = suitesOf(suite);
  for (const one of suites) {
    if (prepared.has(one)) continue;
    prepared.add(one);
    for (const hook of one.beforeAll) await hook();
  }
  for (const { beforeEach } of suites) for (const hook of beforeEach) await hook();
  try {
    await body();
  } finally {
    for (const { afterEach } of [...suites].reverse()) for (const hook of afterEach) await hook();
  }
}
