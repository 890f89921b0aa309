/**
 * The tables of a survey. Columns are data; the Parquet schema, the documentation and the tests read the same rows.
 * `fwmap/survey@1` is the version of all tables: within a version columns may be added at the end; any other change makes
 * a new one.
 */

export const SURVEY_SCHEMA = 'fwmap/survey@1';

/** `text` is UTF-8; `uint64` an unsigned address, size or count. Null where there is no value, or it isn't known. */
export type ColumnType = 'text' | 'uint64' | 'int32' | 'boolean';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly describe: string;
}

export type Value = string | bigint | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

const MACHINE: Column = {
  name: 'machine',
  type: 'text',
  describe:
    'SHA-256 of the machine’s input, in lower-case hex; for one of several machines in an image, followed by `#` and its name',
};

export const TABLES = {
  machines: [
    MACHINE,
    { name: 'path', type: 'text', describe: 'the first of its paths in byte order' },
    { name: 'bytes', type: 'uint64', describe: 'size of the input' },
    {
      name: 'status',
      type: 'text',
      describe:
        '`ok`; `none`: it describes no machine; or why there are no results: `unreadable`, `failed`, `time`, `memory`',
    },
    { name: 'reason', type: 'text', describe: 'the reason of a status other than `ok`' },
    { name: 'kinds', type: 'text', describe: 'kinds of the inputs that were read, comma-separated, sorted' },
    { name: 'platform', type: 'text', describe: 'as `machine.platform` of `fwmap sysfb`' },
    { name: 'boot', type: 'text', describe: 'as `machine.boot` of `fwmap sysfb`' },
    { name: 'model', type: 'text', describe: '`model` of the device tree’s root' },
    { name: 'compatible', type: 'text', describe: '`compatible` of the device tree’s root, comma-separated' },
    { name: 'oem_id', type: 'text', describe: 'OEM ID of the DSDT, without trailing blanks' },
    { name: 'oem_table_id', type: 'text', describe: 'OEM table ID of the DSDT, without trailing blanks' },
    { name: 'oem_revision', type: 'uint64', describe: 'OEM revision of the DSDT' },
  ],
  inputs: [
    {
      name: 'machine',
      type: 'text',
      describe:
        'SHA-256 of the input, in lower-case hex: the first 64 characters of `machine` in the other tables',
    },
    {
      name: 'path',
      type: 'text',
      describe: 'where it was found; the member of an archive or mailbox follows `!`',
    },
    { name: 'bytes', type: 'uint64', describe: 'size' },
  ],
  windows: [
    MACHINE,
    { name: 'number', type: 'int32', describe: 'position among the machine’s windows, from 0' },
    { name: 'space', type: 'text', describe: '`memory`, `io`, `bus`' },
    { name: 'role', type: 'text', describe: '`window`, `register`, `ram`, `reserved`, `framebuffer`' },
    { name: 'class', type: 'text', describe: '`below-1m`, `low`, `high`, `straddles-4g`; null when unknown' },
    { name: 'certainty', type: 'text', describe: '`certain`, `conditional`, `unknown`' },
    { name: 'base', type: 'uint64', describe: 'CPU address of the first byte; null where it isn’t known' },
    { name: 'size', type: 'uint64', describe: 'in bytes; null where it isn’t known or is 2^64' },
    { name: 'last', type: 'uint64', describe: 'CPU address of the last byte' },
    { name: 'base_expression', type: 'text', describe: 'the expression of a base that isn’t a number' },
    { name: 'size_expression', type: 'text', describe: 'the expression of a size that isn’t a number' },
    { name: 'condition', type: 'text', describe: 'the condition of a conditional window' },
    { name: 'why', type: 'text', describe: 'the reason of an unknown window' },
    { name: 'prefetchable', type: 'boolean', describe: 'as the firmware marks it' },
    {
      name: 'available',
      type: 'boolean',
      describe: 'false where the device is disabled or Linux ignores it',
    },
    { name: 'path', type: 'text', describe: 'node path or ACPI object path' },
    { name: 'item', type: 'text', describe: '`ranges`, `reg`, `_CRS`' },
    { name: 'item_index', type: 'int32', describe: 'entry or descriptor, from 0' },
    {
      name: 'vmbus',
      type: 'boolean',
      describe: 'whether VMBus gets it, or may; null in surveys of fwmap before this column',
    },
  ],
  descriptors: [
    MACHINE,
    { name: 'source', type: 'text', describe: '`tree` or `acpi`' },
    { name: 'device', type: 'text', describe: 'node path or ACPI device' },
    { name: 'ids', type: 'text', describe: '_HID and _CIDs, comma-separated' },
    { name: 'item', type: 'text', describe: '`reg`, `ranges`, `dma-ranges`, `_CRS`' },
    {
      name: 'status',
      type: 'text',
      describe: 'status of a `_CRS`: `ok`, `partial`, `alternatives`, `unknown`, `error`',
    },
    {
      name: 'alternative',
      type: 'int32',
      describe: 'which alternative of the `_CRS`, from 0; null where there are none',
    },
    { name: 'condition', type: 'text', describe: 'the condition of an alternative' },
    { name: 'number', type: 'int32', describe: 'entry or descriptor, from 0; null for a `_CRS` without any' },
    { name: 'type', type: 'text', describe: 'type of an ACPI descriptor, as in `fwmap resources`' },
    { name: 'space', type: 'text', describe: 'address space of an ACPI address descriptor or a PCI cell' },
    { name: 'min', type: 'uint64', describe: 'minimum or base; for a tree, the child address' },
    { name: 'max', type: 'uint64', describe: 'maximum' },
    { name: 'length', type: 'uint64', describe: 'length or size' },
    { name: 'translation', type: 'uint64', describe: 'for an ACPI address descriptor' },
    { name: 'parent', type: 'uint64', describe: 'for a tree, the address on the parent bus' },
    { name: 'cpu', type: 'uint64', describe: 'for a tree, the CPU address' },
    { name: 'producer', type: 'boolean', describe: 'for an ACPI address descriptor' },
    { name: 'text', type: 'text', describe: 'the whole entry as JSON, as `fwmap resources` prints it' },
  ],
  bridges: [
    MACHINE,
    { name: 'bridge', type: 'text', describe: 'ACPI device or node of a PCI host bridge' },
    { name: 'number', type: 'int32', describe: 'position among the rows of this bridge, from 0' },
    {
      name: 'did',
      type: 'text',
      describe: '`given` for a window that the bridge gets; else the change, as in `fwmap bridges`',
    },
    { name: 'space', type: 'text', describe: 'as in windows' },
    { name: 'base', type: 'uint64', describe: 'as in windows' },
    { name: 'size', type: 'uint64', describe: 'as in windows' },
    { name: 'last', type: 'uint64', describe: 'as in windows' },
    { name: 'base_expression', type: 'text', describe: 'as in windows' },
    { name: 'size_expression', type: 'text', describe: 'as in windows' },
    { name: 'into', type: 'text', describe: 'the result of a change' },
    { name: 'why', type: 'text', describe: 'the reason of a change' },
    { name: 'condition', type: 'text', describe: 'the condition; null where it always holds' },
  ],
  findings: [
    MACHINE,
    { name: 'number', type: 'int32', describe: 'position among the machine’s findings, from 0' },
    { name: 'severity', type: 'text', describe: '`error`, `warning`, `note`' },
    { name: 'code', type: 'text', describe: 'as `fwmap explain CODE` takes it' },
    { name: 'message', type: 'text', describe: 'the message' },
    { name: 'path', type: 'text', describe: 'object, node or file that it is about' },
    { name: 'place', type: 'text', describe: 'line and column or offset, as JSON' },
  ],
  answers: [
    MACHINE,
    { name: 'question', type: 'text', describe: '`sysfb`' },
    { name: 'answer', type: 'text', describe: 'as the command prints it' },
    {
      name: 'effective',
      type: 'boolean',
      describe: 'whether CONFIG_SYSFB would have an effect; null where that is open',
    },
    { name: 'hazard', type: 'text', describe: 'as in `fwmap sysfb`' },
    { name: 'summary', type: 'text', describe: 'one sentence' },
    { name: 'conditions', type: 'text', describe: 'the decision table as JSON; null when there is none' },
  ],
  gaps: [
    MACHINE,
    { name: 'number', type: 'int32', describe: 'position among the machine’s gaps, from 0' },
    { name: 'code', type: 'text', describe: 'as `fwmap explain CODE` takes it' },
    { name: 'why', type: 'text', describe: 'what was not read' },
    {
      name: 'may_hide',
      type: 'text',
      describe: 'comma-separated: `window`, `framebuffer`, `platform`, `kernel`',
    },
    { name: 'place', type: 'text', describe: 'file, object or node' },
  ],
} as const satisfies Readonly<Record<string, readonly Column[]>>;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

/** Rows of every table that is filled machine by machine; `inputs` is filled by the plan. */
export type MachineTable = Exclude<TableName, 'inputs'>;
export const MACHINE_TABLES = TABLE_NAMES.filter((name): name is MachineTable => name !== 'inputs');
export type MachineRows = Readonly<Record<MachineTable, readonly Row[]>>;
