/** What is found when the model of Linux is held against what a kernel did, and when options meet evidence. */
import { type LimitName, limitHint, moreThan, overLimit } from '../../limits/limits.ts';
import { ANYTHING, NOTHING, row } from '../row.ts';

export const LINUX_ROWS = {
  'linux/unknown-commit': row({
    severity: 'warning',
    summary: 'a commit given by option is not one that changes an answer',
    why: 'It makes no difference here: either it is mistyped, or it changes nothing that is modelled.',
    example: {
      files: { 'board.dts': '/dts-v1/; / { };' },
      run: 'sysfb --with-commit 1234567890ab board.dts',
    },
    source: 'src/linux/changes.ts',
    hides: NOTHING,
    text: ({ commit }: { commit: string }) =>
      `no change of behaviour known here is ${commit}: it makes no difference`,
    hint: () => 'give at least seven hex digits of a commit that the report names',
  }),
  'linux/differs-from-kernel': row({
    severity: 'error',
    summary: 'the model of the kernel differs from what the kernel printed',
    why: 'The inputs are of different machines or boots, the kernel is not the one assumed, or the model is wrong. What the kernel printed counts.',
    example: undefined,
    source: 'pr_info("hv_mmio=…") in vmbus_reserve_fb(), and /proc/iomem',
    hides: NOTHING,
    text: ({ what, kernel, model }: { what: string; kernel: string; model: string }) =>
      `${what}: the kernel has ${kernel}, the model ${model}`,
    hint: () =>
      'the inputs may be of different machines or boots, or the kernel is not the one assumed (--kernel, --with-commit)',
  }),
  'linux/vmbus-limit': row({
    severity: 'warning',
    summary: 'the inputs describe more VMBus devices than are judged',
    why: 'A machine has one, OpenHCL two. What the others are given is missing from the answer.',
    example: undefined,
    source: 'the limit vmbus-devices',
    hides: ['window', 'framebuffer', 'platform'],
    text: ({ limit, count }: { limit: number; count: number }) =>
      `There are ${count} VMBus devices; the first ${limit} are judged ${limitHint('vmbus-devices')}`,
    hint: () => 'give the description of one machine',
  }),
  'linux/scenario': row({
    severity: 'error',
    summary: 'a scenario for simulate cannot be understood',
    why: 'A scenario with a step left out would be another scenario, so none is run.',
    example: {
      files: { 'board.dts': '/dts-v1/; / { };', 'steps.yaml': 'device: x\n' },
      run: 'simulate --scenario steps.yaml board.dts',
    },
    source: 'README: simulate',
    hides: NOTHING,
    text: ({ problem }: { problem: string; advice: string | undefined }) => problem,
    hint: ({ advice }) => advice,
  }),
  'verdict/option-over-evidence': row({
    severity: 'warning',
    summary: 'an option says otherwise than the evidence',
    why: 'The option counts. The answer is about that kernel or boot, not about the one that the evidence is of.',
    example: {
      files: { 'uname.txt': 'Linux vm 6.12.30 #1 SMP x86_64 GNU/Linux\n' },
      run: 'sysfb --kernel 6.6.10 uname.txt',
    },
    source: 'src/verdict/facts.ts',
    hides: NOTHING,
    text: ({ what, option, found, by }: { what: string; option: string; found: string; by: string }) =>
      `${what} is ${option} by option, ${found} by ${by}`,
  }),
  'verdict/unexplored': row({
    severity: 'warning',
    summary: 'the inputs leave open more cases than are looked at',
    why: 'The answer is made of the cases that were looked at; one that was not could have another window or framebuffer.',
    example: undefined,
    source: 'the limits worlds, decisions and decision-steps',
    hides: ['window', 'framebuffer'],
    scope: 'path',
    text: ({ limit }: { limit: 'worlds' | 'decisions' | 'decision-steps' }) =>
      `more cases are open than are looked at: ${moreThan(limit)}`,
    hint: () => 'name what is open: --kernel, --set, or more evidence of the machine',
  }),
  'fwmap/no-description': row({
    severity: 'error',
    summary: 'no input describes a machine',
    why: 'There is no device tree, ACPI table or resource list to take windows from.',
    example: {
      files: { 'uname.txt': 'Linux vm 6.12.30 #1 SMP x86_64 GNU/Linux\n' },
      run: 'windows uname.txt',
    },
    source: 'README: inputs',
    hides: ANYTHING,
    text: () => 'The inputs hold no device tree, no ACPI table and no resource list',
  }),
  'fwmap/limit': row({
    severity: 'error',
    summary: 'an input has more in it than is read',
    why: 'What is past the limit is missing from every answer. `--limit NAME=VALUE` raises it for a run.',
    example: {
      files: {
        'iomem.txt': [
          '80000000-8fffffff : PCI Bus 0000:00\n',
          { repeat: '  80000000-807fffff : efifb\n', times: 65 },
        ],
      },
      run: 'sysfb iomem.txt',
    },
    source: 'docs/limits.md',
    hides: ANYTHING,
    text: ({ name, unit, rest }: { name: LimitName; unit?: string; rest: string }) =>
      `${overLimit(name, unit)}; ${rest}`,
  }),
  'fwmap/limit-told': row({
    severity: 'warning',
    summary: 'an input has more problems than are looked for or listed',
    why: 'What is past the limit is missing from the report; no answer rests on it. `--limit NAME=VALUE` raises it for a run.',
    example: {
      files: { 'boot.log': ['[    0.000000] Linux version 6.6.0\n', { repeat: 'x', times: 8193 }, '\n'] },
      run: 'sysfb boot.log',
    },
    source: 'docs/limits.md',
    hides: NOTHING,
    text: ({ name, unit, rest }: { name: LimitName; unit?: string; rest: string }) =>
      `${overLimit(name, unit)}; ${rest}`,
  }),
  'fwmap/too-many-diagnostics': row({
    severity: 'warning',
    summary: 'there were more diagnostics than are kept',
    why: 'Those left out could have named anything that was not read.',
    example: {
      files: { 'board.dts': ['/dts-v1/; / { a = <', { repeat: '0x123456789 ', times: 1001 }, '>; };'] },
      run: 'windows board.dts',
    },
    source: 'the limit diagnostics',
    hides: ANYTHING,
    text: ({ count }: { count: number }) => `${count} more diagnostics left out ${limitHint('diagnostics')}`,
  }),
};
