/**
 * What answers are in a list of findings (SARIF, annotations of a pull request): one code for each way in which an answer
 * may come out, so that each has its level and its help. They are no diagnostics of an input.
 */
import { saidRow as answer } from './sysfb.ts';

const QUESTION = 'README: sysfb';
const WINDOWS = 'README: bridges';
const COMPARED = 'README: diff';
const PLAYED = 'README: simulate';

export const ANSWER_ROWS = {
  'answer/framebuffer-unprotected': answer(
    'error',
    'the framebuffer is in a window of VMBus, and this kernel does not reserve it',
    'VMBus may hand the memory of the framebuffer to another driver: devices fail, or the machine does not boot. Set ' +
      'CONFIG_SYSFB where the answer says that it helps, else take the framebuffer out of the windows.',
    QUESTION,
  ),
  'answer/needed': answer(
    'warning',
    'a kernel on this machine needs CONFIG_SYSFB, or another reservation of the framebuffer',
    'A window that VMBus hands out holds the framebuffer. What the kernel in question does about it is not known.',
    QUESTION,
  ),
  'answer/needed-and-set': answer(
    'note',
    'a kernel on this machine needs CONFIG_SYSFB, and this one reserves the framebuffer',
    'A window that VMBus hands out holds the framebuffer, which this kernel reserves as it is configured. Leave it so.',
    QUESTION,
  ),
  'answer/depends': answer(
    'warning',
    'whether a kernel on this machine needs CONFIG_SYSFB depends on what the inputs leave open',
    'Firmware fields, the release or the place of the framebuffer decide. The report lists the cases and what would settle them.',
    QUESTION,
  ),
  'answer/unknown': answer(
    'note',
    'whether a kernel on this machine needs CONFIG_SYSFB is not known',
    'The inputs do not describe a VMBus machine, or too little of one could be read. The report says what to add.',
    QUESTION,
  ),
  'answer/not-needed': answer(
    'note',
    'no kernel on this machine needs CONFIG_SYSFB',
    'No window that VMBus hands out can hold the framebuffer, or this kernel reserves it anyway.',
    QUESTION,
  ),
  'answer/bridge-window-lost': answer(
    'warning',
    'Linux drops or refuses a window of a PCI host bridge',
    'No BAR behind the bridge gets an address of it. A device that the firmware placed there is moved or gets nothing.',
    WINDOWS,
  ),
  'answer/bridge-window-clipped': answer(
    'warning',
    'Linux takes only a part of a window of a PCI host bridge',
    'BARs get addresses of the rest only. A device that the firmware placed in the part taken away is moved or gets nothing.',
    WINDOWS,
  ),
  'answer/bridge-window-merged': answer(
    'note',
    'Linux makes one window of several of a PCI host bridge',
    'No address is lost; the log shows other windows than the firmware has.',
    WINDOWS,
  ),
  'answer/bridge-note': answer(
    'note',
    'Linux has something to say about a PCI host bridge',
    'What it prints, or does with the bridge as a whole.',
    WINDOWS,
  ),
  'answer/bridge-differs': answer(
    'warning',
    'the log of the machine shows other windows than the description gives',
    'The log and the description may be of different machines, boots or releases. What the kernel printed counts.',
    WINDOWS,
  ),
  'answer/bar-does-not-fit': answer(
    'error',
    'a device with this BAR gets no address space behind this bridge',
    'No window has room for it as Linux allocates. Its driver fails to probe.',
    WINDOWS,
  ),
  'answer/bar-may-not-fit': answer(
    'warning',
    'whether a device with this BAR gets address space depends on what the inputs leave open',
    'A window that may or may not be there has the only room for it.',
    WINDOWS,
  ),
  'answer/allocation-on-framebuffer': answer(
    'error',
    'a driver is given memory in which the framebuffer is',
    'Both write to it. The driver fails, or the screen shows what it writes.',
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
    'what claims the address that was asked about',
    'One of the claims that the inputs make on this address, with its source.',
    'README: at',
  ),
  'diff/answer-worse': answer(
    'error',
    'the change makes the answer to sysfb a worse one',
    'Before it a kernel on this machine was safer, or it was known that it is. See the two answers.',
    COMPARED,
  ),
  'diff/answer-other': answer(
    'note',
    'the change makes the answer to sysfb another one',
    'It is no worse than before. See the two answers.',
    COMPARED,
  ),
  'diff/bridges': answer(
    'warning',
    'the change makes Linux treat windows of PCI host bridges otherwise',
    'Devices behind the bridges may get other addresses, or none.',
    COMPARED,
  ),
  'diff/window-added': answer(
    'note',
    'a window that was not there before',
    'What it is for, and whether something else has the addresses, is for a reviewer to see.',
    COMPARED,
  ),
  'diff/window-removed': answer(
    'warning',
    'a window is gone',
    'What had its addresses from it has none any more.',
    COMPARED,
  ),
  'diff/window-moved': answer(
    'warning',
    'a window is elsewhere',
    'Software that knows the old address fails.',
    COMPARED,
  ),
  'diff/window-resized': answer(
    'warning',
    'a window has another size',
    'What was at its end may be outside now.',
    COMPARED,
  ),
  'diff/window-changed': answer(
    'note',
    'a window has another condition, other flags, or is more or less sure',
    'Its addresses are as before.',
    COMPARED,
  ),
};
