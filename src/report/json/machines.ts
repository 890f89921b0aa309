/** Several machines of an image, an archive or a folder, each as it is reported alone. */
import type { AtJson } from './at.ts';
import type { BridgesJson } from './bridges.ts';
import type { DiffJson } from './diff.ts';
import type { ResourcesJson } from './resources.ts';
import type { SysfbJson } from './sysfb.ts';
import type { WindowsJson } from './windows.ts';

export type MachinesJson = {
  readonly schema: 'fwmap/machines@1';
  readonly machines: readonly MachineJson[];
};

export type MachineJson = AtJson | BridgesJson | DiffJson | ResourcesJson | SysfbJson | WindowsJson;
