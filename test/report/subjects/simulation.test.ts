/** The report of `simulate`, and its results, of runs made by hand. */
import { describe, expect, test } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { messageOf } from '../../../src/findings/finding.ts';
import { region } from '../../../src/linux/region-tree.ts';
import type { SimulatedStep, Simulation } from '../../../src/linux/simulate.ts';
import { emptyPool, type VmbusPool } from '../../../src/linux/vmbus/pool.ts';
import { simulationResults } from '../../../src/report/results/simulation.ts';
import { simulationReport } from '../../../src/report/subjects/simulation.ts';
import type {
  SimulationCase,
  SimulationReport,
  SimulationRun,
} from '../../../src/verdict/simulation/simulation.ts';
import { INPUT, ORIGIN, SPAN, sectionsOf } from './made.ts';

const stepOf = (more: Partial<SimulatedStep> = {}): SimulatedStep => ({
  device: 'nvme',
  driver: 'pci-hyperv',
  what: 'configuration window',
  onFramebuffer: false,
  bootDisk: false,
  ...more,
});
const REQUEST = {
  min: 0n,
  max: 0xffff_ffffn,
  size: 0x2000n,
  align: 0x1000n,
  framebufferOverlapOk: false,
  name: 'vmbus',
};
const placed = {
  kind: 'placed',
  start: 0x1000n,
  end: 0x2fffn,
  fromReservation: false,
  region: region(0x1000n, 0x2fffn, 'vmbus'),
} as const;
const runOf = (
  pool: Partial<VmbusPool>,
  steps: SimulatedStep[] = [],
  more: Partial<Simulation> = {},
): SimulationRun =>
  ({
    sysfb: false,
    pool: { ...emptyPool('acpi'), ...pool },
    simulation: { steps, hazard: 'none', summary: 'all is well', ...more },
  }) as SimulationRun;
const caseOf = (more: Partial<SimulationCase> = {}): SimulationCase => ({
  path: '\\_SB.VMOD',
  boot: 'efi',
  kernel: { name: 'Linux 6.12', sysfb: 'no' } as unknown as SimulationCase['kernel'],
  framebuffer: null,
  runs: [runOf({})],
  checks: [],
  ...more,
});
const reportOf = (more: Partial<SimulationReport> = {}): SimulationReport => ({
  scenario: { name: 'a scenario', steps: [] } as unknown as SimulationReport['scenario'],
  cases: [],
  open: [],
  assumptions: [],
  inputs: [INPUT],
  diagnostics: new DiagnosticList(),
  ...more,
});
const sections = (more: Partial<SimulationReport>, format: 'text' | 'mail' = 'text') =>
  sectionsOf(simulationReport(reportOf(more)).document(format));
const ofCase = (more: Partial<SimulationCase>) => sections({ cases: [caseOf(more)] })['\\_SB.VMOD']!;
const json = (more: Partial<SimulationReport>) =>
  JSON.parse(JSON.stringify(simulationReport(reportOf(more)).json()));
const windowOf = (start: bigint, end: bigint) =>
  region(start, end, 'hyperv mmio') as VmbusPool['windows'][number];

