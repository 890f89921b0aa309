/** How the kernel was started and what the machine is, from made facts: constraints, premises, and contradictions. */
import { describe, expect, test } from 'vitest';
import type { MachineFacts, Platform, Strength } from '../../../src/evidence/facts.ts';
import { ReleaseModel } from '../../../src/linux/release-choice.ts';
import { formatCondition } from '../../../src/symbolic/index.ts';
import { Configuration } from '../../../src/verdict/facts/configuration.ts';
import type { GivenFacts } from '../../../src/verdict/given.ts';
import type { Ask, Constraint, Premise, RuleFinding } from '../../../src/verdict/question.ts';
import { bootFacts } from '../../../src/verdict/sysfb/situation/boot.ts';
import {
  bootsWithTree,
  type NotRead,
  notRead,
  unreadIn,
} from '../../../src/verdict/sysfb/situation/not-read.ts';
import { kernelArchitecture, platformOf } from '../../../src/verdict/sysfb/situation/platform.ts';
import { situationOf } from '../../../src/verdict/sysfb/situation/situation.ts';
import type { Subject } from '../../../src/verdict/sysfb/subject.ts';
import { observedFact, read } from '../../evidence/artifacts.ts';

const none = read().evidence;
const fact = <T>(value: T, strength: Strength = 'observed') => ({ ...observedFact(value), strength });
const symbols = (...pairs: readonly (readonly [string, string])[]): Partial<MachineFacts> => ({
  symbols: pairs.map(([symbol, value]) => fact({ symbol, value } as never)),
});
const acpi = (more: object = {}): Subject =>
  ({ kind: 'acpi', generation: null, belowIsa: false, levels: [], ...more }) as never;
const tree = (openhcl = false): Subject => ({ kind: 'device-tree', openhcl }) as never;

describe('efi_enabled(EFI_BOOT)', () => {
  const asked = (
    facts: Partial<MachineFacts>,
    {
      on = acpi(),
      platform = 'other',
      given = {},
    }: { on?: Subject; platform?: Platform | 'other'; given?: GivenFacts } = {},
  ) => {
    const [constraints, premises, rules]: [Constraint[], Premise[], RuleFinding[]] = [[], [], []];
    const all = { ...none, ...facts };
    const efi = bootFacts(on, platform, given, all, new Configuration(all), constraints, premises, rules);
    return [
      efi,
      constraints.map(
        ({ id, kind, condition, text }) => `${kind} ${id}: ${formatCondition(condition)}, ${text}`,
      ),
      premises.length,
      rules.map(({ id }) => id),
    ];
  };
  const BIOS = 'boot == bios';
  const EFI = 'boot == efi';

  test.each<[string, Parameters<typeof asked>, ReturnType<typeof asked>]>([
    ['nothing known', [{}], [undefined, [], 0, []]],
    [
      'EFI=n',
      [symbols(['EFI', 'n'])],
      [false, [`fact boot: ${BIOS}, efi_enabled(EFI_BOOT) is 0`], 0, ['efi-not-configured']],
    ],
    [
      'EFI=n on Generation 2: the loader passes the tables',
      [symbols(['EFI', 'n']), { platform: 'hyperv-gen2', given: { boot: 'efi' } }],
      [false, [`fact boot: ${BIOS}, efi_enabled(EFI_BOOT) is 0`], 1, ['efi-not-configured']],
    ],
    [
      '--boot efi',
      [{}, { given: { boot: 'efi' } }],
      [true, [`fact boot: ${EFI}, the boot is by EFI`], 0, []],
    ],
    [
      '--boot bios beats what was seen',
      [{ efiBoot: [fact(true)] }, { given: { boot: 'bios' } }],
      [false, [`fact boot: ${BIOS}, the boot is by BIOS`], 0, []],
    ],
    ['--boot dt says nothing of it', [{}, { given: { boot: 'dt' } }], [undefined, [], 0, []]],
    [
      'seen',
      [{ efiBoot: [fact(true), fact(true)] }],
      [true, [`fact boot: ${EFI}, the boot is by EFI`], 0, []],
    ],
    ['seen not', [{ efiBoot: [fact(false)] }], [false, [`fact boot: ${BIOS}, the boot is by BIOS`], 0, []]],
    [
      'seen both',
      [{ efiBoot: [fact(false), fact(true)] }, { platform: 'hyperv-gen2' }],
      [undefined, [], 0, ['evidence-contradicts']],
    ],
    [
      'observed beats inferred',
      [{ efiBoot: [fact(false, 'inferred'), fact(true)] }],
      [true, [`fact boot: ${EFI}, the boot is by EFI`], 0, []],
    ],
    [
      'Generation 1',
      [{}, { platform: 'hyperv-gen1' }],
      [false, [`authority gen1-bios: ${BIOS}, Generation 1 boots by BIOS`], 0, []],
    ],
    [
      'Generation 2',
      [{}, { platform: 'hyperv-gen2' }],
      [true, [`premise gen2-efi: ${EFI}, Generation 2 boots by EFI`], 1, []],
    ],
    ['a tree', [{ efiBoot: [fact(true)] }, { on: tree(), given: { boot: 'efi' } }], [undefined, [], 0, []]],
  ])('%s', (_, question, answer) => {
    expect(asked(...question)).toEqual(answer);
  });
});

