/** The kinds of inputs, one row each. `--as` takes these names. */

/** `tree` and `acpi` are firmware descriptions, `evidence` is about kernel and boot, a `container` has other inputs in it. */
export type KindCategory = 'tree' | 'acpi' | 'evidence' | 'container';

export interface KindRow {
  readonly name: string;
  /** The readers of the kind; a resource list printed by Linux is both a description and evidence. */
  readonly categories: readonly KindCategory[];
  /** Whether the bytes are text. */
  readonly form: 'text' | 'blob';
  /** A folder that is one input; not recognised from one file's content. */
  readonly folder?: true;
  /** For messages and lists of kinds. */
  readonly description: string;
}

export const KINDS = [
  { name: 'dts', categories: ['tree'], form: 'text', description: 'device tree source' },
  {
    name: 'dts-fragment',
    categories: ['tree'],
    form: 'text',
    description: 'properties or nodes of device tree source, also quoted in a mail',
  },
  { name: 'dtb', categories: ['tree'], form: 'blob', description: 'device tree blob' },
  { name: 'dtbo', categories: ['tree'], form: 'blob', description: 'device tree overlay blob' },
  {
    name: 'dt-dir',
    categories: ['tree'],
    form: 'blob',
    folder: true,
    description: 'copy of /proc/device-tree',
  },
  { name: 'acpi-table', categories: ['acpi'], form: 'blob', description: 'ACPI table' },
  { name: 'acpidump', categories: ['acpi'], form: 'text', description: 'output of acpidump' },
  {
    name: 'acpi-dir',
    categories: ['acpi'],
    form: 'blob',
    folder: true,
    description: 'folder of ACPI tables',
  },
  { name: 'asl', categories: ['acpi'], form: 'text', description: 'ASL text' },
  {
    name: 'crs-hex',
    categories: ['acpi'],
    form: 'text',
    description: 'hex dump of a resource template',
  },
  {
    name: 'crs-text',
    categories: ['acpi', 'evidence'],
    form: 'text',
    description: 'printed resource list (acpiexec, pnp, root bus resource)',
  },
  {
    name: 'kconfig',
    categories: ['evidence'],
    form: 'text',
    description: 'kernel configuration or a fragment of one',
  },
  {
    name: 'boot-params',
    categories: ['evidence'],
    form: 'blob',
    description: 'struct boot_params, or the screen_info at its start',
  },
  { name: 'iomem', categories: ['evidence'], form: 'text', description: '/proc/iomem' },
  { name: 'dmesg', categories: ['evidence'], form: 'text', description: 'kernel log' },
  { name: 'lspci', categories: ['evidence'], form: 'text', description: 'lspci listing' },
  { name: 'cmdline', categories: ['evidence'], form: 'text', description: '/proc/cmdline' },
  { name: 'uname', categories: ['evidence'], form: 'text', description: 'uname -a' },
  {
    name: 'memmap',
    categories: ['evidence'],
    form: 'text',
    description: 'listing of /sys/firmware/memmap',
  },
  {
    name: 'patch',
    categories: ['container'],
    form: 'text',
    description: 'patch (unified diff) of device tree source, ASL or Kconfig',
  },
  { name: 'mail', categories: ['container'], form: 'text', description: 'mail or mailbox' },
  {
    name: 'image',
    categories: ['evidence'],
    form: 'blob',
    description: 'kernel image or module',
  },
  {
    name: 'kernel-source',
    categories: ['evidence'],
    form: 'text',
    description: "file of a kernel's source: vmbus_drv.c, Kconfig, the Makefile",
  },
] as const satisfies readonly KindRow[];

export type ArtifactKind = (typeof KINDS)[number]['name'];

/** The kinds of a category. */
export type KindOf<C extends KindCategory> = (typeof KINDS)[number] extends infer Row
  ? Row extends { readonly categories: readonly (infer Has)[]; readonly name: infer Name }
    ? C extends Has
      ? Name
      : never
    : never
  : never;

/** Names of all kinds, in the order of the table. */
export const KIND_NAMES: readonly ArtifactKind[] = KINDS.map(({ name }) => name);

const ROWS: ReadonlyMap<string, KindRow> = new Map(KINDS.map((row) => [row.name, row]));

export function kindRow(kind: ArtifactKind): KindRow {
  return ROWS.get(kind)!;
}

/** Whether inputs of this kind are read as `category`. */
export function isKind<C extends KindCategory>(kind: ArtifactKind, category: C): kind is KindOf<C> {
  return kindRow(kind).categories.includes(category);
}
