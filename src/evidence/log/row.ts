/** What a row of the log tables is: a form of message, and what it says. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { FactOf } from '../fact.ts';
import type { FactLists } from '../facts.ts';
import type { PciBar, PciDevice } from '../values.ts';

/** A message's place, text and weight: a fact without its value. */
export type Said = Omit<FactOf<unknown>, 'value'>;

/** A PCI device, whose lines come one after another. */
export interface SeenDevice {
  readonly device: PciDevice & { readonly bars: PciBar[] };
  readonly said: Said;
}

/** What the lines of one boot build up. */
export interface Boot {
  readonly artifact: Artifact;
  readonly facts: FactLists;
  readonly devices: Map<string, SeenDevice>;
  /** Windows that were printed, so that the lines Linux repeats count once. */
  readonly windows: Set<string>;
  /** Symbols and modules that were seen, likewise. */
  readonly once: Set<string>;
  /** Messages that every log has, and a few that mean something by not being there. */
  readonly seen: Map<string, Said>;
  /** The first framebuffer that is not kept, since there are too many. */
  moreFramebuffers?: Said;
}

export interface LogRow {
  /** How the messages begin; a cheap test before the pattern. */
  readonly starts: readonly string[];
  readonly pattern: RegExp;
  /** @param match of the pattern @param said the message */
  readonly take: (match: RegExpExecArray, said: Said, boot: Boot) => void;
}

export const hex = (digits: string): bigint => BigInt(`0x${digits}`);

/** Notes that a driver or subsystem is in the kernel, once a log. */
export function symbolOn(boot: Boot, said: Said, ...symbols: readonly string[]): void {
  for (const symbol of symbols) {
    if (boot.once.has(`CONFIG_${symbol}`)) continue;
    boot.once.add(`CONFIG_${symbol}`);
    boot.facts.symbols.push({ ...said, value: { symbol, value: 'on' } });
  }
}

/** True the first time in a log. */
export function firstTime(boot: Pick<Boot, 'once'>, key: string): boolean {
  if (boot.once.has(key)) return false;
  boot.once.add(key);
  return true;
}