describe('the machine', () => {
  const asked = (
    on: Subject,
    platforms: readonly (readonly Platform[])[] = [],
    tables: readonly object[] = [],
  ) => {
    const rules: RuleFinding[] = [];
    const facts = { ...none, platforms: platforms.map((each) => fact(each)) };
    const { platform, contradicted } = platformOf(on, facts, tables as never, rules);
    const [rule] = rules;
    return [platform, contradicted, rule?.id, rule?.evidence.length].filter((each) => each !== undefined);
  };
  const table = (oemId: string, oemTableId: string) => ({ signature: 'DSDT', oemId, oemTableId });
  const GEN1 = acpi({ generation: 1 });
  const GEN2 = acpi({ generation: 2 });
  const CONTRADICTS = ['other', true, 'evidence-contradicts'];

  test.each<[string, Parameters<typeof asked>, readonly unknown[]]>([
    ['nothing known', [acpi()], ['other', false]],
    ['below a PCI root', [GEN1], ['hyperv-gen1', false]],
    ['below a module device', [GEN2], ['hyperv-gen2', false]],
    ['below ISA', [acpi({ belowIsa: true })], ['qemu-vmbus', false]],
    ['a tree', [tree()], ['other', false]],
    ['a tree of the boot shim', [tree(true)], ['openhcl-vtl2', false]],
    ['one by evidence', [acpi(), [['hyperv-gen2']]], ['hyperv-gen2', false]],
    ['several by evidence', [acpi(), [['hyperv-gen1', 'hyperv-gen2']]], ['other', false]],
    [
      'what several lines leave',
      [
        acpi(),
        [
          ['hyperv-gen1', 'hyperv-gen2'],
          ['hyperv-gen2', 'pc'],
        ],
      ],
      ['hyperv-gen2', false],
    ],
    ['lines that leave nothing', [acpi(), [['hyperv-gen1'], ['hyperv-gen2']]], [...CONTRADICTS, 2]],
    ['the description is one of them', [GEN2, [['hyperv-gen1', 'hyperv-gen2']]], ['hyperv-gen2', false]],
    ['the description is none of them', [GEN2, [['pc', 'hyperv-gen1']]], [...CONTRADICTS, 2]],
    ['the description is another one', [GEN2, [['hyperv-gen1']]], [...CONTRADICTS, 2]],
    ['by the tables', [acpi(), [], [table('MSFTVM', 'MSFTVM02')]], ['hyperv-gen1', false]],
    ['tables of another machine', [GEN2, [], [table('MSFTVM', 'MSFTVM02')]], [...CONTRADICTS, 2]],
    ['tables and evidence', [acpi(), [['pc']], [table('MSFTVM', 'MSFTVM02')]], [...CONTRADICTS, 2]],
    [
      'tables, evidence and the description',
      [GEN2, [['pc']], [table('MSFTVM', 'MSFTVM02')]],
      [...CONTRADICTS, 3],
    ],
    ['the kernel is a Xen guest', [GEN2, [['xen-pv']]], ['xen-pv', false]],
    ['the kernel is the root partition', [GEN2, [['pc'], ['hyperv-root']]], ['hyperv-root', false]],
    ['a PC or the root partition of one', [acpi(), [['pc', 'hyperv-root']]], ['other', false]],
    ['the same twice', [GEN2, [['xen-pv'], ['xen-pv']]], ['xen-pv', false]],
    ['both, of the kernel alone', [GEN2, [['xen-pv', 'hyperv-root']]], ['other', false]],
    ['Xen and the root partition by two lines', [GEN2, [['xen-pv'], ['hyperv-root']]], [...CONTRADICTS, 3]],
  ])('%s', (_, question, answer) => {
    expect(asked(...question)).toEqual(answer);
  });

  test('its architecture', () => {
    const of = (facts: Partial<MachineFacts>) => {
      const all = { ...none, ...facts };
      return kernelArchitecture(all, new Configuration(all));
    };
    expect(of({})).toBeUndefined();
    expect(of({ architectures: [fact('arm64')] })).toBe('arm64');
    expect(of({ architectures: [fact('x86_64')], ...symbols(['ARM64', 'y']) })).toBe('x86_64');
    expect(of(symbols(['ARM64', 'y']))).toBe('arm64');
    expect(of(symbols(['ARM64', 'n']))).toBeUndefined();
    expect(of(symbols(['X86_64', 'y']))).toBe('x86_64');
    expect(of(symbols(['X86_64', 'n']))).toBeUndefined();
  });
});

