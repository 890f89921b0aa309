/**
 * SHA-256. node:crypto is loaded on first use, since that takes longer than reading most inputs; in browsers the build
 * replaces this file by a library.
 */

/** An incremental hash. */
export interface Sha256 {
  update(bytes: Uint8Array | string): Sha256;
  digest(): Uint8Array;
  digest(encoding: 'hex'): string;
}

export function newSha256(): Sha256 {
  return process.getBuiltinModule('node:crypto').createHash('sha256');
}

/** Lower-case hex. */
export function sha256Of(bytes: Uint8Array | string): string {
  // Without the stream that createHash() makes.
  return process.getBuiltinModule('node:crypto').hash('sha256', bytes, 'hex');
}

const HASHED_AT_ONCE = 1 << 20;

/** The SHA-256, in hex, of data that is read in blocks. */
export function sha256OfAccess(access: {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}): string {
  const hash = newSha256();
  for (let at = 0; at < access.size; at += HASHED_AT_ONCE) hash.update(access.read(at, HASHED_AT_ONCE));
  return hash.digest('hex');
}
