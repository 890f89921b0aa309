/** The rows of the log tables: a kind of message, and the facts in it. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { FactOf } from '../fact.ts';
import type { FactLists } from '../facts.ts';
import type { PciBar, PciDevice } from '../values.ts';

/** A message: a fact without its value. */
export type LogMessage = Omit<FactOf<unknown>, 'value'>;

/** A PCI device, which is described by several lines. */
export interface SeenDevice {
  readonly device: PciDevice & { readonly bars: PciBar[] };
  readonly message: LogMessage;
}

/** The state of reading one boot. */
export interface Boot {
  readonly artifact: Artifact;
  readonly facts: FactLists;
  readonly devices: Map<string, SeenDevice>;
  /** Windows read so far, since Linux repeats their lines. */
  readonly windows: Set<string>;
  /** Keys of facts that are added once only. */
  readonly once: Set<string>;
  /** The messages that every log has, and others whose absence matters, by name. */
  readonly seen: Map<string, LogMessage>;
  /** The first framebuffer past the limit. */
  moreFramebuffers?: LogMessage;
}

export interface LogRow {
  /** Beginnings of the messages; a cheap test before the pattern. */
  readonly starts: readonly string[];
  readonly pattern: RegExp;
  /** Adds the facts of a message that matches. */
  readonly take: (match: RegExpExecArray, message: LogMessage, boot: Boot) => void;
}

export const hex = (digits: string): bigint => BigInt(`0x${digits}`);

/** Adds the fact that symbols are on, once a boot. */
export function symbolOn(boot: Boot, message: LogMessage, ...symbols: readonly string[]): void {
  for (const symbol of symbols) {
    if (boot.once.has(`CONFIG_${symbol}`)) continue;
    boot.once.add(`CONFIG_${symbol}`);
    boot.facts.symbols.push({ ...message, value: { symbol, value: 'on' } });
  }
}

/** True the first time that a key is used in a boot. */
export function firstTime(boot: Pick<Boot, 'once'>, key: string): boolean {
  if (boot.once.has(key)) return false;
  boot.once.add(key);
  return true;
}
