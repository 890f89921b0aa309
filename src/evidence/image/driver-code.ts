/** What object code shows of the VMBus driver: strings it prints and symbols it uses, in a module or a whole kernel. */
import type { FactOf } from '../fact.ts';
import type { FactLists } from '../facts.ts';

/** Printed by every release of the driver; without it there is no driver in the code. */
const DRIVER = 'Vmbus version:%d.%d';
/** Messages of changes, each as the source has it. */
const MESSAGES = ['hv_mmio=%pR,%pR fb=%pR'] as const;
/** Symbols of other parts of the kernel that the driver uses since some change; a module names them. */
const USED = ['sysfb_primary_display', 'pci_get_device'] as const;
/** Where the driver learns of the framebuffer that the boot loader set up; one of them, by release. */
const BOOT_FRAMEBUFFER = ['screen_info', 'sysfb_primary_display'] as const;

/**
 * Notes what the code shows. Code without the driver shows nothing: it may be a module of its own.
 * @param module the code is the driver's module, which names every symbol that it uses
 */
export function readDriverCode(
  code: Buffer,
  module: boolean,
  fact: Omit<FactOf<unknown>, 'value' | 'text'>,
  facts: FactLists,
): void {
  if (!code.includes(DRIVER)) return;
  for (const string of MESSAGES) {
    const present = code.includes(string);
    const text = `"${string}" is ${present ? '' : 'not '}in the driver's code`;
    facts.codeStrings.push({ ...fact, text, value: { string, present } });
  }
  facts.symbols.push({
    ...fact,
    text: 'the VMBus driver is in this code',
    value: { symbol: 'HYPERV', value: module ? 'm' : 'y' },
  });
  if (!module) return;
  const uses = (symbol: string): boolean => code.includes(`\0${symbol}\0`);
  for (const string of USED) {
    const present = uses(string);
    const text = `the driver ${present ? 'uses' : 'does not use'} ${string}`;
    facts.codeStrings.push({ ...fact, text, value: { string, present } });
  }
  // The gate is decided when the driver is built: with CONFIG_SYSFB off nothing of it is left.
  if (!BOOT_FRAMEBUFFER.some(uses))
    facts.symbols.push({
      ...fact,
      text: `the driver uses neither ${BOOT_FRAMEBUFFER.join(' nor ')}: it was built without CONFIG_SYSFB`,
      value: { symbol: 'SYSFB', value: 'n' },
    });
}
