/** Writes finds to files: under names that fwmap makes, in one folder and nowhere else. */
import { writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemMessage } from '../../../artifact/file.ts';
import type { Access } from '../../../containers/access.ts';
import type { Find } from '../../../scan/find.ts';
import type { FindReader } from '../../../scan/run.ts';
import { CommandError } from '../../common/command-error.ts';
import type { Io } from '../../common/io.ts';
import { makeFolder } from '../../common/result.ts';
import { makeWhole } from '../../output/whole-file.ts';

const MAX_LABEL = 60;
const WRITTEN_AT_ONCE = 1 << 20;
const CODE_TABLES = new Set(['DSDT', 'SSDT', 'PSDT']);
const EXTENSIONS: Readonly<Record<string, string>> = {
  dtb: 'dtb',
  dtbo: 'dtbo',
  fit: 'itb',
  kconfig: 'config',
  dts: 'dts',
  acpidump: 'txt',
  iomem: 'txt',
  dmesg: 'txt',
  lspci: 'txt',
  asl: 'asl',
};

/** A part of a file name, made of text from an input. */
function label(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_+-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_LABEL);
}

/** The name of the file that a find is written to. */
export function extractedName(find: Find): string {
  const { id, kind, signature, oemTableId, model, compatible, release, name } = find;
  const words = [String(id).padStart(3, '0'), signature ?? kind];
  words.push(oemTableId ?? model ?? compatible?.[0] ?? release ?? name ?? '');
  const stem = words.map(label).filter(Boolean).join('-');
  const table = signature === undefined ? undefined : CODE_TABLES.has(signature) ? 'aml' : 'dat';
  return `${stem}.${table ?? EXTENSIONS[kind] ?? 'bin'}`;
}

function writeAccess(descriptor: number, bytes: Access): void {
  for (let at = 0; at < bytes.size; ) {
    const written = writeSync(descriptor, bytes.read(at, WRITTEN_AT_ONCE));
    if (written === 0) throw new Error('a part of the input cannot be read');
    at += written;
  }
}

/** The function that writes finds to a folder, which is made if it doesn't exist. No existing file is overwritten. */
export function extractTo(folder: string, io: Io): FindReader['read'] {
  const root = resolve(io.cwd, folder);
  const cannot = (what: string, error: unknown): CommandError =>
    new CommandError(`cannot write ${what}: ${systemMessage(error)}`);
  makeFolder(folder, io);
  return (find, bytes) => {
    const name = extractedName(find);
    try {
      makeWhole(join(root, name), (descriptor) => writeAccess(descriptor, bytes));
    } catch (error) {
      throw cannot(join(folder, name), error);
    }
  };
}
