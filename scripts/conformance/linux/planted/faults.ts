/** Faults to plant: each is one change of the text of a source. `npm run conformance -- planted-faults` plants them one by one. */
export interface Fault {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

const SITUATION = 'src/verdict/sysfb/situation';
const JUDGE = 'src/verdict/sysfb/judge';
const ACPI = `${JUDGE}/acpi.ts`;
const SOMEWHERE = `${JUDGE}/framebuffer.ts`;
const TREE = `${JUDGE}/tree.ts`;
const FOLD = 'src/verdict/sysfb/fold.ts';
const OUTCOME = `${JUDGE}/outcome.ts`;
const RELEASES = 'src/linux/release-choice.ts';

export const FAULTS: readonly Fault[] = [
  {
    name: 'a world is skipped: only the first side of a fork is looked at',
    file: 'src/verdict/explore.ts',
    find: 'this.#pending.push([...this.decisions, { condition: asked, holds: false }]);',
    replace: '',
  },
  {
    name: 'what can not hold is taken for what must',
    file: 'src/verdict/explore.ts',
    find: 'holds = this.#prefix[at]?.holds ?? true;',
    replace: 'holds = true;',
  },
  {
    name: 'a part of the judgement is taken from another world',
    file: 'src/verdict/explore.ts',
    find: 'holds = decision.holds;',
    replace: 'holds = true;',
  },
  {
    name: 'what was decided before is forgotten',
    file: 'src/symbolic/decision/context.ts',
    find: 'this.#partOf(met, own)',
    replace: 'this.#partOf([], own)',
  },
  {
    name: 'gaps are forgotten',
    file: FOLD,
    find: 'unexplored === 0n && gaps.length === 0 && !situation.contradicted;',
    replace: 'unexplored === 0n && !situation.contradicted;',
  },
  {
    name: 'inputs of several machines are taken for one',
    file: FOLD,
    find: ' && !situation.contradicted;',
    replace: ';',
  },
  {
    name: 'defaults are applied towards not-needed',
    file: FOLD,
    find: ": all(counted, 'yes')\n        ? 'needed'",
    replace:
      ": all(counted, 'yes')\n        ? 'needed'\n        : all(counted, 'no')\n        ? 'not-needed'",
  },
  {
    name: 'no default says that the framebuffer is inside',
    file: `${SITUATION}/situation.ts`,
    find: '[IS_INSIDE, ',
    replace: '[IS_AT_START, ',
  },
  {
    name: 'effective is turned',
    file: FOLD,
    find: "if (exposed.every(({ outcome }) => outcome.with === 'no')) return true;",
    replace: "if (exposed.every(({ outcome }) => outcome.with === 'yes')) return true;",
  },
  {
    name: 'an authority: the high gap lies below 4 GiB',
    file: `${SITUATION}/firmware-authority.ts`,
    find: "compare('le', FOUR_GIB, min)",
    replace: "compare('le', min, FOUR_GIB)",
  },
  {
    name: 'an authority: there is always a low gap',
    file: `${SITUATION}/firmware-authority.ts`,
    find: "return gather('any', [compare('eq', length, 0n), gather('all', there)]);",
    replace: "return gather('all', there);",
  },
  {
    name: 'an authority is turned: Generation 1 has no video device',
    file: `${SITUATION}/screen.ts`,
    find: "if (platform === 'hyperv-gen1') authority(true);",
    replace: "if (platform === 'hyperv-gen1') authority(false);",
  },
  {
    name: 'the binding is no authority for cells',
    file: `${JUDGE}/readings.ts`,
    find: "['2/2/1', '2/2/2']",
    replace: "['1/1/1']",
  },
  {
    name: 'the premise that lfb_base is set holds always',
    file: `${SITUATION}/screen.ts`,
    find: "if (efi === true && platform !== 'other') {",
    replace: 'if (true) {',
  },
  {
    name: 'a confidential machine is not seen',
    file: `${SITUATION}/screen.ts`,
    find: "facts.confidential.find(({ value }) => value !== 'none')",
    replace: 'facts.confidential.find(() => false)',
  },
  {
    name: 'a start by kexec is not seen',
    file: `${SITUATION}/screen.ts`,
    find: 'const [started] = facts.kexec;',
    replace: 'const [started] = facts.kexec.slice(0, 0);',
  },
  {
    name: 'CONFIG_EFI=n is not seen',
    file: `${SITUATION}/boot.ts`,
    find: "const noEfi = configuration.fact('EFI', 'n');",
    replace: "const noEfi = configuration.fact('NO_SUCH', 'y');",
  },
  {
    name: 'an absent symbol is off in a part of a configuration too',
    file: 'src/evidence/kernel-config.ts',
    find: "return config.complete ? 'n' : undefined;",
    replace: "return 'n';",
  },
  {
    name: 'a log with gaps proves by what it lacks',
    file: 'src/evidence/log/kernel-log.ts',
    find: 'if (early && e820 !== undefined',
    replace: 'if (e820 !== undefined',
  },
  {
    name: 'an observation is ignored',
    file: 'src/verdict/sysfb/observed.ts',
    find: 'if (seen.length === 0) return',
    replace: 'if (seen.length >= 0) return',
  },
  {
    name: 'the condition of an alternative is ignored',
    file: `${JUDGE}/levels.ts`,
    find: 'if (!this.#ask.holds(substitute(alternative.condition, this.#zeros) as Condition)) continue;',
    replace: '',
  },
  {
    name: 'a comparison is turned: the framebuffer above the window',
    file: OUTCOME,
    find: "if (below(window.end, place.base) || below(last, window.start)) return 'no';",
    replace: "if (below(place.base, window.end) || below(last, window.start)) return 'no';",
  },
  {
    name: 'a part of the framebuffer reserved is all of it',
    file: OUTCOME,
    find: 'if (!(coversStart && (',
    replace: 'if (!(coversStart || (',
  },
  {
    name: 'the reservation is asked for with CONFIG_SYSFB only',
    file: ACPI,
    find: '[reservation(false), reservation(true)]',
    replace: '[reservation(true), reservation(true)]',
  },
  {
    name: 'a reservation is made though no ancestor has a _CRS',
    file: ACPI,
    find: 'collected.reserveCalled\n      ? planReservation',
    replace: 'collected.reserveCalled || true\n      ? planReservation',
  },
  {
    name: 'a framebuffer somewhere: the gate is ignored',
    file: SOMEWHERE,
    find: 'const gated = isEfi && behaviour.sysfbGate;',
    replace: 'const gated = false;',
  },
  {
    name: 'a framebuffer somewhere: other windows are ignored',
    file: SOMEWHERE,
    find: 'return others.every(isKept);',
    replace: 'return others.every(isKept) || true;',
  },
  {
    name: 'a request around the reservation is kept off it',
    file: OUTCOME,
    find: "return isAround ? 'around' : 'no';",
    replace: "return 'no';",
  },
  {
    name: 'a node that is disabled is taken for one that is not',
    file: TREE,
    find: 'if (off !== undefined) {',
    replace: 'if (off === null) {',
  },
  {
    name: "a tree: what another tree's framebuffer shows counts for this one",
    file: TREE,
    find: 'origin.artifact === subject.description.artifact && ',
    replace: '',
  },
  {
    name: "a vendor's kernel that is named by option has no backports",
    file: 'src/verdict/facts/release.ts',
    find: "kernelRelease(given.release, '')",
    replace: "kernelRelease('', '')",
  },
  {
    name: 'a table that is loaded and not known hides nothing',
    file: 'src/acpi/interpreter/boot.ts',
    find: 'if (machine.otherTables.unknown)',
    replace: 'if (machine.otherTables.unknown && machine.namesOpen === false)',
  },
  {
    name: 'releases of stable branches are not told apart',
    file: RELEASES,
    find: 'if (since !== null) texts.add(since);',
    replace: '',
  },
  {
    name: 'what is only believed of a release is taken for sure',
    file: RELEASES,
    find: "by !== 'given' && (unsure !== undefined ||",
    replace: "by !== 'given' && (",
  },
  {
    name: "a vendor's kernel has no backports",
    file: RELEASES,
    find: '(this.#options.vendor === true && !present)',
    replace: 'false',
  },
  {
    name: 'a tree: one window above 4 GiB is enough',
    file: TREE,
    find: 'bounds.every(({ base }) => base >= FOUR_GIB)',
    replace: 'bounds.some(({ base }) => base >= FOUR_GIB)',
  },
  {
    name: 'a tree: framebuffers that it describes are ignored',
    file: TREE,
    find: '[...situation.framebuffers, ...described.map(fromTree)]',
    replace: '[...situation.framebuffers]',
  },
  {
    name: 'the cut at the virtual TPM is off by one',
    file: 'src/linux/vmbus/acpi-pool.ts',
    find: 'of(VTPM_BASE - 1n)',
    replace: 'of(VTPM_BASE)',
  },
  {
    name: 'the driver ignores CONFIG_SYSFB',
    file: 'src/linux/vmbus/reservation.ts',
    find: 'if (rules.sysfbGate && !sysfb)',
    replace: 'if (rules.sysfbGate && !sysfb && lfbSize < 0n)',
  },
  {
    name: 'a listing of PCI devices that begins late proves that there is no video device',
    file: 'src/evidence/listings/lspci.ts',
    find: 'if (!isBridge || listed.some',
    replace: 'if (listed.some',
  },
];
