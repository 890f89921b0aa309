/** An archive by its row. */
import { accessTo } from '../../../src/containers/access.ts';
import { ARCHIVES } from '../../../src/containers/rows.ts';

export function listed(format: string, bytes: Uint8Array, most = 100) {
  const row = ARCHIVES.find((each) => each.format === format)!;
  // Archives stand among other things: places are counted from where one begins.
  const inside = new Uint8Array(512 + bytes.length);
  inside.set(bytes, 512);
  return row.list(accessTo(inside), 512, most);
}

export function isOne(format: string, bytes: Uint8Array): boolean {
  return ARCHIVES.find((each) => each.format === format)!.sniff(accessTo(bytes), 0);
}

export const shown = ({ members }: ReturnType<typeof listed>) =>
  members.map(({ name, type, offset, size }) => [name, type, offset, size]);
