/**
 * Debian's packages with images of firmware and kernels in them, which nobody here made. They are downloaded by apt-get with
 * separate lists and states, so that the system's packages and architectures don't matter; root is not needed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const MIRROR = 'http://deb.debian.org/debian';
const RELEASE = 'bookworm';
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Packages by architecture, and what is in them as far as finds go (Debian 12). A kernel is in a package that the named one depends on. */
const PACKAGES: readonly (readonly [names: string, architecture: string, holds: string])[] = [
  [
    'ovmf ovmf-ia32',
    'all',
    'an SSDT (RamDisk) and an empty tree, in an LZMA section; the DSDT comes from QEMU when it runs',
  ],
  ['qemu-efi-aarch64 qemu-efi-arm', 'all', 'the same SSDT; tree and DSDT come from QEMU'],
  ['seabios', 'all', 'a DSDT and its SSDTs, plain'],
  ['opensbi', 'all', 'nothing: the tree is passed to it'],
  ['u-boot-qemu', 'all', 'trees at the end of ROMs and programs'],
  ['xen-utils-4.17', 'amd64', 'three DSDTs in hvmloader, of which it takes one'],
  ['raspi-firmware', 'all', 'nothing: trees come with the kernel'],
  ['arm-trusted-firmware', 'arm64', 'nothing'],
  [
    'u-boot-amlogic u-boot-mvebu u-boot-qcom u-boot-rockchip u-boot-rpi u-boot-sunxi u-boot-tegra',
    'arm64',
    'trees in FITs, inside and behind them, and at the end of programs',
  ],
  ['u-boot-exynos u-boot-imx u-boot-omap u-boot-stm32', 'armhf', 'the same; omap packs its trees by LZO'],
  ['linux-image-cloud-amd64', 'amd64', 'a kernel packed by lz4, whose name a dependency has'],
  ['linux-image-cloud-arm64', 'arm64', 'a flat kernel'],
  ['linux-image-armmp', 'armhf', 'a zImage packed by xz, and some 900 trees'],
];

/** Names as apt takes them. */
function namesOf([names, architecture]: (typeof PACKAGES)[number]): string[] {
  return names.split(' ').map((name) => (architecture === 'all' ? name : `${name}:${architecture}`));
}

/** The packages, each with what is in it. */
export function packageList(): string {
  return PACKAGES.map((row) => `${namesOf(row).join(' ')}\n    ${row[2]}`).join('\n');
}

/**
 * Downloads the packages and unpacks each below a folder: `FOLDER/PACKAGE_VERSION_ARCHITECTURE`. Modules of kernels, which hold
 * no image, are left out.
 * @returns whether all were downloaded
 */
export function downloadPackages(folder: string): boolean {
  const root = resolve(folder);
  const apt = join(root, '.apt');
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'debs'])
    mkdirSync(join(apt, path), { recursive: true });
  writeFileSync(join(apt, 'status'), '');
  writeFileSync(
    join(apt, 'sources.list'),
    `deb [signed-by=${KEYS}] ${MIRROR} ${RELEASE} main non-free-firmware\n`,
  );
  const options = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State=${apt}/state`,
    `Dir::State::status=${apt}/status`,
    `Dir::Cache=${apt}/cache`,
    ...['amd64', 'arm64', 'armhf'].map((name) => `APT::Architectures::=${name}`),
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  const run = (program: string, words: readonly string[]): string =>
    execFileSync(program, [...options, ...words], { cwd: join(apt, 'debs'), encoding: 'utf8' });
  try {
    run('apt-get', ['-q', 'update']);
    for (const name of PACKAGES.flatMap(namesOf)) {
      // `linux-image-cloud-amd64` is empty but for the name of the newest kernel.
      const wanted = name.startsWith('linux-image-')
        ? (/Depends: (linux-image-\S+)/.exec(run('apt-cache', ['depends', name]))?.[1] ?? name)
        : name;
      run('apt-get', ['-q', 'download', wanted]);
    }
  } catch (error) {
    console.error(`apt: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
  for (const file of readdirSync(join(apt, 'debs'))) {
    const target = join(root, file.replace(/\.deb$/, ''));
    execFileSync('dpkg-deb', ['-x', join(apt, 'debs', file), target]);
    for (const lib of ['lib', 'usr/lib'])
      rmSync(join(target, lib, 'modules'), { recursive: true, force: true });
  }
  rmSync(apt, { recursive: true });
  return true;
}
