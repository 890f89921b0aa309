/** CONFIG_SYSFB in a configuration: whether it is set, by which symbols, whether it could be off, and a Kconfig proposal. */
import { configValue } from '../../evidence/kernel-config.ts';
import type { KernelConfig } from '../../evidence/values.ts';
import type { Behaviour } from '../behaviour.ts';
import {
  evaluateKconfigExpression,
  type KconfigExpression,
  type KconfigOutcome,
  parseKconfigExpression,
  type SymbolLookup,
} from './expression.ts';
import {
  type KconfigArch,
  SELECT_RULES,
  type SelectRule,
  SYMBOL_RULES,
  type Tristate,
  type Values,
} from './rules.ts';

/** Requested or final values by symbol, without `CONFIG_`. A missing symbol has no line. */
export type ConfigValues = ReadonlyMap<string, string>;

/** Whether the symbol is set. `absent`: the kernel does not have it. */
export type SysfbState = 'y' | 'n' | 'absent';

export interface Selector {
  readonly symbol: string;
  /** The condition of its select; empty if there is none. */
  readonly condition: string;
}

export interface KconfigAnswer {
  readonly sysfb: SysfbState;
  /** The symbols that select it; empty if it is off or set by its default. */
  readonly selectedBy: readonly Selector[];
}

function valuesOf(map: ReadonlyMap<string, string>): Values {
  const get = (symbol: string): Tristate => {
    const value = map.get(symbol);
    return value === 'y' || value === 'm' ? value : 'n';
  };
  return { get, on: (symbol) => get(symbol) !== 'n' };
}

/** CONFIG_SYSFB by the selects that are in force with the final values of a configuration. */
export function sysfbOf(behaviour: Behaviour, config: ConfigValues, arch: KconfigArch): KconfigAnswer {
  const values = valuesOf(config);
  if (behaviour.sysfbSymbol === 'absent') return { sysfb: 'absent', selectedBy: [] };
  if (behaviour.sysfbSymbol === 'default-yes')
    return { sysfb: arch === 'x86_64' || values.on('EFI') ? 'y' : 'n', selectedBy: [] };
  const selectedBy = SELECT_RULES.filter((rule) => selects(rule, behaviour, values)).map((rule) => ({
    symbol: rule.symbol,
    condition: rule.condition(behaviour),
  }));
  return { sysfb: selectedBy.length > 0 ? 'y' : 'n', selectedBy };
}

/** The value to which a select sets CONFIG_SYSFB: not n if it is in force. */
function selectOutcome(rule: SelectRule, behaviour: Behaviour, lookup: SymbolLookup): KconfigOutcome {
  const condition = rule.condition(behaviour);
  // The rules' own expressions are valid.
  const whole = parseKconfigExpression(
    condition === '' ? rule.symbol : `${rule.symbol} && (${condition})`,
  ) as KconfigExpression;
  return evaluateKconfigExpression(whole, lookup);
}

function selects(rule: SelectRule, behaviour: Behaviour, values: Values): boolean {
  return (
    rule.exists(behaviour) &&
    !selectOutcome(rule, behaviour, (symbol) => values.get(symbol)).values.includes('n')
  );
}

/** CONFIG_SYSFB in a configuration that may be incomplete. */
export interface KnownSysfb {
  /** `absent`: the release does not have the symbol; `undefined` if unknown. */
  readonly value: SysfbState | undefined;
  /**
   * `line`: the configuration has a line; `no line`: it is complete and has none; `rules`: it follows from the release's
   * Kconfig and the known values of other symbols.
   */
  readonly by: 'line' | 'no line' | 'rules';
  /** The symbols that are known to select it. */
  readonly selectedBy: readonly Selector[];
  /** Unknown symbols that decide whether others select it. */
  readonly openSelectors: readonly string[];
}

/**
 * CONFIG_SYSFB by a complete or partial configuration in a release. By a partial one it is set if one select is in force,
 * and off only if no select can be.
 */
