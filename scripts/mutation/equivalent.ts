/** Mutants that no test can kill: what they change makes no difference to anyone. They are left out of the count. */
import type { Mutant } from './mutants.ts';

interface Equivalent {
  readonly file: string;
  /** The line in which the mutant begins, without white space around. */
  readonly line: string;
  /** What the mutants put there. */
  readonly replacement: string | readonly string[];
  readonly why: string;
}

const EQUIVALENT: readonly Equivalent[] = [
  {
    file: 'src/symbolic/numbers.ts',
    line: 'if (maximum !== undefined && maximum <= all) zeros |= all & ~maskOf(bitLength(maximum));',
    replacement: 'maximum !== undefined || maximum <= all',
    why: 'of a larger maximum the mask has all bits, and nothing is less than undefined',
  },
  {
    file: 'src/linux/kconfig/expression.ts',
    line: 'if (depends.has(symbol)) continue;',
    replacement: 'false',
    why: 'what is found again is there already',
  },
  {
    file: 'src/linux/vmbus/allocation.ts',
    line: 'if (start >= fb.start && start <= fb.end) return { done: false, next: fb.end + 1n };',
    replacement: 'fb.end - 1n',
    why: 'starts that cannot succeed are stepped over in more steps',
  },
  {
    file: 'src/linux/release-choice.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of source
    line: 'return minor === 19 ? `${major + 1}.0` : `${major}.${minor + 1}`;',
    replacement: 'false',
    why: 'a release x.20, which there is none of, sorts before the next major one all the same',
  },
  {
    file: 'src/verdict/sysfb/situation/firmware-authority.ts',
    line: 'if (conditions.length === 0) return [];',
    replacement: 'false',
    why: 'an authority that always holds excludes no world, and only those that do are listed',
  },
  {
    file: 'src/verdict/host-bridge/allocation.ts',
    line: "if (bounds === undefined || window.space === 'bus') return [];",
    replacement: 'false',
    why: 'no BAR is of a window of bus numbers; the test is for the type',
  },
  {
    file: 'src/symbolic/identity.ts',
    line: 'field === other ||',
    replacement: 'false',
    why: 'the same object has the same path, read and place; this is looked at first since it is quick',
  },
  {
    file: 'src/symbolic/decision/context.ts',
    line: 'if (!isKnown(opposite) && this.#known(opposite) === undefined) {',
    replacement: 'true',
    why: 'a second entry of one condition costs a question asked again',
  },
  {
    file: 'src/symbolic/conditions.ts',
    line: 'for (const condition of conditions) if (condition.hash === hash && sameExpr(condition, wanted)) return true;',
    replacement: 'true',
    why: 'the hash is looked at again by sameExpr; this is quicker',
  },
  {
    file: 'src/symbolic/decision/bdd.ts',
    line: 'if (a > b) [a, b] = [b, a];',
    replacement: ['true', 'false', 'a >= b', 'a <= b'],
    why: 'the operation is symmetric; the order is for finding results again',
  },
  {
    file: 'src/symbolic/decision/subjects/subjects.ts',
    line: 'const added = terms.filter(({ coefficient }) => coefficient > 0n);',
    replacement: 'coefficient >= 0n',
    why: 'no term has the coefficient 0',
  },
  {
    file: 'src/symbolic/decision/subjects/subjects.ts',
    line: '.filter(({ coefficient }) => coefficient < 0n)',
    replacement: 'coefficient <= 0n',
    why: 'no term has the coefficient 0',
  },
  {
    file: 'src/window/from-acpi.ts',
    line: '...(min !== undefined && isKnown(min) && min !== first ? { bus: { base: min } } : {}),',
    replacement: 'true',
    why: 'what is undefined is no known number, and min is only looked at where an offset sets it apart from first',
  },
  {
    file: 'src/verdict/sysfb/judge/levels.ts',
    line: 'if (this.#zeros.get(variable) !== undefined) continue;',
    replacement: 'false',
    why: 'the same question in one world gets the same answer',
  },
  {
    file: 'src/linux/vmbus/acpi-pool.ts',
    line: 'const touches = mergesTouching && (start === highest + 1n || end === MAX_ADDRESS);',
    replacement: 'true',
    why: 'the walk over the list, which is only done without where nothing comes of it, says the same',
  },
  {
    file: 'src/symbolic/decision/cover.ts',
    line: 'if (given === 1n && isPlain(condition)) return { alternatives: asBuilt(condition), complete: true };',
    replacement: 'false',
    why: 'the whole way comes to the same, as a test of all values holds; this is quicker',
  },
  {
    file: 'src/symbolic/conditions.ts',
    line: 'if (value.bits === 1) return value;',
    replacement: 'false',
    why: 'that a bit is other than zero is made the bit itself by compare() and not()',
  },
  {
    file: 'src/linux/release-choice.ts',
    line: 'if (release.patch !== undefined || release.candidate !== undefined) return between(from, from + 1);',
    replacement: 'from - 1',
    why: 'a stretch that ends where it begins, or before, is that one alone',
  },
  {
    file: 'src/symbolic/variables.ts',
    line: 'if (!found.has(key)) found.set(key, variable);',
    replacement: 'true',
    why: 'a variable of the same key is the same variable, and keeps its place',
  },
  {
    file: 'src/window/interval.ts',
    line: 'else if (range.end > last.end) joined[joined.length - 1] = { start: last.start, end: range.end };',
    replacement: 'range.end >= last.end',
    why: 'of two that end alike the result ends there, too',
  },
  {
    file: 'src/window/range-text.ts',
    line: "return typeof narrow === 'bigint' && narrow > 0n ? narrow : of(BITS);",
    replacement: 'true',
    why: 'an expression is not greater than 0 to JavaScript; the test is for the type',
  },
  {
    file: 'src/linux/host-bridge/e820.ts',
    line: 'const above = entry.end < end ? end - entry.end : 0n;',
    replacement: 'entry.end <= end',
    why: 'where both end alike the difference is 0',
  },
  {
    file: 'src/symbolic/decision/cover.ts',
    line: "if (left.kind !== 'choice' || right >= BigInt(left.choice.values.length)) return false;",
    replacement: 'true',
    why: 'the whole way comes to the same; this is quicker',
  },
  {
    file: 'src/symbolic/decision/context.ts',
    line: 'if (known !== undefined) return known;',
    replacement: 'false',
    why: 'what is known already is made again, and is the same',
  },
  {
    file: 'src/symbolic/decision/subjects/cells.ts',
    line: 'if (known !== undefined) return known;',
    replacement: 'false',
    why: 'what is known already is made again, and is the same',
  },
  {
    file: 'src/symbolic/decision/bdd.ts',
    line: 'if (known >= 0) return known !== FALSE;',
    replacement: 'false',
    why: 'what is known already is found again, and is the same',
  },
  {
    file: 'src/containers/uefi/volume.ts',
    line: 'for (let index = 0; index < header; index += 1) if (index !== 17 && index !== 23) sum += bytes[index]!;',
    replacement: 'sum -= bytes[index]!',
    why: 'the sum is compared with 0 alone',
  },
  {
    file: 'src/containers/search/places.ts',
    line: 'if (byte === undefined) return ANY_HALF;',
    replacement: 'true',
    why: 'every place is looked at then, which costs time',
  },
  {
    file: 'src/artifact/images/image-file.ts',
    line: 'if (there?.number === number) return there.bytes;',
    replacement: 'false',
    why: 'a block is read anew, which costs time',
  },
  {
    file: 'src/symbolic/decision/bits.ts',
    line: 'for (let shift = 0; size >> BigInt(shift) > 0n && shift < width; shift++) {',
    replacement: 'size >> BigInt(shift) >= 0n',
    why: 'beyond its topmost bit a coefficient has none that is set',
  },
  {
    file: 'src/verdict/host-bridge/observed.ts',
    line: 'if (left.size === 0) return marked;',
    replacement: 'false',
    why: 'where no change is left each bridge stays as it is',
  },
  {
    file: 'src/verdict/facts/releases.ts',
    line: 'for (let from = 0; from < cells.length; ) {',
    replacement: 'from <= cells.length',
    why: 'behind the last cell there is none, which makes no row',
  },
  {
    file: 'src/verdict/answer.ts',
    line: "const evidenceArtifacts = artifacts.filter((artifact) => isKind(artifact.kind, 'evidence'));",
    replacement: 'artifacts',
    why: 'readers of evidence pass by what is none; this is for not loading them',
  },
  {
    file: 'src/symbolic/numbers.ts',
    line: 'if (low === 0 && bits >= value.bits) return value;',
    replacement: 'bits > value.bits',
    why: 'each kind of number gives all of its bits as itself; this is quicker',
  },
  {
    file: 'src/symbolic/conditions.ts',
    line: "if (when.kind === 'compare' && when.op === 'ne') return choose(not(when), otherwise, then);",
    replacement: 'true',
    why: 'only a comparison has this operator; the test is for the type',
  },
  {
    file: 'src/symbolic/decision/order.ts',
    line: 'if (bit.level >= 0 && bit.level !== level) same = false;',
    replacement: 'true',
    why: 'what was made for other levels is made again, and is the same',
  },
  {
    file: 'src/symbolic/decision/bdd.ts',
    line: 'if (a > b) {',
    replacement: ['true', 'false', 'a >= b', 'a <= b'],
    why: 'the operation is symmetric; the order is for finding results again',
  },
  {
    file: 'src/symbolic/decision/subjects/values.ts',
    line: 'if (k <= i || !isOne(one) || !isOne(other)) continue;',
    replacement: ['false', 'k < i'],
    why: 'two in the other order, and one with itself, are candidates already',
  },
  {
    file: 'src/window/from-acpi.ts',
    line: 'if (byRange === undefined) {',
    replacement: 'true',
    why: 'what was made for the list before is made again, and is the same',
  },
  {
    file: 'src/symbolic/format.ts',
    line: 'if (cover === undefined) {',
    replacement: 'true',
    why: 'what was found for the condition before is found again, and is the same',
  },
  {
    file: 'src/symbolic/decision/cover.ts',
    line: "if (left.kind === 'field') return right < maskOf(left.bits);",
    replacement: 'false',
    why: 'the whole way comes to the same; this is quicker',
  },
  {
    file: 'src/linux/vmbus/acpi-pool.ts',
    line: 'if (this.#isLast(start, end)) {',
    replacement: 'false',
    why: 'the walk over the list, which is only done without where nothing comes of it, says the same',
  },
  {
    file: 'src/symbolic/identity.ts',
    line: 'return value >> 32n === 0n ? low : low ^ Number(BigInt.asIntN(32, value >> 32n));',
    replacement: 'false',
    why: 'what is combined with 0 stays as it is; this is quicker',
  },
  {
    file: 'src/symbolic/decision/subjects/subjects.ts',
    line: 'if (isKnown(left)) return as;',
    replacement: 'false',
    why: 'bits of a field are never a number; the test is for the type',
  },
];

/** `a < b ? a : b` and its like: of two that are the same it is either, so `<=` comes to the same. */
function isOfTwo({ original, replacement, lineText }: Mutant): boolean {
  const match = /^(.+) ([<>]) (.+)$/.exec(original);
  if (match === null) return false;
  const [, a, sign, b] = match;
  return (
    replacement === `${a} ${sign}= ${b}` &&
    [`${original} ? ${a} : ${b}`, `${original} ? ${b} : ${a}`].some((choice) => lineText.includes(choice))
  );
}

/** @returns why it makes no difference; undefined where it may make one */
export function equivalence(mutant: Mutant): string | undefined {
  if (isOfTwo(mutant)) return 'of two that are the same it is either';
  return EQUIVALENT.find(
    ({ file, line, replacement }) =>
      file === mutant.file && line === mutant.lineText && [replacement].flat().includes(mutant.replacement),
  )?.why;
}
