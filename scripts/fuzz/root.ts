/** The checkout that npm and vitest run in: the fuzzer may be bundled elsewhere. */
import { join } from 'node:path';

export function inCheckout(...path: readonly string[]): string {
  return join(process.cwd(), ...path);
}