export function sysfbKnown(behaviour: Behaviour, config: KernelConfig, arch: KconfigArch): KnownSysfb {
  const lookup: SymbolLookup = (symbol) => configValue(config, symbol);
  const selectedBy: Selector[] = [];
  const open = new Set<string>();
  for (const rule of SELECT_RULES) {
    if (!rule.exists(behaviour)) continue;
    const outcome = selectOutcome(rule, behaviour, lookup);
    if (!outcome.values.includes('n'))
      selectedBy.push({ symbol: rule.symbol, condition: rule.condition(behaviour) });
    else for (const symbol of outcome.open) open.add(symbol);
  }
  const known = (value: SysfbState | undefined, by: KnownSysfb['by']): KnownSysfb => ({
    value,
    by,
    selectedBy,
    openSelectors: [...open],
  });
  if (behaviour.sysfbSymbol === 'absent') return known('absent', 'rules');
  const line = config.values.get('SYSFB');
  if (line !== undefined) return known(line === 'n' ? 'n' : 'y', 'line');
  if (config.complete) return known('n', 'no line');
  if (behaviour.sysfbSymbol === 'default-yes') {
    // Set by its default, since it has no prompt.
    const efi = arch === 'x86_64' ? 'y' : lookup('EFI');
    if (efi === undefined) open.add('EFI');
    return known(efi === undefined ? undefined : efi === 'y' ? 'y' : 'n', 'rules');
  }
  if (selectedBy.length > 0) return known('y', 'rules');
  return known(open.size > 0 ? undefined : 'n', 'rules');
}

export interface ResolveOptions {
  /** Value of symbols that are not requested: their default (olddefconfig) or n (allnoconfig). */
  readonly rest: 'defaults' | 'off';
  /** CONFIG_MODULES: without it a tristate that is requested as m is y. */
  readonly modules: boolean;
}

/**
 * Resolves requested values like the kernel's conf: final values of the symbols in the rules, with their dependencies,
 * and CONFIG_SYSFB.
 */
export function resolveConfig(
  behaviour: Behaviour,
  requested: ConfigValues,
  arch: KconfigArch,
  options: ResolveOptions,
): KconfigAnswer & { readonly values: ConfigValues } {
  const final = new Map<string, string>();
  const values = valuesOf(final);
  // EFI depends on ACPI on x86, ACPI on EFI on arm64.
  const order =
    arch === 'x86_64'
      ? [...SYMBOL_RULES].sort((a, b) => Number(b.symbol === 'ACPI') - Number(a.symbol === 'ACPI'))
      : SYMBOL_RULES;
  for (const rule of order) {
    if (rule.exists !== undefined && !rule.exists(behaviour)) continue;
    if (!rule.met(values, arch, behaviour)) continue;
    const isBool = rule.type === 'bool' || rule.boolWhen?.(behaviour) === true;
    let value = requested.get(rule.symbol);
    if (value === undefined && options.rest === 'defaults') value = rule.byDefault?.(values);
    if (value === 'm') {
      if (isBool) value = 'n';
      else if (!options.modules) value = 'y';
    }
    if (value === 'y' || value === 'm') final.set(rule.symbol, value);
  }
  const answer = sysfbOf(behaviour, final, arch);
  return { ...answer, values: final };
}

export interface KconfigJudgement {
  /** By the configuration's line; without one, by the rules, or `n` in releases where a missing line means off. */
  readonly sysfb: SysfbState;
  /** It is in the configuration; otherwise it follows from the rules. */
  readonly stated: boolean;
  readonly selectedBy: readonly Selector[];
  /** The rules and the configuration's line disagree: the kernel is of another release, or patched. */
  readonly disagrees: boolean;
  /** The symbol can be off with Hyper-V support on, if framebuffer drivers are off. */
  readonly couldBeOff: boolean;
  /** Why, in a sentence. */
  readonly why: string;
  readonly proposal: KconfigProposal;
}

