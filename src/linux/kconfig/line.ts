/**
 * A Kconfig line as somebody proposes it, `select SYSFB if EFI && !HYPERV_VTL_MODE`, by itself or in a patch, held
 * against configurations: which of them get CONFIG_SYSFB by it, and which that are at risk do not.
 */
import { configValue } from '../../evidence/kernel-config.ts';
import type { KernelConfig } from '../../evidence/values.ts';
import type { Behaviour } from '../behaviour.ts';
import {
  evaluateKconfigExpression,
  type KconfigExpression,
  type KconfigOutcome,
  parseKconfigExpression,
} from './expression.ts';
import type { KconfigArch, Tristate } from './rules.ts';
import { type KnownSysfb, sysfbKnown } from './sysfb.ts';

export type KconfigKeyword = 'select' | 'imply' | 'depends on' | 'default' | 'def_bool' | 'def_tristate';

export interface KconfigLine {
  readonly keyword: KconfigKeyword;
  /** Of select and imply: the symbol; of a default: its value. */
  readonly target: string;
  /** Behind `if`, or what a symbol depends on; undefined where there is none. */
  readonly condition: KconfigExpression | undefined;
  /** The symbol whose entry it is in, where a patch shows it. */
  readonly under?: string;
  /** The line as it was given. */
  readonly text: string;
}

const LINE =
  /^(?:(select|imply)\s+([A-Za-z0-9_]+)|(default|def_bool|def_tristate)\s+("[^"]*"|[^\s"]+(?:\s(?!if\b)[^\s]+)*)|(depends\s+on)\s+(?=\S))(?:\s+if\s+(.*))?$/;

