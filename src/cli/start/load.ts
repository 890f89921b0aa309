/**
 * Loads the command's bundles as Node's own loader does, with V8's compiled code from an earlier run. Node has this itself
 * since 22.1 (`module.enableCompileCache`), not in 20, and trusts whatever is in the folder.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { CodeCache, writeCodeCache } from './code-cache.ts';

export type Require = (name: string) => unknown;
type ModuleFunction = (
  this: unknown,
  exports: unknown,
  require: Require,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

// What Node puts around a CommonJS module.
const BEFORE = '(function (exports, require, module, __filename, __dirname) { ';
const AFTER = '\n})';

/** Bundles whose names have a hash of what is in them. */
const HAS_HASH = /-[\w-]{8}\.cjs$/;
/** Words at the start of the data in which V8 (11 to 13) keeps its version, the source's length and its flags. */
const HEAD_WORDS = 4;

interface Source {
  readonly text: string;
  /** The key of its code in the cache; undefined where it isn't cached. */
  readonly key: string | undefined;
}

/** A bundle with its wrapper. The build makes bundles pure ASCII, so that V8 stores them with one byte a character. */
function readSource(path: string, name: string): Source {
  const file = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(file);
    const bytes = Buffer.allocUnsafeSlow(BEFORE.length + size + AFTER.length);
    bytes.write(BEFORE, 'latin1');
    readSync(file, bytes, BEFORE.length, size, 0);
    bytes.write(AFTER, BEFORE.length + size, 'latin1');
    return {
      text: bytes.toString('latin1'),
      key: HAS_HASH.test(name) ? `${name} ${size} ${mtimeMs}` : undefined,
    };
  } finally {
    closeSync(file);
  }
}

/** The words by which V8 recognises its own data, with its present flags. */
function headNow(): Uint32Array {
  const data = new Script('0').createCachedData();
  return new Uint32Array(Uint8Array.from(data.subarray(0, 4 * HEAD_WORDS)).buffer);
}

interface Loaded {
  readonly script: Script;
  /** The cached data that was used; undefined where it was compiled. */
  readonly from: Uint8Array | undefined;
  /** For a compiled one, {@link headNow} at that time. */
  readonly head: Uint32Array | undefined;
}

/**
 * V8's data of a bundle at exit, with the functions that were run. A command may have set flags since, which would make V8
 * reject the data at the next start; so the words of the start are put back. No flag that fwmap sets changes such code.
 */
function dataOf({ script, from, head }: Loaded): Uint8Array {
  const data = script.createCachedData();
  if (from !== undefined) data.set(from.subarray(0, 4 * HEAD_WORDS));
  else if (head !== undefined)
    for (const [index, now] of headNow().entries())
      if (now !== head[index]) data.set(new Uint8Array(head.buffer, 4 * index, 4), 4 * index);
  return data;
}

/** The file of the cache. */
export interface CacheFile {
  /** From `trustedFolder`. */
  readonly folder: string;
  readonly name: string;
}

/**
 * Loads a bundle and what it requires, and writes the cache at exit if it was incomplete.
 * @param folder of the bundles
 * @param native requires everything that isn't a bundle
 */
export function loadWithCache(entry: string, folder: string, native: Require, file: CacheFile): void {
  const entrySource = readSource(join(folder, entry), entry);
  // It names the other bundles, with the hashes of what is in them.
  const cacheKey = entrySource.text;
  const known = CodeCache.open(join(file.folder, file.name), cacheKey);
  const loaded = new Map<string, Loaded>();
  const modules = new Map<string, { exports: unknown }>();
  let isComplete = true;
  const load: Require = (name) => {
    if (!name.startsWith('./')) return native(name);
    const before = modules.get(name);
    if (before !== undefined) return before.exports;
    const filename = join(folder, name);
    const { text, key } = name === entry ? entrySource : readSource(filename, name);
    const cachedData = key === undefined ? undefined : known?.get(key);
    const script = new Script(text, {
      filename,
      // So that stack traces and profiles name the columns of the file.
      columnOffset: -BEFORE.length,
      ...(cachedData === undefined ? {} : { cachedData }),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    if (key !== undefined) {
      const from = script.cachedDataRejected === false ? cachedData : undefined;
      isComplete &&= from !== undefined;
      loaded.set(key, { script, from, head: from === undefined ? headNow() : undefined });
    }
    const module = { exports: {} };
    modules.set(name, module);
    const run = script.runInThisContext() as ModuleFunction;
    run.call(module.exports, module.exports, load, module, filename, dirname(filename));
    return module.exports;
  };
  process.on('exit', () => {
    if (!isComplete) writeCodeCache(file.folder, file.name, cacheKey, allCode);
  });
  const allCode = (): Map<string, Uint8Array> => {
    const all = new Map<string, Uint8Array>();
    for (const name of known?.names() ?? []) {
      const code = loaded.has(name) ? undefined : known?.get(name);
      if (code !== undefined) all.set(name, code);
    }
    for (const [name, each] of loaded) all.set(name, dataOf(each));
    return all;
  };
  load(entry);
}
