/** Node's zlib, loaded when something is to be unpacked; in a browser the build puts a library in its place. */
export function zlib() {
  return process.getBuiltinModule('node:zlib');
}
