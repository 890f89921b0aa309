/** Differences between the model of Linux and what a kernel did, and between options and evidence. */
import { type LimitName, limitHint, moreThan, overLimit } from '../../limits/limits.ts';
import { ANYTHING, NOTHING, row } from '../row.ts';

export const LINUX_ROWS = {
  'linux/unknown-commit': row({
    severity: 'warning',
    summary: 'a commit given by option is not one that changes an answer',
    why: 'It makes no difference: it is mistyped, or changes nothing that is modelled.',
    example: {
      files: { 'board.dts': '/dts-v1/; / { };' },
      run: 'sysfb --with-commit 1234567890ab board.dts',
    },
    source: 'src/linux/changes.ts',
    hides: NOTHING,
    text: ({ commit }: { commit: string }) =>
      `commit ${commit} is not one that changes an answer, as far as fwmap knows`,
    hint: () => 'give at least seven hex digits of a commit that the report names',
  }),
  'linux/differs-from-kernel': row({
    severity: 'error',
    summary: 'the model of the kernel differs from what the kernel printed',
    why: 'The inputs are from different machines or boots, the kernel is not the one assumed, or the model is wrong. What the kernel printed takes precedence.',
    example: undefined,
    source: 'pr_info("hv_mmio=…") in vmbus_reserve_fb(), and /proc/iomem',
    hides: NOTHING,
    text: ({ what, kernel, model }: { what: string; kernel: string; model: string }) =>
      `${what}: the kernel has ${kernel}, the model ${model}`,
    hint: () =>
      'the inputs may be from different machines or boots, or the kernel is not the one assumed (--kernel, --with-commit)',
  }),
  'linux/vmbus-limit': row({
    severity: 'warning',
    summary: 'the inputs describe more VMBus devices than are judged',
    why: 'A machine has one, OpenHCL two. The windows of the others are missing from the answer.',
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
    why: 'A scenario with a step left out would be a different one, so none is run.',
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
    summary: 'an option contradicts the evidence',
    why: 'The option takes precedence. The answer is about that kernel or boot, not about the one that the evidence is from.',
    example: {
      files: { 'uname.txt': 'Linux vm 6.12.30 #1 SMP x86_64 GNU/Linux\n' },
      run: 'sysfb --kernel 6.6.10 uname.txt',
    },
    source: 'src/verdict/facts.ts',
    hides: NOTHING,
    text: ({ what, option, found, by }: { what: string; option: string; found: string; by: string }) =>
      `${what} is ${option} by option, but ${found} by ${by}`,
  }),
  'verdict/unexplored': row({
    severity: 'warning',
    summary: 'the inputs leave open more cases than are examined',
    why: 'The answer covers only the cases that were examined; another one could have a different window or framebuffer.',
    example: undefined,
    source: 'the limits worlds, decisions and decision-steps',
    hides: ['window', 'framebuffer'],
    scope: 'path',
    text: ({ limit }: { limit: 'worlds' | 'decisions' | 'decision-steps' }) =>
      `more cases are open than are examined: ${moreThan(limit)}`,
    hint: () => 'settle some of them: --kernel, --set, or more evidence from the machine',
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
    text: () => 'The inputs contain no device tree, no ACPI table and no resource list',
  }),
  'fwmap/limit': row({
    severity: 'error',
    summary: 'an input is larger than is read',
    why: 'Everything past the limit is missing from every answer. `--limit NAME=VALUE` raises it for a run.',
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
    why: 'The others are missing from the report; no answer depends on them. `--limit NAME=VALUE` raises the limit for a run.',
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
    why: 'The others could have named anything that was not read.',
    example: {
      files: { 'board.dts': ['/dts-v1/; / { a = <', { repeat: '0x123456789 ', times: 1001 }, '>; };'] },
      run: 'windows board.dts',
    },
    source: 'the limit diagnostics',
    hides: ANYTHING,
    text: ({ count }: { count: number }) =>
      `${count} more ${count === 1 ? 'diagnostic' : 'diagnostics'} left out ${limitHint('diagnostics')}`,
  }),
};
