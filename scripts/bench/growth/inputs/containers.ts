/** Images and archives that grow. */
import { gzipSync } from 'node:zlib';
import { makeCpio } from '../../../../test/containers/make-cpio.ts';
import * as make from '../../../../test/containers/make-images.ts';
import { type Growing, LINUX } from '../growing.ts';

export const CONTAINERS: readonly Growing[] = [
  {
    name: 'image: trees',
    count: 8000,
    command: ['scan', '--format', 'json'],
    make: (count) => make.join(new Uint8Array(16), ...new Array<Uint8Array>(count).fill(make.board('Lab'))),
  },
  {
    name: 'image: machines',
    count: 2000,
    command: ['sysfb', '--format', 'json'],
    make: (count) =>
      make.join(
        new Uint8Array(16),
        ...Array.from({ length: count }, (_, index) => make.board(`Lab ${index}`)),
      ),
  },
  {
    name: 'image: streams',
    count: 4000,
    command: ['scan'],
    make: (count) =>
      make.join(...new Array<Uint8Array>(count).fill(make.join(make.gz(make.board('Lab')), make.u8(1)))),
  },
  {
    name: 'image: magics of gzip',
    count: 60_000,
    command: ['sysfb'],
    make: (count) =>
      make.join(
        make.text(LINUX),
        ...new Array<Uint8Array>(count).fill(make.u8(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)),
      ),
  },
  {
    name: 'image: magics of a configuration',
    count: 60_000,
    command: ['sysfb'],
    make: (count) => make.text(`${LINUX}${'IKCFG_ST\x1f\x8b\x08\0'.repeat(count)}`),
  },
  {
    name: 'kernel with streams',
    count: 4000,
    command: ['sysfb'],
    make: (count) => make.bzImage(make.join(...new Array<Uint8Array>(count).fill(make.gz(make.text(LINUX))))),
  },
  {
    name: 'archive: files',
    count: 4000,
    command: ['sysfb'],
    make: (count) =>
      makeCpio(Array.from({ length: count }, (_, index) => ({ name: `f${index}`, content: 'CONFIG_A=y\n' }))),
  },
  {
    name: 'archive: tables',
    count: 2000,
    command: ['windows'],
    make: (count) =>
      makeCpio(
        Array.from({ length: count }, (_, index) => ({ name: `f${index}.aml`, content: make.table('SSDT') })),
      ),
  },
  {
    name: 'gzip: members',
    count: 20_000,
    command: ['sysfb'],
    make: (count) => Buffer.concat(new Array<Buffer>(count).fill(gzipSync('CONFIG_A=y\n'))),
  },
  {
    name: 'noise',
    count: 2_000_000,
    command: ['sysfb'],
    make: (count) => new Uint8Array(count).map((_, index) => (Math.imul(index, 2_654_435_761) >>> 13) & 0xff),
  },
];