describe('a tree that the kernel does not read', () => {
  const asked = (
    facts: Partial<MachineFacts>,
    given: GivenFacts = {},
    architecture?: 'x86_64' | 'arm64',
  ): readonly unknown[] => {
    const all = { ...none, ...facts };
    const found = notRead(
      ...([
        tree(),
        'other',
        given,
        all,
        new Configuration(all),
        'Linux',
        new ReleaseModel(),
        architecture,
      ] as const),
    );
    return found === undefined ? [] : [found.rule.id, found.safe, found.rule.evidence.length];
  };
  const NOT = ['device-tree-not-read', false];
  const efi = (...seen: boolean[]) => ({ efiBoot: seen.map((each) => fact(each)) });
  const reads = (...allowed: readonly ('acpi' | 'dt')[]) => ({ descriptions: [fact(allowed)] });

  test.each<[string, Parameters<typeof asked>, readonly unknown[]]>([
    ['OF=n', [symbols(['OF', 'n'])], [...NOT, 1]],
    ['OF=y', [symbols(['OF', 'y'])], []],
    ['started by EFI on x86', [efi(true, true), {}, 'x86_64'], [...NOT, 1]],
    ['started by EFI on arm64', [efi(true), {}, 'arm64'], []],
    ['started by EFI on an unknown machine', [efi(true)], []],
    ['not started by EFI', [efi(false), {}, 'x86_64'], []],
    ['contradictory lines', [efi(true, false), {}, 'x86_64'], []],
    ['nothing seen', [{}, {}, 'x86_64'], []],
    ['a log says that it reads a tree', [{ ...efi(true), ...reads('dt') }, {}, 'x86_64'], []],
    ['--boot dt', [efi(true), { boot: 'dt' }, 'x86_64'], []],
    ['--boot efi', [{}, { boot: 'efi' }], [...NOT, 2]],
    ['--boot bios, a log', [reads('dt'), { boot: 'bios' }], [...NOT, 2]],
    ['a log of an ACPI boot', [reads('acpi')], [...NOT, 2]],
    ['a log that allows both', [reads('acpi', 'dt')], []],
  ])('%s', (_, question, answer) => {
    expect(asked(...question)).toEqual(answer);
  });

  test('that holds in some worlds only', () => {
    const unread = { safe: true, because: '', rule: { id: '', says: '', evidence: [] } } satisfies NotRead;
    const ask = (holds: boolean): Ask => ({ holds: () => holds }) as never;
    expect(unreadIn(undefined, ask(true))).toBeUndefined();
    expect(unreadIn(unread, ask(false))).toBe(unread);
    const some = { ...unread, when: 1n } as const;
    expect(unreadIn(some, ask(true))).toBe(some);
    expect(unreadIn(some, ask(false))).toBeUndefined();
  });

  test('a kernel of which nothing else is known boots with a tree', () => {
    const unread = { because: '', rule: { id: '', says: '', evidence: [] } };
    const is = (facts: Partial<MachineFacts>, platform: Platform | 'other', not?: NotRead): boolean =>
      bootsWithTree(new Configuration({ ...none, ...facts }), platform, not);
    expect(is({}, 'other')).toBe(false);
    expect(is({}, 'hyperv-gen2')).toBe(false);
    expect(is({}, 'openhcl-vtl2')).toBe(true);
    expect(is(symbols(['HYPERV_VTL_MODE', 'y']), 'other')).toBe(true);
    expect(is(symbols(['HYPERV_VTL_MODE', 'n']), 'other')).toBe(false);
    expect(is({}, 'other', { ...unread, safe: false })).toBe(true);
    expect(is({}, 'other', { ...unread, safe: true })).toBe(false);
  });
});

