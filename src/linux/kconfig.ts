/** CONFIG_SYSFB in a configuration: is it set, by whom, could it be off, and the Kconfig line that says what is right. */
import type { Behaviour } from './behaviour.ts';
import {
  type KconfigArch,
  SELECT_RULES,
  type SelectRule,
  SYMBOL_RULES,
  type Tristate,
  type Values,
} from './kconfig-rules.ts';

/** Requested or final values by symbol, without `CONFIG_`. A symbol that is not there has no line. */
export type ConfigValues = ReadonlyMap<string, string>;

/** Whether the symbol ends up set. `absent`: this kernel does not have it. */
export type SysfbState = 'y' | 'n' | 'absent';

export interface Selector {
  readonly symbol: string;
  /** The condition of its select, empty when there is none. */
  readonly condition: string;
}

export interface KconfigAnswer {
  readonly sysfb: SysfbState;
  /** Who selects it; empty when it is off or set by its own default. */
  readonly selectedBy: readonly Selector[];
}

function valuesOf(map: ReadonlyMap<string, string>): Values {
  const get = (symbol: string): Tristate => {
    const value = map.get(symbol);
    return value === 'y' || value === 'm' ? value : 'n';
  };
  return { get, on: (symbol) => get(symbol) !== 'n' };
}

/** What the final values of a configuration say about CONFIG_SYSFB: the selects that are in force. */
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

function selects(rule: SelectRule, behaviour: Behaviour, values: Values): boolean {
  return rule.exists(behaviour) && values.on(rule.symbol) && rule.holds(values, behaviour);
}

export interface ResolveOptions {
  /** `defaults`: symbols not asked for get their default (olddefconfig); `off`: they are off (allnoconfig). */
  readonly rest: 'defaults' | 'off';
  /** CONFIG_MODULES: without it a tristate asked for as m is built in, a bool is off. */
  readonly modules: boolean;
}

/**
 * What the kernel's configuration program makes of a request: the values of the symbols in the rules, with
 * dependencies, and CONFIG_SYSFB.
 */
export function resolveConfig(
  behaviour: Behaviour,
  requested: ConfigValues,
  arch: KconfigArch,
  options: ResolveOptions,
): KconfigAnswer & { readonly values: ConfigValues } {
  const final = new Map<string, string>();
  const values = valuesOf(final);
  // EFI and ACPI need each other, one way on x86 and the other on arm64.
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
  /** As the configuration has it: its own line, or, in releases where it has none when off, `n`. */
  readonly sysfb: SysfbState;
  /** A line of the configuration says so; otherwise it follows from the release's rules. */
  readonly stated: boolean;
  readonly selectedBy: readonly Selector[];
  /** The rules of the release and the configuration's line disagree: another release, or a patched kernel. */
  readonly disagrees: boolean;
  /** Turning framebuffer drivers off could leave the symbol off while Hyper-V support stays on. */
  readonly couldBeOff: boolean;
  /** Why, in a sentence. */
  readonly why: string;
  readonly proposal: KconfigProposal;
}

/** The Kconfig line that expresses the answer. */
export interface KconfigProposal {
  /** The symbol that should select. */
  readonly under: 'HYPERV' | 'HYPERV_VMBUS';
  readonly line: string;
  /** What each part of it is for. */
  readonly parts: readonly { readonly text: string; readonly why: string }[];
  /** This kernel's Kconfig has the line. */
  readonly inForce: boolean;
}

/** Judges a given configuration for a release. */
export function kconfigJudgement(
  behaviour: Behaviour,
  config: ConfigValues,
  arch: KconfigArch,
): KconfigJudgement {
  const derived = sysfbOf(behaviour, config, arch);
  const line = config.get('SYSFB');
  const sysfb: SysfbState = line === 'y' || line === 'm' ? 'y' : line === 'n' ? 'n' : derived.sysfb;
  // Where an absent line means off, a configuration without the line is one that says off.
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
