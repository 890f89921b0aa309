/** Recognises features of the VMBus driver in object code, by its strings and symbols, in a module or a whole kernel. */
import type { FactOf } from '../fact.ts';
import type { FactLists } from '../facts.ts';

/** A string of every release of the driver; without it the code has no driver. */
const DRIVER = 'Vmbus version:%d.%d';
/** Format strings that commits have added to the driver. */
const MESSAGES = ['hv_mmio=%pR,%pR fb=%pR'] as const;
/** Symbols that the driver uses since some commit; a module names them. */
const USED = ['sysfb_primary_display', 'pci_get_device'] as const;
/** The symbols that the boot framebuffer is read from; by release the driver uses one of them. */
const BOOT_FRAMEBUFFER = ['screen_info', 'sysfb_primary_display'] as const;

/**
 * Adds the facts of the code; none when it doesn't contain the driver, which may be a module.
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
  // The driver tests CONFIG_SYSFB at compile time: without it neither symbol is used.
  if (!BOOT_FRAMEBUFFER.some(uses))
    facts.symbols.push({
      ...fact,
      text: `the driver uses neither ${BOOT_FRAMEBUFFER.join(' nor ')}: it was built without CONFIG_SYSFB`,
      value: { symbol: 'SYSFB', value: 'n' },
    });
}
