/** Packages that only surveys need: they are not installed with fwmap, and loaded when they are used. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A package that isn't installed. */
export class MissingPackageError extends Error {
  readonly package: string;

  constructor(name: string) {
    super(`${name} is not installed`);
    this.name = 'MissingPackageError';
    this.package = name;
  }
}

/** A package that is installed and can't be loaded, for example because a library of the system is missing. */
export class BrokenPackageError extends Error {
  constructor(name: string, why: unknown) {
    super(`cannot load ${name}: ${why instanceof Error ? why.message : String(why)}`);
    this.name = 'BrokenPackageError';
  }
}

/**
 * Loads an optional package: one that is installed beside fwmap, or else in the folder that it is run in.
 * Throws {@link MissingPackageError} and {@link BrokenPackageError}.
 * @param cwd the folder that it is run in
 */
export async function loadOptional(name: string, cwd: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    if (!isMissing(error)) throw new BrokenPackageError(name, error);
  }
  let found: string;
  try {
    found = createRequire(join(cwd, 'package.json')).resolve(name);
  } catch (error) {
    if (isMissing(error)) throw new MissingPackageError(name);
    throw new BrokenPackageError(name, error);
  }
  try {
    return await import(pathToFileURL(found).href);
  } catch (error) {
    throw new BrokenPackageError(name, error);
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
