/** The process in which cases run. A case is made from the seed, its target and its number alone. */
import { openSync, writeSync } from 'node:fs';
import { seededRandom } from '../../test/grammar/ebnf.ts';
import { type Failure, type Order, type Progress, STATUS_FILE, statusOf } from './messages.ts';
import type { Options, Plant } from './options.ts';
import { type Case, type Cases, spelled, type Target, type Watch, WrongValue } from './target.ts';

/** Share of the time given from which on a step's CPU time is measured. */
export const SUSPECT_SHARE = 0.25;
/** Times a slow case is run again. */
const ATTEMPTS = 3;
/** Number of cases between two checks of the process' memory. */
const RSS_EVERY = 8;
/** What a planted growth keeps of each case. */
const GROWTH_BYTES = 32 * 1024 * 1024;

/** Odd numbers that spread seed and number over all 32 bits. */
const SEED_FACTOR = 0x9e3779b1;
const CASE_FACTOR = 0x85ebca6b;
const NAME_FACTOR = 0x01000193;

/** What a case is drawn from. */
export function randomOf(seed: number, target: string, number: number): () => number {
  let name = 0x811c9dc5;
  for (const character of target) name = Math.imul(name ^ character.charCodeAt(0), NAME_FACTOR);
  return seededRandom((Math.imul(seed, SEED_FACTOR) + Math.imul(number + 1, CASE_FACTOR) + name) >>> 0);
}

const kept: Buffer[] = [];

/** What a planted fault does inside of a step; a wrong value is planted where values are compared. */
function misbehave(plant: Plant): void {
  if (plant === 'crash') throw new TypeError('planted');
  if (plant === 'memory') kept.push(Buffer.alloc(GROWTH_BYTES, 1));
  while (plant === 'hang');
}

/** The JSON text of a value that is a little wrong: one letter or digit of it is another. */
function slightlyWrong(text: string): string {
  const at = text.search(/[0-9a-z](?=[^0-9a-z]*$)/i);
  return at < 0 ? `${text}1` : text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1);
}

/** A watch with a fault planted in it, or without. `step` is given how long each action took by `clock`. */
function watching(plant: Plant | undefined, around: Watch['step']): Watch {
  return {
    step: (name, action) =>
      around(name, () => {
        if (plant !== undefined) misbehave(plant);
        return action();
      }),
    same(what, got, expected) {
      const [mine, right] = [spelled(got), spelled(expected)];
      const said = plant === 'value' ? slightlyWrong(mine) : mine;
      if (said !== right) throw new WrongValue(difference(what, said, right));
    },
  };
}

const SHOWN = 120;

function difference(what: string, got: string, expected: string): string {
  let at = 0;
  while (got[at] === expected[at]) at += 1;
  const from = Math.max(0, at - 20);
  return `wrong value of ${what}, at character ${at}: ${got.slice(from, from + SHOWN)}\n  in place of ${expected.slice(from, from + SHOWN)}`;
}

async function whyOf(made: Case, watch: Watch): Promise<string | undefined> {
  try {
    await made.run(watch);
  } catch (error) {
    if (error instanceof WrongValue) return error.message;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return undefined;
}

/**
 * The CPU time of a case's slowest step. On a busy machine a case may wait for long, and even CPU time varies with what
 * else runs: it is too slow when it is so each time.
 */
async function timed(made: Case, most: number): Promise<{ took: number; why: string | undefined }> {
  let best = Number.POSITIVE_INFINITY;
  let slow: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS && best > most; attempt += 1) {
    let took = 0;
    const watch = watching(undefined, async (name, action) => {
      const started = process.cpuUsage();
      const result = await action();
      const { user, system } = process.cpuUsage(started);
      const milliseconds = (user + system) / 1000;
      took = Math.max(took, milliseconds);
      if (milliseconds > most) slow = `${name} took ${milliseconds.toFixed(0)} ms`;
      return result;
    });
    const why = await whyOf(made, watch);
    if (why !== undefined) return { took, why };
    best = Math.min(best, took);
  }
  return { took: best, why: best > most ? slow : undefined };
}

class Worker {
  readonly #targets: readonly Target[];
  readonly #options: Options;
  readonly #prepared = new Map<string, Cases>();
  readonly #status = openSync(process.env[STATUS_FILE]!, 'r+');
  #rss = 0;

  constructor(targets: readonly Target[], options: Options) {
    this.#targets = targets;
    this.#options = options;
  }

  async do(order: Order): Promise<Progress> {
    const target = this.#targets.find(({ name }) => name === order.target)!;
    writeSync(this.#status, statusOf(target.name, undefined), 0);
    let cases = this.#prepared.get(target.name);
    if (!cases) {
      cases = await target.prepare(this.#options.files);
      this.#prepared.set(target.name, cases);
    }
    const until = performance.now() + order.milliseconds;
    const totals = { cases: 0, slowest: 0, slowestCase: 0 };
    let failure: Failure | undefined;
    for (let number = order.from; totals.cases < order.cases && failure === undefined; number += 1) {
      writeSync(this.#status, statusOf(target.name, number), 0);
      const random = randomOf(this.#options.seed, target.name, number);
      const made = order.input === undefined ? await cases.make(random) : cases.of(order.input);
      const { slow, why } = await this.#run(made, number, target);
      if (slow > totals.slowest) [totals.slowest, totals.slowestCase] = [slow, number];
      totals.cases += 1;
      if (why !== undefined) failure = { number, bytes: made.bytes, why };
      else if (performance.now() > until) break;
    }
    return { ...totals, rss: this.#rss, ...(failure && { failure }) };
  }

  async #run(
    made: Case,
    number: number,
    { milliseconds }: Target,
  ): Promise<{ slow: number; why: string | undefined }> {
    const { plant, megabytes } = this.#options;
    let longest = 0;
    const watch = watching(plant && number >= plant.at ? plant.what : undefined, async (_name, action) => {
      const started = performance.now();
      const result = await action();
      longest = Math.max(longest, performance.now() - started);
      return result;
    });
    let why = await whyOf(made, watch);
    let slow = 0;
    if (why === undefined && longest > milliseconds * SUSPECT_SHARE)
      ({ took: slow, why } = await timed(made, milliseconds));
    if (number % RSS_EVERY === 0) this.#rss = Math.max(this.#rss, process.memoryUsage.rss());
    const size = this.#rss / 1024 / 1024;
    if (size > megabytes) why ??= `the process has ${size.toFixed(0)} MiB`;
    return { slow, why };
  }
}

/** The worker's side of a run: does what the supervisor asks, until that goes away. */
export function work(targets: readonly Target[], options: Options): void {
  const worker = new Worker(targets, options);
  process.once('disconnect', () => process.exit());
  process.on('message', (order: Order) => {
    void worker.do(order).then((progress) => process.send!(progress));
  });
}
