/**
 * What can be said of a machine without VMBus: its host bridges' windows as Linux takes them, where the framebuffer
 * lies among them, and what E820 reservations do to them.
 */
import { isHostBridge } from '../acpi/host-bridge.ts';
import { formatMemRange } from '../bytes/address.ts';
import { GEN2_VIDEO_MEMORY } from '../linux/framebuffer.ts';
import { clipsByE820, e820Notes, linuxBridgeWindows } from '../linux/host-bridge.ts';
import type { Machine } from '../window/describe.ts';
import { overlaps } from '../window/interval.ts';
import type { AddressWindow } from '../window/window.ts';
import type { Reasons } from './judgement.ts';
import type { Kernel } from './kernel.ts';
import type { FramebufferFinding } from './verdict.ts';

const AUTHORITY_BRIDGE =
  'acpi_pci_root_validate_resources() in drivers/acpi/pci_root.c; devm_of_pci_get_host_bridge_resources() in drivers/pci/of.c';
const AUTHORITY_E820 = 'arch/x86/pci/acpi.c';

/** Adds what is known of the machine to the reasons; gives the framebuffer if there is one. */
export function describeGenerally(
  machine: Machine,
  kernel: Kernel,
  reasons: Reasons,
): FramebufferFinding | null {
  const roots = new Set(
    (machine.acpi?.crs ?? []).filter(({ entry }) => isHostBridge(entry)).map(({ entry }) => entry.device),
  );
  const bridges = new Map<string, AddressWindow[]>();
  for (const window of machine.windows)
    if (window.role === 'window' && window.space === 'memory' && window.base !== null && window.size !== null)
      bridges.set(window.origin.path, [...(bridges.get(window.origin.path) ?? []), window]);
  const framebuffer = kernel.facts.framebuffer ?? described(machine);
  if (framebuffer !== null && framebuffer.base !== null) placeFramebuffer(framebuffer, bridges, reasons);
  if (kernel.facts.evidence !== undefined)
    clipWindows(new Map([...bridges].filter(([path]) => roots.has(path))), kernel, reasons);
  return framebuffer;
}

function described(machine: Machine): FramebufferFinding | null {
  const window = machine.windows.find((each) => each.role === 'framebuffer' && each.base !== null);
  return window
    ? {
        base: window.base,
        size: window.size,
        from: 'device-tree',
        text: `simple-framebuffer ${window.origin.path}`,
        origin: window.origin,
      }
    : null;
}

function placeFramebuffer(
  framebuffer: FramebufferFinding,
  bridges: ReadonlyMap<string, readonly AddressWindow[]>,
  reasons: Reasons,
): void {
  const base = framebuffer.base!;
  const size = framebuffer.size ?? GEN2_VIDEO_MEMORY;
  const fb = { start: base, end: base + size };
  const said = { text: framebuffer.text, ...(framebuffer.origin ? { origin: framebuffer.origin } : {}) };
  let holds = false;
  for (const [path, windows] of bridges)
    for (const window of windows) {
      if (!overlaps({ start: window.base!, end: window.base! + window.size! }, fb)) continue;
      holds = true;
      reasons.rule(
        'framebuffer-in-window',
        `The framebuffer ${formatMemRange(base, size)} lies in the window ${formatMemRange(window.base!, window.size!)} of ${path}.`,
        { text: `${path} ${window.origin.item}[${window.origin.index}]`, origin: window.origin },
        said,
      );
    }
  if (!holds && bridges.size > 0)
    reasons.rule(
      'framebuffer-outside-windows',
      `The framebuffer ${formatMemRange(base, size)} lies in no window that the firmware describes.`,
      said,
    );
}

function clipWindows(
  bridges: ReadonlyMap<string, readonly AddressWindow[]>,
  kernel: Kernel,
  reasons: Reasons,
): void {
  const evidence = kernel.facts.evidence!;
  const logged = evidence.marks.find(({ value }) => value === 'e820-used' || value === 'e820-ignored');
  const year = evidence.biosYears[0]?.value;
  const facts = {
    memoryMap: evidence.memoryMap.map((fact) => fact.value),
    ...(year === undefined ? {} : { biosYear: year }),
    ...(evidence.commandLines[0] === undefined ? {} : { commandLine: evidence.commandLines[0].value }),
    ...(logged === undefined ? {} : { logged: logged.value === 'e820-used' }),
  };
  const arch = kernel.facts.architecture === 'arm64' ? 'arm64' : 'x86_64';
  for (const [path, windows] of bridges) {
    const made = linuxBridgeWindows(
      windows.map((window) => ({ space: 'memory', base: window.base!, size: window.size! })),
      arch,
    );
    const notes = [
      ...made.notes,
      ...(arch === 'x86_64' ? e820Notes(kernel.profile.behaviour, made.windows, facts) : []),
    ];
    for (const note of notes)
      reasons.rule('bridge-window-note', `${path}: ${note}.`, {
        text: clipsByE820(kernel.profile.behaviour, facts)?.why ?? 'nothing says how old the firmware is',
        authority: note.includes('e820') ? AUTHORITY_E820 : AUTHORITY_BRIDGE,
      });
  }
}