describe('all of it together', () => {
  const asked = (facts: Partial<MachineFacts>, on = acpi({ generation: 2 }), given: GivenFacts = {}) =>
    situationOf(on, given, { ...none, ...facts }, []);
  const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

  test('lfb_base is known to be 0 by evidence, and set by what the question is about', () => {
    expect(asked({}).lfbIsZero).toBe(false);
    expect(asked({ lfbBase: [fact(0n)] }).lfbIsZero).toBe(true);
    expect(asked({ lfbBase: [fact(0xf800_0000n)] }).lfbIsZero).toBe(false);
  });

  test('configurations that contradict each other, and a kernel for VTL2 on ACPI', () => {
    const config = (value: string, complete = false) => ({
      values: new Map([['EFI', value]]),
      complete,
      incompleteness: [],
      lineOf: () => undefined,
      embedded: false,
      artifact: fact('').artifact,
    });
    const two = asked({ configs: [config('y'), config('n')] });
    expect([two.contradicted, ids(two.rules)]).toEqual([true, ['evidence-contradicts']]);
    const same = asked({ configs: [config('y'), config('y')] });
    expect([same.contradicted, ids(same.rules)]).toEqual([false, []]);
    expect(ids(asked(symbols(['HYPERV_VTL_MODE', 'y'])).rules)).toEqual(['vtl-mode-on-acpi']);
    expect(ids(asked(symbols(['HYPERV_VTL_MODE', 'n'])).rules)).toEqual([]);
    expect(ids(asked(symbols(['HYPERV_VTL_MODE', 'y']), tree()).rules)).toEqual([]);
  });

  test('that the framebuffer is inside is assumed of ACPI, and not of a kernel alone that boots with a tree', () => {
    const inside = ({ defaults }: ReturnType<typeof asked>): boolean =>
      defaults.some(({ otherwise }) => otherwise.startsWith('--framebuffer'));
    expect(inside(asked({}))).toBe(true);
    expect(inside(asked({}, tree()))).toBe(false);
    const alone = acpi({ kernelOnly: true });
    expect(inside(asked({}, alone))).toBe(true);
    expect(inside(asked(symbols(['HYPERV_VTL_MODE', 'y']), alone))).toBe(false);
    expect(inside(asked(symbols(['HYPERV_VTL_MODE', 'y'])))).toBe(true);
    expect(ids(asked({}, alone).constraints)).toContain('gen1-video');
    expect(ids(asked({}, acpi()).constraints)).not.toContain('gen1-video');
    expect([asked({}).isTree, asked({}, tree()).isTree]).toEqual([false, true]);
  });

  test('framebuffers of several sources, and one that is given', () => {
    const sighting = (base: bigint) => fact({ base, size: 0x10_0000n, by: 'efifb' } as const);
    const one = asked({ framebuffers: [sighting(0xf800_0000n)] });
    expect([one.framebuffers.length, ids(one.rules)]).toEqual([1, []]);
    const two = asked({ framebuffers: [sighting(0xf800_0000n), sighting(0xe000_0000n)] });
    expect([two.framebuffers.length, ids(two.rules)]).toEqual([2, ['evidence-contradicts']]);
    expect(two.rules[0]!.evidence).toHaveLength(2);
    const given = { base: 1n, size: 1n, from: 'given', text: '' } as const;
    expect(
      asked({ framebuffers: [sighting(0xf800_0000n), sighting(0xe000_0000n)] }, acpi(), {
        framebuffer: given,
      }).framebuffers,
    ).toEqual([given]);
  });

  test('windows as the driver printed them last', () => {
    const pool = (...windows: ({ start: bigint; last: bigint } | null)[]) =>
      fact({ windows, framebuffer: null });
    expect(asked({}).printed).toBeUndefined();
    const printed = asked({
      printedPools: [pool(null), pool(null, { start: 0xf800_0000n, last: 0xfed3_ffffn })],
    }).printed!;
    expect(printed).toMatchObject({
      failed: false,
      reserveCalled: true,
      leftOut: [],
      log: [],
      levelsWalked: [],
    });
    expect(printed.windows).toEqual([
      { start: 0xf800_0000n, end: 0xfed3_ffffn, parts: [{ level: 0, index: 1 }], cutAtVtpm: false },
    ]);
  });
});