describe('the report', () => {
  test('of nothing, and of what could not be simulated', () => {
    expect(sections({})).toEqual({
      '': [['VMBus MMIO: a scenario'], ['The inputs describe no VMBus device.']],
    });
    const open = (...fields: string[]) => sections({ open: [{ path: 'p', why: 'w', fields }] })['']!.slice(1);
    expect(open()).toEqual([['Some devices could not be simulated.'], ['p: w']]);
    expect(open('A', 'B', 'A')).toEqual([
      ['Some devices could not be simulated: only the running machine knows the values of these fields.'],
      ['p: w'],
      ['Set them with --set A=VALUE --set B=VALUE, or --memory FILE@ADDRESS.'],
    ]);
    expect(sections({ cases: [caseOf()] })['']).toHaveLength(1);
  });

  test('kernel, boot, windows, framebuffer, reservation', () => {
    const facts = (more: Partial<SimulationCase>): Record<string, string> =>
      Object.fromEntries(ofCase(more).filter((row) => row.length === 2)) as Record<string, string>;
    expect(facts({})).toEqual({
      kernel: 'Linux 6.12, CONFIG_SYSFB no',
      boot: 'efi',
      windows: 'none',
      framebuffer: 'none known',
      reserved: 'nothing: not run',
    });
    const kernel = { name: 'Linux', sysfb: 'unknown' } as unknown as SimulationCase['kernel'];
    expect(facts({ kernel }).kernel).toBe('Linux, CONFIG_SYSFB unknown');
    const windows = [windowOf(0x1000n, 0x1fffn), windowOf(0x3000n, 0x3fffn)];
    expect(facts({ runs: [runOf({ windows })] }).windows).toBe(
      '[mem 0x00001000-0x00001fff], [mem 0x00003000-0x00003fff]',
    );
    // On a device tree boot the driver's end is one too high.
    expect(facts({ runs: [runOf({ windows: [windowOf(0x1000n, 0x2000n)], path: 'dt' })] }).windows).toBe(
      '[mem 0x00001000-0x00001fff]',
    );
    const framebuffer = { base: 0x1000n, size: 0x1000n, from: 'dmesg', text: 't' } as const;
    expect(facts({ framebuffer }).framebuffer).toBe('[mem 0x00001000-0x00001fff], t');
    expect(facts({ framebuffer: { ...framebuffer, size: null } }).framebuffer).toBe('0x1000, t');
    expect(facts({ framebuffer: { ...framebuffer, base: null } }).framebuffer).toBe('t');
    const tries = [
      { start: 0n, size: 0x2000n, ok: false },
      { start: 0n, size: 0x1000n, ok: true },
    ];
    const reserved = (count: number) =>
      facts({
        runs: [
          runOf({
            framebuffer: windowOf(0x1000n, 0x1fffn),
            reservation: { called: true, tries: tries.slice(0, count) },
          }),
        ],
      }).reserved;
    expect(reserved(1)).toBe('[mem 0x00001000-0x00001fff]');
    expect(reserved(2)).toBe('[mem 0x00001000-0x00001fff] (sizes tried: 8 KiB, 4 KiB)');
    expect(facts({ runs: [runOf({ reservation: { called: false, tries: [] } })] }).reserved).toBe(
      'nothing: no reason known',
    );
  });

  const FOUR_GIB = 1n << 32n;
  test.each<[string, Partial<SimulatedStep>, string, string]>([
    ['neither asks nor gets', {}, '', 'configuration window'],
    [
      'below 4 GiB',
      { request: REQUEST, outcome: placed },
      '8 KiB below 4 GiB',
      '[mem 0x00001000-0x00002fff]',
    ],
    [
      'from somewhere',
      { request: { ...REQUEST, max: FOUR_GIB, min: 0x1000n } },
      '8 KiB from 0x1000',
      'configuration window',
    ],
    ['anywhere', { request: { ...REQUEST, max: FOUR_GIB } }, '8 KiB anywhere', 'configuration window'],
    [
      'the framebuffer too',
      { request: { ...REQUEST, framebufferOverlapOk: true } },
      '8 KiB below 4 GiB, framebuffer allowed',
      'configuration window',
    ],
    [
      'of the reservation',
      { outcome: { ...placed, fromReservation: true } },
      '',
      '[mem 0x00001000-0x00002fff] from the reservation',
    ],
    [
      'on the framebuffer',
      { outcome: { ...placed, fromReservation: true }, onFramebuffer: true },
      '',
      '[mem 0x00001000-0x00002fff] ON THE FRAMEBUFFER',
    ],
    ['not known whether on it', { outcome: placed, onFramebuffer: null }, '', '[mem 0x00001000-0x00002fff]'],
    ['fails', { outcome: { kind: 'failed', ret: -6 } as never }, '', 'nothing (-ENXIO)'],
    ['is endless', { outcome: { kind: 'endless' } as never }, '', 'endless search'],
  ])('a step that %s', (_title, more, asks, gets) => {
    expect(ofCase({ runs: [runOf({}, [stepOf(more)])] }).find((row) => row.length === 4)).toEqual([
      'nvme',
      'configuration window',
      asks,
      gets,
    ]);
  });

  test('two runs side by side', () => {
    const step = stepOf({ outcome: placed, consequence: 'c' });
    const runs = [
      runOf({}, [step, step]),
      { ...runOf({}, [stepOf()], { hazard: 'unknown', summary: 's' }), sysfb: true },
    ];
    const rows = ofCase({ runs });
    expect(rows.filter((row) => row.length === 5).map((row) => row.slice(3))).toEqual([
      ['[mem 0x00001000-0x00002fff]', 'configuration window'],
      // The other run was over by then.
      ['[mem 0x00001000-0x00002fff]', ''],
    ]);
    expect(rows.filter((row) => row[0]!.startsWith('reserved')).map(([label]) => label)).toEqual([
      'reserved without CONFIG_SYSFB',
      'reserved with CONFIG_SYSFB',
    ]);
    expect(rows.slice(-4).flat()).toEqual([
      'without CONFIG_SYSFB: nvme, configuration window: c',
      'without CONFIG_SYSFB: nvme, configuration window: c',
      'without CONFIG_SYSFB: result: all is well',
      'with CONFIG_SYSFB: result: s',
    ]);
    const blocks = simulationReport(reportOf({ cases: [caseOf({ runs })] })).document('text');
    const titles = blocks.flatMap((block) =>
      block.kind === 'table' ? block.columns.map(({ title }) => title) : [],
    );
    expect(titles.slice(3)).toEqual(['without CONFIG_SYSFB', 'with CONFIG_SYSFB']);
  });

  test('one run, its log, and what the kernel logged', () => {
    const check = { what: 'the pool', kernel: 'k', model: 'm', fact: {} as never };
    const told = sections({
      cases: [
        caseOf({
          runs: [
            runOf({ log: [{ level: 'info', text: 'a line' }] as never }, [stepOf({ consequence: 'c' })]),
          ],
          checks: [
            { ...check, agrees: true },
            { ...check, agrees: false },
          ],
        }),
      ],
    });
    expect(told['\\_SB.VMOD']!.slice(-2).flat()).toEqual([
      'nvme, configuration window: c',
      'result: all is well',
    ]);
    expect(told['Kernel log']).toEqual([['a line']]);
    expect(told['Compared with the kernel log']).toEqual([
      ['the pool: agrees, k'],
      ['differs: the pool: kernel k, model m'],
    ]);
    expect(Object.keys(sections({ cases: [caseOf()] }))).toEqual(['', '\\_SB.VMOD']);
  });

  test('what is assumed, and the inputs', () => {
    const assumptions = [
      { text: 'a', authority: 'assumption' },
      { text: 'b', authority: 'S', otherwise: 'o' },
    ];
    expect(sections({ assumptions }).Assumes).toEqual([['a'], ['b [1]; otherwise: o']]);
    expect(sections({ assumptions }).references).toEqual([['S']]);
    expect(sections({ assumptions: assumptions.slice(0, 1) }).references).toBeUndefined();
    expect(sections({}, 'mail').Inputs).toHaveLength(1);
    expect(sections({}).Inputs).toBeUndefined();
    expect(json({ assumptions }).assumptions).toEqual(assumptions);
  });
});

