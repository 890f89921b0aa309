/** Node's zlib, loaded on first use; in browsers the build replaces this file by a library. */
export function zlib() {
  return process.getBuiltinModule('node:zlib');
}
