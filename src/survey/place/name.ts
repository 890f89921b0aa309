/** Names of places. */
import { resolve } from 'node:path';
import type { BucketName } from './bucket.ts';
import { PlaceError } from './place.ts';

/** What a name means: the absolute path of a folder, or a bucket. */
export type PlaceName = { readonly folder: string } | BucketName;

/** `SCHEME://…`, and `s3:` with anything after it. */
const ADDRESS = /^(?:([a-z][a-z0-9+.-]*):\/\/|(s3):)/i;

/** Whether a name is an address rather than a path. A file or folder of such a name is `./NAME`. */
export function isAddress(name: string): boolean {
  return ADDRESS.test(name);
}

/**
 * What a name means: `s3://BUCKET/PREFIX`, or a path. Throws {@link PlaceError} for any other address.
 * @param cwd the folder that relative paths start from
 */
export function placeNamed(name: string, cwd: string): PlaceName {
  const [, before, short] = ADDRESS.exec(name) ?? [];
  const scheme = (before ?? short)?.toLowerCase();
  if (scheme === undefined) return { folder: resolve(cwd, name) };
  const hint = 'name a folder, or s3://BUCKET/PREFIX';
  if (scheme !== 's3') throw new PlaceError(`${name}: ${scheme}:// is not supported`, hint);
  const [bucket = '', ...parts] = before === undefined ? [] : name.slice(5).replace(/\/$/, '').split('/');
  if (bucket === '' || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new PlaceError(`${name} is not a bucket and a prefix in it`, hint);
  return { bucket, prefix: parts.join('/') };
}