describe('as JSON', () => {
  const step = (more: Partial<SimulatedStep>) =>
    json({ cases: [caseOf({ runs: [runOf({}, [stepOf(more)])] })] }).machines[0].runs[0].steps[0];
  const BARE = { device: 'nvme', driver: 'pci-hyperv', what: 'configuration window', onFramebuffer: false };

  test('steps', () => {
    expect(step({})).toEqual(BARE);
    expect(step({ request: REQUEST, outcome: placed, consequence: 'c' })).toEqual({
      ...BARE,
      request: {
        min: '0x0',
        max: '0xffffffff',
        size: '0x2000',
        align: '0x1000',
        framebufferOverlapOk: false,
      },
      result: 'placed',
      base: '0x1000',
      last: '0x2fff',
      fromReservation: false,
      consequence: 'c',
    });
    expect(step({ outcome: { kind: 'failed', ret: -6 } as never })).toEqual({
      ...BARE,
      result: 'failed',
      base: null,
      last: null,
      errno: -6,
    });
    expect(step({ outcome: { kind: 'endless' } as never })).toEqual({
      ...BARE,
      result: 'endless',
      base: null,
      last: null,
    });
  });

  test('machines', () => {
    const pool = {
      // The second has been cut to nothing.
      windows: [windowOf(0x1000n, 0x1fffn), windowOf(0x3000n, 0x2fffn)],
      framebuffer: windowOf(0x1000n, 0x1fffn),
      reservation: { called: true, tries: [{ start: 0x1000n, size: 0x1000n, ok: true }] },
      log: [{ level: 'info', text: 'l' }] as never,
    };
    const framebuffer = { base: 0x1000n, size: null, from: 'dmesg', text: 't' } as const;
    const checks = [{ what: 'w', agrees: true, kernel: 'k', model: 'm' }];
    expect(
      json({
        cases: [
          caseOf({
            runs: [runOf(pool)],
            framebuffer,
            checks: checks.map((check) => ({ ...check, fact: {} as never })),
          }),
        ],
      }).machines,
    ).toEqual([
      {
        path: '\\_SB.VMOD',
        boot: 'efi',
        kernel: { release: 'Linux 6.12', sysfb: 'no' },
        framebuffer: { base: '0x1000', size: null, from: 'dmesg' },
        probe: 0,
        pool: [
          { base: '0x1000', size: '0x1000', last: '0x1fff' },
          { base: '0x3000', size: null, last: '0x2fff' },
        ],
        runs: [
          {
            sysfb: false,
            reservation: {
              called: true,
              base: '0x1000',
              last: '0x1fff',
              tries: [{ base: '0x1000', size: '0x1000', ok: true }],
            },
            log: [{ level: 'info', text: 'l' }],
            steps: [],
            hazard: 'none',
            summary: 'all is well',
          },
        ],
        checks,
      },
    ]);
    const bare = json({ cases: [caseOf({ runs: [runOf({ windows: [windowOf(0x1000n, 0x1000n)] })] })] })
      .machines[0];
    expect(bare.framebuffer).toBeNull();
    expect(bare.pool).toEqual([{ base: '0x1000', size: '0x1', last: '0x1000' }]);
    expect(bare.runs[0].reservation).toEqual({
      called: false,
      why: 'not run',
      base: null,
      last: null,
      tries: [],
    });
    expect(json({ open: [{ path: 'p', why: 'w', fields: ['A'] }] }).open).toEqual([
      { path: 'p', why: 'w', fields: ['A'] },
    ]);
  });
});

