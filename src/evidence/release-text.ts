/** Kernel releases as `uname -a`, `Linux version …` and configuration headers print them. */
import type { Architecture, KernelRelease } from './evidence.ts';

/** Distributions that name the upstream release beside their own: `Debian 6.1.192-2`, `Ubuntu 6.8.0-31.31-generic 6.8.1`. */
const UPSTREAM = [/\bDebian (\d+\.\d+(?:\.\d+)?)[-~+]/, /\bUbuntu \d+\.\d+\.\d+-\S+ (\d+\.\d+\.\d+)\b/];

/** @param release the release word @param rest what follows it on the line */
export function kernelRelease(release: string, rest: string): KernelRelease {
  for (const pattern of UPSTREAM) {
    const upstream = pattern.exec(rest)?.[1];
    if (upstream !== undefined) return { release, upstream };
  }
  return { release };
}

/** Machine names of `uname -m` and of Kconfig headers. */
export function architectureOf(machine: string): Architecture {
  switch (machine) {
    case 'x86':
    case 'amd64':
    case 'x86_64':
      return 'x86_64';
    case 'aarch64':
    case 'arm64':
      return 'arm64';
    default:
      return machine;
  }
}
