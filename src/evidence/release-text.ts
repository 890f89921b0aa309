/** Kernel releases as `uname -a`, `Linux version …` and configuration headers print them. */
import type { Architecture, KernelRelease } from './evidence.ts';

/** Distributions that name the upstream release in the build's text: `Debian 6.1.192-2`, `Ubuntu 6.8.0-31.31-generic 6.8.1`. */
const UPSTREAM = [/\bDebian (\d+\.\d+(?:\.\d+)?)[-~+]/, /\bUbuntu \d+\.\d+\.\d+-\S+ (\d+\.\d+\.\d+)\b/];

/** @param release the release word @param rest what follows it on the line */
export function kernelRelease(release: string, rest: string): KernelRelease {
  // Before the build number stands the compiler, which has a distribution's version too.
  const build = rest.slice(Math.max(0, rest.search(/(?:^| )#\d/)));
  const branch = /^\d+\.\d+/.exec(release)?.[0];
  for (const pattern of UPSTREAM) {
    const upstream = pattern.exec(build)?.[1];
    if (upstream !== undefined && /^\d+\.\d+/.exec(upstream)![0] === branch) return { release, upstream };
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
