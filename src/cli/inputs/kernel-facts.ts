/** What the options say about the kernel and its boot. */
import { formatMemRange } from '../../bytes/address.ts';
import type { FramebufferFinding } from '../../verdict/framebuffers.ts';
import type { GivenFacts } from '../../verdict/given.ts';
import { CommandError, type OptionValues } from '../common/command.ts';
import type { KERNEL_OPTIONS } from '../common/options.ts';
import { addressOption } from './machine.ts';

/** Highest virtual trust level of Hyper-V's interface (TLFS, 15.2). */
const MAX_VTL = 15;

function parseFramebuffer(text: string): FramebufferFinding {
  const plus = text.indexOf('+');
  if (plus <= 0)
    throw new CommandError(`--framebuffer ${text}: it takes BASE+SIZE`, 'for example 0xf8000000+0x800000');
  const base = addressOption('framebuffer', text.slice(0, plus));
  const size = addressOption('framebuffer', text.slice(plus + 1));
  if (size === 0n) throw new CommandError('--framebuffer: its size is 0');
  return { base, size, from: 'given', text: `${formatMemRange(base, size)} by option` };
}

function parseVtl(text: string): number {
  const vtl = Number(text);
  if (!/^\d+$/.test(text) || vtl > MAX_VTL)
    throw new CommandError(`--vtl ${text}: it takes a number from 0 to ${MAX_VTL}`);
  return vtl;
}

async function checkRelease(release: string): Promise<void> {
  const { parseRelease } = await import('../../linux/release.ts');
  if (parseRelease(release) === undefined)
    throw new CommandError(`--kernel ${release}: not a kernel release`, 'for example 6.12.30');
}

/** The facts that options give. Throws {@link CommandError} for an option that is not valid. */
export async function kernelFacts(
  options: OptionValues<Omit<typeof KERNEL_OPTIONS, 'config'>>,
): Promise<GivenFacts> {
  const {
    kernel,
    boot,
    vtl,
    framebuffer,
    'with-commit': withCommits,
    'without-commit': withoutCommits,
  } = options;
  if (kernel !== undefined) await checkRelease(kernel);
  return {
    ...(kernel === undefined ? {} : { release: kernel }),
    ...(boot === undefined ? {} : { boot }),
    ...(vtl === undefined ? {} : { vtl: parseVtl(vtl) }),
    ...(framebuffer === undefined ? {} : { framebuffer: parseFramebuffer(framebuffer) }),
    ...(withCommits === undefined ? {} : { withCommits }),
    ...(withoutCommits === undefined ? {} : { withoutCommits }),
  };
}
