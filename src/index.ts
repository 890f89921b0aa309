/**
 * The library for Node: `fwmap/core`, and opening what has a name: files, folders, standard input. Its functions are those
 * that the command calls.
 */
export { openInput } from './artifact/open.ts';
export * from './core.ts';
