/**
 * Answers in a list of findings (SARIF, annotations of a pull request): one code for each possible outcome, so that each
 * has its level and its help. They are not diagnostics about an input.
 */
import { messageRow as answer } from './sysfb.ts';

const QUESTION = 'README: sysfb';
const WINDOWS = 'README: bridges';
const COMPARED = 'README: diff';
const PLAYED = 'README: simulate';

export const ANSWER_ROWS = {
  'answer/framebuffer-unprotected': answer(
    'error',
    'the framebuffer is in a window of VMBus, and this kernel does not reserve it',
    'VMBus may allocate the memory of the framebuffer to another driver: devices fail, or the machine does not boot. Set ' +
      'CONFIG_SYSFB where the answer says that it helps; otherwise remove the framebuffer from the windows.',
    QUESTION,
  ),
  'answer/needed': answer(
    'warning',
    'a kernel on this machine needs CONFIG_SYSFB, or another reservation of the framebuffer',
    'The framebuffer is in a window that VMBus allocates from. What the kernel in question does about it is unknown.',
    QUESTION,
  ),
  'answer/needed-and-set': answer(
    'note',
    'a kernel on this machine needs CONFIG_SYSFB, and this one reserves the framebuffer',
    'The framebuffer is in a window that VMBus allocates from. This kernel, as configured, reserves it; keep CONFIG_SYSFB.',
    QUESTION,
  ),
  'answer/depends': answer(
    'warning',
    'whether a kernel on this machine needs CONFIG_SYSFB depends on what the inputs leave open',
    'It depends on firmware fields, the release or the place of the framebuffer. The report lists the cases and what would settle them.',
    QUESTION,
  ),
  'answer/unknown': answer(
    'note',
    'whether a kernel on this machine needs CONFIG_SYSFB is unknown',
    'The inputs do not describe a VMBus machine, or too little of one could be read. The report says what to add.',
    QUESTION,
  ),
  'answer/not-needed': answer(
    'note',
    'no kernel on this machine needs CONFIG_SYSFB',
    'The framebuffer cannot be in a window that VMBus allocates from, or this kernel always reserves it.',
    QUESTION,
  ),
  'answer/bridge-window-lost': answer(
    'warning',
    'Linux drops or refuses a window of a PCI host bridge',
    'No BAR below the bridge gets an address in it. A device that the firmware placed there is moved or gets no address.',
    WINDOWS,
  ),
  'answer/bridge-window-clipped': answer(
    'warning',
    'Linux uses only a part of a window of a PCI host bridge',
    'BARs get addresses in that part only. A device that the firmware placed in the other part is moved or gets no address.',
    WINDOWS,
  ),
  'answer/bridge-window-merged': answer(
    'note',
    'Linux merges windows of a PCI host bridge into one',
    'No address is lost; the windows in the log differ from those of the firmware.',
    WINDOWS,
  ),
  'answer/bridge-note': answer(
    'note',
    'a note on what Linux does with a PCI host bridge',
    'What Linux prints about the bridge, or does with all of it.',
    WINDOWS,
  ),
  'answer/bridge-differs': answer(
    'warning',
    'the windows in the log of the machine differ from those of the description',
    'The log and the description may be from different machines, boots or releases. The log takes precedence.',
    WINDOWS,
  ),
  'answer/bar-does-not-fit': answer(
    'error',
    'a device with this BAR gets no address space below this bridge',
    'No window has room for it as Linux allocates. Its driver fails to probe.',
    WINDOWS,
  ),
  'answer/bar-may-not-fit': answer(
    'warning',
    'whether a device with this BAR gets address space depends on what the inputs leave open',
    'Only a window that may not exist has room for it.',
    WINDOWS,
  ),
  'answer/allocation-on-framebuffer': answer(
    'error',
    'a driver is given memory that contains the framebuffer',
    'Both are written to: the driver fails, or its data shows on the screen.',
    PLAYED,
  ),
  'answer/allocation-fails': answer(
    'warning',
    'a driver asks for MMIO space and gets none',
    'Its probe fails, and the device does not work.',
    PLAYED,
  ),
  'answer/claim': answer(
    'note',
    'a claim on the address in question',
    'One of the claims in the inputs on this address, with its source.',
    'README: at',
  ),
  'diff/answer-worse': answer(
    'error',
    'the change makes the answer to sysfb worse',
    'Before it a kernel on this machine was safer, or known to be safe. See the two answers.',
    COMPARED,
  ),
  'diff/answer-other': answer(
    'note',
    'the change makes the answer to sysfb a different one',
    'It is no worse than before. See the two answers.',
    COMPARED,
  ),
  'diff/bridges': answer(
    'warning',
    'the change makes Linux treat windows of PCI host bridges differently',
    'Devices behind the bridges may get other addresses, or none.',
    COMPARED,
  ),
  'diff/window-added': answer(
    'note',
    'a window is new',
    'A reviewer should check what it is for, and whether something else uses its addresses.',
    COMPARED,
  ),
  'diff/window-removed': answer(
    'warning',
    'a window was removed',
    'Devices that had their addresses in it have none now.',
    COMPARED,
  ),
  'diff/window-moved': answer(
    'warning',
    'a window was moved',
    'Software that uses the old address fails.',
    COMPARED,
  ),
  'diff/window-resized': answer(
    'warning',
    'the size of a window changed',
    'Devices at its end may be outside now.',
    COMPARED,
  ),
  'diff/window-changed': answer(
    'note',
    'the condition, the flags or the certainty of a window changed',
    'Its addresses are the same.',
    COMPARED,
  ),
};
