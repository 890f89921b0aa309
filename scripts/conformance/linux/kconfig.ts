/**
 * `npm run conformance -- kconfig FILE`: the Kconfig rules against what the kernel's own configuration program made
 * of requests (`kconfig-truth.jsonl`), or against configurations that a distribution ships (`kconfig-debian.json`).
 */
import { readFileSync } from 'node:fs';
import type { KconfigArch } from '../../../src/linux/kconfig/rules.ts';
import { kconfigJudgement, resolveConfig } from '../../../src/linux/kconfig/sysfb.ts';
import { profileOf } from '../../../src/linux/profile.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { linesOf } from './vmbus.ts';

interface TruthRun {
  id: string;
  kernel: string;
  arch: KconfigArch;
  mode: 'allnoconfig' | 'olddefconfig';
  requested: Record<string, string>;
  result: Record<string, string | null>;
}
interface ShippedConfig {
  package_version: string;
  arch: 'amd64' | 'arm64';
  flavour: string;
  values: Record<string, string | null>;
}

/** The symbols of the rules, compared besides SYSFB itself. */
const COMPARED = [
  'HYPERV',
  'HYPERV_VMBUS',
  'HYPERV_VTL_MODE',
  'SYSFB_SIMPLEFB',
  'FB',
  'FB_EFI',
  'FB_VESA',
  'DRM',
  'DRM_EFIDRM',
  'DRM_VESADRM',
  'EFI',
  'ACPI',
];

function behaviourOf(release: string) {
  const parsed = parseRelease(release);
  if (parsed === undefined) throw new Error(`no kernel release: ${release}`);
  return profileOf(parsed).behaviour;
}

function setOnly(values: Record<string, string | null>): Map<string, string> {
  return new Map(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** What is wrong with one run, empty when nothing is. */
export function truthFaults(run: TruthRun): string[] {
  const answer = resolveConfig(behaviourOf(run.kernel), setOnly(run.requested), run.arch, {
    rest: run.mode === 'olddefconfig' ? 'defaults' : 'off',
    modules: false,
  });
  const on = (value: string | null | undefined): boolean => value === 'y' || value === 'm';
  const faults: string[] = [];
  if (on(run.result.SYSFB) !== (answer.sysfb === 'y'))
    faults.push(`SYSFB: kernel ${run.result.SYSFB}, rules ${answer.sysfb}`);
  for (const symbol of COMPARED)
    if (on(run.result[symbol]) !== on(answer.values.get(symbol)))
      faults.push(`${symbol}: kernel ${run.result[symbol]}, rules ${answer.values.get(symbol) ?? 'n'}`);
  // Symbols that are named as selecting must be set in the kernel's result; there is one whenever SYSFB is set.
  for (const { symbol } of answer.selectedBy)
    if (!on(run.result[symbol])) faults.push(`${symbol} is named as selecting SYSFB but is off`);
  return faults;
}

/** What is wrong with the judgement of a shipped configuration. */
export function shippedFaults(config: ShippedConfig): string[] {
  const values = setOnly(config.values);
  const arch = config.arch === 'amd64' ? 'x86_64' : 'arm64';
  const behaviour = behaviourOf(config.package_version.replace(/[-~].*$/, ''));
  const judgement = kconfigJudgement(behaviour, values, arch);
  const faults: string[] = [];
  const stated = config.values.SYSFB === 'y' ? 'y' : behaviour.sysfbSymbol === 'absent' ? 'absent' : 'n';
  if (judgement.sysfb !== stated) faults.push(`SYSFB: configuration ${stated}, judgement ${judgement.sysfb}`);
  if (judgement.disagrees) faults.push('the rules do not explain the configuration');
  if (stated === 'y' && !judgement.selectedBy.some(({ symbol }) => values.get(symbol) === 'y'))
    faults.push('nobody is named as selecting SYSFB');
  return faults;
}

export async function run(args: string[]): Promise<number> {
  const [path] = args;
  if (path === undefined) {
    console.error('usage: conformance kconfig kconfig-truth.jsonl|kconfig-debian.json');
    return 2;
  }
  let results: { name: string; faults: string[] }[];
  if (path.endsWith('.json')) {
    const { configs } = JSON.parse(readFileSync(path, 'utf8')) as { configs: ShippedConfig[] };
    results = configs.map((config) => ({
      name: `${config.package_version} ${config.flavour}`,
      faults: shippedFaults(config),
    }));
  } else {
    results = linesOf(path).map((line) => {
      const truth = JSON.parse(line) as TruthRun;
      return { name: `${truth.id} ${truth.kernel} ${truth.arch} ${truth.mode}`, faults: truthFaults(truth) };
    });
  }
  const failed = results.filter(({ faults }) => faults.length > 0);
  for (const { name, faults } of failed.slice(0, 20)) console.error(`${name}: ${faults.join('; ')}`);
  console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 && results.length > 0 ? 0 : 1;
}