describe('results', () => {
  const results = (steps: SimulatedStep[], more: Partial<SimulationCase> = {}) =>
    simulationResults(reportOf({ cases: [caseOf({ runs: [runOf({}, steps)], ...more })] }));
  const WHO = '\\_SB.VMOD: nvme, configuration window';

  test('each step that gets nothing, or what it must not have', () => {
    const failed = { kind: 'failed', ret: -6 } as never;
    const told = results([
      stepOf(),
      stepOf({ onFramebuffer: true }),
      stepOf({ outcome: placed }),
      stepOf({ outcome: placed, onFramebuffer: null }),
      stepOf({ outcome: placed, onFramebuffer: true }),
      stepOf({ outcome: placed, onFramebuffer: true, consequence: 'c' }),
      stepOf({ outcome: failed }),
      stepOf({ outcome: { kind: 'endless' } as never, request: REQUEST, consequence: 'c' }),
    ]);
    expect(told.map((result) => [result.code, messageOf(result)])).toEqual([
      ['answer/allocation-on-framebuffer', `${WHO}: gets [mem 0x00001000-0x00002fff], on the framebuffer`],
      ['answer/allocation-on-framebuffer', `${WHO}: gets [mem 0x00001000-0x00002fff], on the framebuffer: c`],
      ['answer/allocation-fails', `${WHO}: gets nothing`],
      ['answer/allocation-fails', `${WHO}: gets nothing of 8 KiB: c`],
    ]);
    expect(told[0]!.path).toBe('\\_SB.VMOD');
  });

  test('of two runs each says which, the framebuffer’s place beside it', () => {
    const step = stepOf({ outcome: placed, onFramebuffer: true });
    const runs = [runOf({}, [step]), { ...runOf({}, [step]), sysfb: true }];
    const framebuffer = { base: 0x1000n, size: 0x1000n, from: 'dmesg', text: 't', origin: ORIGIN } as const;
    const told = results([], { runs, framebuffer });
    expect(told.map((result) => messageOf(result).split(': ')[0])).toEqual([
      '\\_SB.VMOD, without CONFIG_SYSFB',
      '\\_SB.VMOD, with CONFIG_SYSFB',
    ]);
    expect(told[0]!.related).toEqual([{ what: 'framebuffer', span: SPAN }]);
    expect(results([step])[0]).not.toHaveProperty('related');
  });

  test('of the report: what was reported of the inputs first', () => {
    const step = stepOf({ outcome: placed, onFramebuffer: true });
    const found = simulationReport(reportOf({ cases: [caseOf({ runs: [runOf({}, [step])] })] })).found();
    expect(found.inputs).toEqual([INPUT]);
    expect(found.results).toHaveLength(1);
  });
});
