/**
 * Evaluates a proposed Kconfig line, `select SYSFB if EFI && !HYPERV_VTL_MODE`, by itself or in a patch, for
 * configurations: which get CONFIG_SYSFB by it, and which are at risk without it.
 */
import { KCONFIG_FILE, kconfigChanges } from '../../artifact/patch/kconfig.ts';
import { hasHunk, linesAsAdded, readUnifiedDiff } from '../../artifact/patch/unified-diff.ts';
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
  /** The symbol of select and imply, or the value of a default. */
  readonly target: string;
  /** The condition after `if` or of `depends on`; `undefined` if there is none. */
  readonly condition: KconfigExpression | undefined;
  /** The symbol of its entry, if a patch shows it. */
  readonly under?: string;
  /** The line as given. */
  readonly text: string;
}

const LINE =
  /^(?:(select|imply)\s+([A-Za-z0-9_]+)|(default|def_bool|def_tristate)\s+("[^"]*"|[^\s"]+(?:\s(?!if\b)[^\s]+)*)|(depends\s+on)\s+(?=\S))(?:\s+if\s+(.*))?$/;

/** Parses one line. @returns an error message if it is invalid */
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

/**
 * The lines about a symbol that a patch of Kconfig files adds and removes; in a text that is not a patch, all such lines.
 * Invalid lines are left out.
 * @param onMore called when there are more hunks than the limit
 */
export function kconfigChange(text: string, symbol: string, onMore?: () => void): KconfigChange {
  const hunks = hasHunk(text)
    ? readUnifiedDiff(text, onMore)
        .filter(({ oldPath, newPath }) => isKconfig(newPath ?? oldPath))
        .flatMap((file) => file.hunks)
    : [{ heading: '', lines: linesAsAdded(text) }];
  const found = kconfigChanges(hunks).flatMap(({ change, symbol: under, text: rule }) => {
    const parsed = parseKconfigLine(rule, under);
    return typeof parsed === 'string' || parsed.target !== symbol ? [] : [{ change, parsed }];
  });
  const of = (which: 'added' | 'removed'): KconfigLine[] =>
    found.filter(({ change }) => change === which).map(({ parsed }) => parsed);
  return { added: of('added'), removed: of('removed') };
}

/** Whether a changed file has Kconfig entries; where a hunk is quoted without a name, its lines decide. */
function isKconfig(path: string | undefined): boolean {
  return path === undefined || KCONFIG_FILE.test(path);
}

/** The effect of a line alone on its symbol in a configuration. */
export interface KconfigLineOutcome extends KconfigOutcome {
  /** The symbol of the assumed entry of the line. */
  readonly under: string;
}

/**
 * The minimum to which a line sets its symbol: the minimum of the entry's symbol and the condition. A bool is y unless
 * this is n.
 * @param under the default entry: the symbol of the VMBus driver in this release
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

/** The evaluation of a proposed line for a configuration. */
export interface KconfigLineVerdict {
  readonly config: KernelConfig;
  /** The effect of the line. */
  readonly line: KconfigLineOutcome;
  /** CONFIG_SYSFB with the line instead of the release's own select in the Hyper-V entry; `undefined` if unknown. */
  readonly sysfb: 'y' | 'n' | undefined;
  /** What sets it: the line, and other symbols that select it. */
  readonly by: readonly string[];
  /**
   * Whether VMBus could allocate the framebuffer without CONFIG_SYSFB: the driver exists, it uses ACPI on an EFI boot, and
   * it reads screen_info only with the symbol. `undefined` if unknown.
   */
  readonly atRisk: boolean | undefined;
  /** At risk, and the line does not set CONFIG_SYSFB. */
  readonly missed: boolean | undefined;
  /** Unknown symbols that decide the result. */
  readonly open: readonly string[];
}

/** The expression for being at risk, by the driver's symbol in the release. */
function riskExpression(behaviour: Behaviour): string {
  return `${behaviour.vmbusSymbol ? 'HYPERV && HYPERV_VMBUS' : 'HYPERV'} && EFI && ACPI && !HYPERV_VTL_MODE`;
}

/** Evaluates a proposed line for a configuration and a release. */
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
  // The line replaces Hyper-V's own select; the selects of framebuffer drivers remain.
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

/** Whether a value is not n; `undefined` if that is unknown. */
function decided(values: readonly Tristate[]): boolean | undefined {
  if (!values.includes('n')) return true;
  return values.length === 1 ? false : undefined;
}

/** Whether the symbol is set without Hyper-V's select. The configuration's own line is ignored: it has the old Kconfig. */
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
