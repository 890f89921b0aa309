/** Folders for files of other hosts, that go with the work that they are for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** Those that exist. */
const folders = new Set<string>();

/** Makes a folder. Throws the system's error. @returns its path, for {@link removeTemporary} */
export function makeTemporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'fwmap-'));
  // First of all listeners: one that is called once is no longer there for those after it.
  if (folders.size === 0) for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  folders.add(path);
  return path;
}

export function removeTemporary(path: string): void {
  folders.delete(path);
  if (folders.size === 0) for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  rmSync(path, { recursive: true, force: true });
}

/** Ends the process by the signal, as without a listener, unless others wait for it to end their work. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  for (const path of folders) rmSync(path, { recursive: true, force: true });
  for (const each of SIGNALS) process.removeListener(each, onSignal);
  process.kill(process.pid, signal);
}