/** Reads one line. A string says what is wrong with it. */
export function parseKconfigLine(text: string, under?: string): KconfigLine | string {
  const trimmed = text.replace(/\s#.*$/, '').trim();
  if (/^depends\s+on\s/.test(trimmed)) {
    const condition = parseKconfigExpression(trimmed.replace(/^depends\s+on\s+/, ''));
    if (typeof condition === 'string') return condition;
    return line('depends on', '', condition, trimmed, under);
  }
  const match = LINE.exec(trimmed);
  if (match === null) return `"${trimmed}" is not a line such as "select SYSFB if EFI && !HYPERV_VTL_MODE"`;
  const condition = match[6] === undefined ? undefined : parseKconfigExpression(match[6]);
  if (typeof condition === 'string') return condition;
  const keyword = (match[1] ?? match[3]) as KconfigKeyword;
  return line(keyword, match[2] ?? match[4]!, condition, trimmed, under);
}

function line(
  keyword: KconfigKeyword,
  target: string,
  condition: KconfigExpression | undefined,
  text: string,
  under: string | undefined,
): KconfigLine {
  return { keyword, target, condition, text, ...(under === undefined ? {} : { under }) };
}

export interface KconfigChange {
  readonly added: readonly KconfigLine[];
  readonly removed: readonly KconfigLine[];
}

/** Quote marks of a reply before a patch's own first column. */
const QUOTED = /^(?:[ \t]*[>|])+ ?/;
const ENTRY = /^(?:menu)?config\s+([A-Za-z0-9_]+)\s*$/;
/** A condition goes on behind a backslash. */
const MAX_JOINED = 20;

/**
 * The lines about a symbol that a patch of Kconfig files adds and removes; of a text without patch marks, those it
 * has. Lines that are of other symbols, or can't be read, are left out.
 */
export function kconfigChange(text: string, symbol: string): KconfigChange {
  const added: KconfigLine[] = [];
  const removed: KconfigLine[] = [];
  const lines = text.split(/\r?\n/).map((each) => each.replace(QUOTED, ''));
  const isPatch = lines.some((each) => /^@@ -\d/.test(each));
  let under: string | undefined;
  let inKconfig = !isPatch;
  for (let index = 0; index < lines.length; index += 1) {
    const raw = lines[index]!;
    if (isPatch && /^(?:---|\+\+\+) /.test(raw)) {
      inKconfig = /Kconfig\S*\s*$/.test(raw.split('\t', 1)[0]!);
      under = undefined;
      continue;
    }
    const hunk = /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@ ?(.*)$/.exec(raw);
    if (hunk !== null) {
      under = ENTRY.exec(hunk[1]!)?.[1];
      continue;
    }
    if (!inKconfig) continue;
    const mark = isPatch ? raw[0] : ' ';
    let content = isPatch ? raw.slice(1) : raw;
    for (
      let joined = 0;
      content.endsWith('\\') && joined < MAX_JOINED && index + 1 < lines.length;
      joined += 1
    ) {
      index += 1;
      content = `${content.slice(0, -1)} ${isPatch ? lines[index]!.slice(1) : lines[index]!}`;
    }
    const entry = ENTRY.exec(content.trim())?.[1];
    if (entry !== undefined) {
      under = entry;
      continue;
    }
    const found = parseKconfigLine(content, under);
    if (typeof found === 'string' || found.target !== symbol) continue;
    if (mark === '-') removed.push(found);
    else if (mark === '+' || !isPatch) added.push(found);
  }
  return { added, removed };
}

/** What a line alone makes of its symbol in a configuration. */
export interface KconfigLineOutcome extends KconfigOutcome {
  /** The symbol in whose entry the line is taken to stand. */
  readonly under: string;
}

/**
 * What the line sets its symbol to, at least: the lesser of the entry's symbol and the condition; n where it sets
 * nothing. A bool is y as soon as it is not n.
 * @param under the entry, where the line does not know it: the symbol of the VMBus driver in this release
 */
export function evaluateKconfigLine(
  { condition, under: own, keyword, target }: KconfigLine,
  config: KernelConfig,
  under: string,
): KconfigLineOutcome {
  const entry = own ?? under;
  const parts = [
    keyword === 'select' || keyword === 'imply' ? entry : undefined,
    condition === undefined ? undefined : `(${condition.text})`,
    keyword === 'select' || keyword === 'imply' || keyword === 'depends on' ? undefined : `(${target})`,
  ].filter((part) => part !== undefined);
  const whole = parseKconfigExpression(parts.join(' && '));
  if (typeof whole === 'string') return { values: ['n', 'm', 'y'], open: [], under: entry };
  return { ...evaluateKconfigExpression(whole, (symbol) => configValue(config, symbol)), under: entry };
}

/** A configuration under a proposed line. */
export interface KconfigLineVerdict {
  readonly config: KernelConfig;
  /** What the line does here. */
  readonly line: KconfigLineOutcome;
  /** CONFIG_SYSFB with the line in place of what this release's Hyper-V entry selects; undefined: not known. */
  readonly sysfb: 'y' | 'n' | undefined;
  /** What turns it on: the line, and symbols that select it whatever becomes of the line. */
  readonly by: readonly string[];
  /**
   * Whether VMBus could hand out the framebuffer here without CONFIG_SYSFB: the driver is there, it reads ACPI on an
   * EFI boot, and it looks at screen_info only with the symbol. Undefined: not known.
   */
  readonly atRisk: boolean | undefined;
  /** At risk, and without CONFIG_SYSFB even so: what the line is for and does not reach. */
  readonly missed: boolean | undefined;
  /** What nobody knows of this configuration and what decides. */
  readonly open: readonly string[];
}

/** On what the hazard rests, as an expression; the driver's symbol by release. */
function riskExpression(behaviour: Behaviour): string {
  return `${behaviour.vmbusSymbol ? 'HYPERV && HYPERV_VMBUS' : 'HYPERV'} && EFI && ACPI && !HYPERV_VTL_MODE`;
}

/** Judges a proposed line for a configuration of a release with this behaviour. */
export function judgeKconfigLine(
  proposed: KconfigLine,
  config: KernelConfig,
  behaviour: Behaviour,
  arch: KconfigArch,
): KconfigLineVerdict {
  const under = behaviour.vmbusSymbol ? 'HYPERV_VMBUS' : 'HYPERV';
  const outcome = evaluateKconfigLine(proposed, config, under);
  const risk = evaluateKconfigExpression(
    parseKconfigExpression(riskExpression(behaviour)) as KconfigExpression,
    (symbol) => configValue(config, symbol),
  );
  const atRisk = behaviour.sysfbGate ? decided(risk.values) : false;
  // The line takes the place of Hyper-V's own select; framebuffer drivers select as before.
  const others = sysfbKnown({ ...behaviour, hypervSelectsSysfb: 'nothing' }, config, arch);
  const byLine =
    proposed.keyword === 'select' && proposed.target === 'SYSFB' ? decided(outcome.values) : false;
  const sysfb = either(byLine, setWithout(others, behaviour));
  return {
    config,
    line: outcome,
    sysfb: sysfb === undefined ? undefined : sysfb ? 'y' : 'n',
    by: [...(byLine === true ? ['the line'] : []), ...others.selectedBy.map(({ symbol }) => symbol)],
    atRisk,
    missed: atRisk === false || sysfb === true ? false : atRisk && sysfb === false ? true : undefined,
    open: [...new Set([...outcome.open, ...risk.open, ...others.openSelectors])],
  };
}

/** Whether a value is on; undefined while it may be off too. */
function decided(values: readonly Tristate[]): boolean | undefined {
  if (!values.includes('n')) return true;
  return values.length === 1 ? false : undefined;
}

/** Whether the symbol is set without what Hyper-V selects; the configuration's own line came of the Kconfig that is to change. */
function setWithout(
  { value, selectedBy, openSelectors }: KnownSysfb,
  behaviour: Behaviour,
): boolean | undefined {
  if (behaviour.sysfbSymbol !== 'selected-only') return value === undefined ? undefined : value === 'y';
  if (selectedBy.length > 0) return true;
  return openSelectors.length > 0 ? undefined : false;
}

function either(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}
