/** SHA-256 of what was read. node:crypto takes longer to load than most inputs to read, so it waits until it is asked. */

/** Lower-case hex. */
export function sha256Of(bytes: Uint8Array | string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex');
}