/** The Kconfig line that solves the problem. */
export interface KconfigProposal {
  /** The symbol whose entry should have it. */
  readonly under: 'HYPERV' | 'HYPERV_VMBUS';
  readonly line: string;
  /** The purpose of each part. */
  readonly parts: readonly { readonly text: string; readonly why: string }[];
  /** The release's Kconfig has the line. */
  readonly inForce: boolean;
}

/** Evaluates a configuration for a release. */
export function kconfigJudgement(
  behaviour: Behaviour,
  config: ConfigValues,
  arch: KconfigArch,
): KconfigJudgement {
  const derived = sysfbOf(behaviour, config, arch);
  const line = config.get('SYSFB');
  const sysfb: SysfbState = line === 'y' || line === 'm' ? 'y' : line === 'n' ? 'n' : derived.sysfb;
  // In these releases a missing line means off.
  const off = behaviour.sysfbSymbol === 'selected-only' && line === undefined;
  const effective: SysfbState = off ? 'n' : sysfb;
  const values = valuesOf(config);
  const forced = SELECT_RULES.find(
    (rule) => rule.symbol.startsWith('HYPERV') && selects(rule, behaviour, values),
  );
  const couldBeOff = behaviour.sysfbSymbol === 'selected-only' && forced === undefined;
  return {
    sysfb: effective,
    stated: line !== undefined || off,
    selectedBy: derived.selectedBy,
    disagrees: behaviour.sysfbSymbol !== 'absent' && derived.sysfb !== effective,
    couldBeOff,
    why: reason(behaviour, derived, effective, forced, values),
    proposal: sysfbProposal(behaviour),
  };
}

function reason(
  behaviour: Behaviour,
  derived: KconfigAnswer,
  sysfb: SysfbState,
  forced: SelectRule | undefined,
  values: Values,
): string {
  const names = derived.selectedBy.map(({ symbol }) => `CONFIG_${symbol}`).join(', ');
  if (behaviour.sysfbSymbol === 'absent')
    return 'this release has no CONFIG_SYSFB; the VMBus driver reads screen_info in any case';
  if (behaviour.sysfbSymbol === 'default-yes') return 'CONFIG_SYSFB is on by default and has no prompt';
  if (forced !== undefined) {
    const condition = forced.condition(behaviour);
    return `CONFIG_${forced.symbol} selects it${condition === '' ? '' : ` if ${condition}`}, so it cannot be off`;
  }
  if (sysfb === 'y' && names !== '')
    return `${names} select${derived.selectedBy.length === 1 ? 's' : ''} it; with ${derived.selectedBy.length === 1 ? 'that' : 'those'} off it would be off`;
  if (sysfb === 'y')
    return 'it is set, but nothing in the configuration that this release knows of selects it';
  if (values.on('HYPERV_VTL_MODE') && behaviour.hypervSelectsSysfb !== 'nothing')
    return 'CONFIG_HYPERV_VTL_MODE keeps Hyper-V support from selecting it, and no framebuffer driver does';
  return 'nothing selects it: no framebuffer driver that would is on';
}

/** `select SYSFB if EFI && !HYPERV_VTL_MODE`, explained. */
export function sysfbProposal(behaviour: Behaviour): KconfigProposal {
  const under = behaviour.vmbusSymbol ? 'HYPERV_VMBUS' : 'HYPERV';
  return {
    under,
    line: 'select SYSFB if EFI && !HYPERV_VTL_MODE',
    parts: [
      {
        text: 'select SYSFB',
        why: 'the VMBus driver must know where the framebuffer is to keep other devices off it, whether or not a framebuffer driver is built',
      },
      {
        text: 'if EFI',
        why: 'only an EFI boot (Generation 2) reads screen_info, and arm64 without EFI does not link with SYSFB',
      },
      {
        text: '&& !HYPERV_VTL_MODE',
        why: 'a VTL2 kernel boots from a device tree, where the driver never reserves a framebuffer, so the code would only add size',
      },
    ],
    inForce: behaviour.hypervSelectsSysfb === under && behaviour.selectNeedsEfi,
  };
}
