/**
 * Every limit of what is read and how much is worked on: name, default, unit, reason. This is the only place where one is
 * written down; `--limit NAME=VALUE` sets it for a run, and docs/limits.md is made from here. What a format itself allows
 * at most, and how much of something a report shows, is no limit in this sense: it stays where it is needed.
 */

export interface LimitRow {
  readonly default: number;
  /** What is counted, in the plural: `bytes`, `nodes`. */
  readonly unit: string;
  /** Of what, for the list of limits. */
  readonly of: string;
  /** Why the default is what it is. */
  readonly reason: string;
  /** What happens when it is reached. Something always tells it. */
  readonly then: string;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** A row as a tuple, so that a table of them can be read line by line. */
function row(of: string, value: number, unit: string, reason: string, then: string): LimitRow {
  return { of, default: value, unit, reason, then };
}

const REST = 'the rest is not read, which is an error';
const REFUSED = 'it is not read, which is an error';
const UNKNOWN = 'what depends on it is unknown, with this as the reason';

const OPENING = {
  'input-bytes': row(
    'one input that is read whole',
    256 * MIB,
    'bytes',
    'More than any firmware image, log or configuration; what is larger is a disk or a dump of memory, which is read where it is needed.',
    REFUSED,
  ),
  'list-bytes': row(
    'the list that --files-from names',
    GIB,
    'bytes',
    'Ten million paths of a hundred characters.',
    REFUSED,
  ),
  'folder-entries': row(
    'a folder that is one description',
    400_000,
    'entries',
    "A server's /proc/device-tree has some ten thousand properties.",
    REST,
  ),
  'folder-depth': row(
    'folders in folders, where the folder is one description or an archive',
    128,
    'levels',
    'Linux unflattens 64 levels of nodes; no file system of a person is as deep.',
    REST,
  ),
  'loose-folder-depth': row(
    'folders in folders, where each file is an input by itself',
    8,
    'levels',
    'A capture has two or three. Deeper is a disk that was named by mistake.',
    REST,
  ),
  'folder-inputs': row(
    'one folder or archive',
    100_000,
    'inputs',
    "An installed kernel's device trees and modules are some thousands of files.",
    REST,
  ),
  'survey-depth': row(
    'folders and archives in each other, in a survey',
    16,
    'levels',
    'A share of captures by site, rack and date has five.',
    REST,
  ),
  'survey-thread-bytes': row(
    'the heap of one thread of a survey',
    2 * GIB,
    'bytes',
    "A machine's tables take some 200 MiB; a hostile input shall not take the host.",
    'the machine is left out, with this as the reason',
  ),
  'mail-attachments': row(
    'one mailbox',
    10_000,
    'attachments',
    'More files than a mailbox has that a person kept; texts are not counted.',
    REST,
  ),
  'html-depth': row(
    "elements inside each other in a mail's HTML",
    1000,
    'levels',
    'Mail programs nest some sixty, replies to replies a few hundred.',
    REST,
  ),
  'thread-messages': row(
    'the mailbox that --reply-to names',
    2000,
    'messages',
    'The longest threads of kernel lists have some hundred.',
    'later ones are not looked at, which is told where the message is not found',
  ),
  'patch-hunks': row(
    'the patches in one input',
    5000,
    'hunks',
    'More than a series for a whole architecture has.',
    REST,
  ),
  'patch-work': row(
    'holding one patch against a file',
    100_000_000,
    'comparisons',
    'A file of a million lines and a hundred hunks.',
    'the patch counts as one that does not fit, which is told',
  ),
  'text-lines': row(
    'a text that is searched for logs, listings and trees',
    3_000_000,
    'lines',
    'The longest serial logs have some hundred thousand; each line takes some 85 bytes.',
    REFUSED,
  ),
  'statement-lines': row(
    'one statement of a device tree that is quoted in a text',
    400,
    'lines',
    'Mail programs wrap long ones; the longest `ranges` that anybody pasted has some hundred.',
    'the statement is left out, which is told',
  ),
} as const;

const CONTAINERS = {
  'image-bytes': row('one image', 64 * GIB, 'bytes', 'The memory of a large virtual machine.', REST),
  'unpacked-bytes': row(
    'what is unpacked at the same time',
    256 * MIB,
    'bytes',
    'An unpacked kernel has some 60 MiB, a large initramfs 200; a bomb of this size still fits into half a gigabyte.',
    REST,
  ),
  'unpacked-text-bytes': row(
    'one text that was unpacked',
    64 * MIB,
    'bytes',
    'A month of a busy kernel list, packed, is smaller. A text takes several times its size while it is read.',
    REFUSED,
  ),
  'total-unpacked-bytes': row(
    'what is unpacked one after the other',
    4 * GIB,
    'bytes',
    "All kernels of a distribution's archive, a few times over.",
    REST,
  ),
  'container-depth': row(
    'containers inside each other',
    16,
    'levels',
    'A tree in a driver in a volume in a section in a volume in a capsule in an archive is at 8.',
    REST,
  ),
  'container-pieces': row(
    'one container',
    100_000,
    'pieces',
    "An installed kernel's device trees and modules are some thousands of files.",
    REST,
  ),
  'image-finds': row(
    'one image',
    10_000,
    'finds',
    "Linux' own tree of 6.6 compiles to some 3000 blobs.",
    REST,
  ),
  'scan-work': row(
    'looking through one image',
    64 * GIB,
    'bytes',
    'Bytes looked through; a place that has to be looked at closely counts as 16 KiB, which is what it takes. At some two ' +
      'seconds a gigabyte, two minutes.',
    REST,
  ),
  'scan-waste': row(
    'streams and tables in an image that turn out to be none, beside eight times the image',
    64 * MIB,
    'bytes',
    'What only looks like a stream is found out within some kilobytes; an image of false beginnings costs no more than this.',
    REST,
  ),
  'image-memory-bytes': row(
    'memory that an image hands to the code of its tables',
    256 * MIB,
    'bytes',
    'Tables and the fields of firmware lie within some megabytes.',
    'fields that lie in the rest are unknown, which is told',
  ),
} as const;

const DEVICE_TREES = {
  'source-bytes': row(
    'one source file of a device tree that is included',
    64 * MIB,
    'bytes',
    "The largest of Linux' has half a megabyte.",
    REFUSED,
  ),
  'incbin-bytes': row(
    'what one /incbin/ reads',
    256 * MIB,
    'bytes',
    "A property's length is 32 bits wide, and the whole blob's too; more than this is a mistake.",
    REFUSED,
  ),
  'include-depth': row(
    'files of a device tree that include each other',
    200,
    'levels',
    "GNU cpp's own limit, and dtc's. An include cycle ends here.",
    REST,
  ),
  includes: row(
    'one device tree',
    20_000,
    'included files',
    'A file that includes its like twice, 200 deep, must end. The largest board includes some hundred.',
    REST,
  ),
  'included-bytes': row(
    'what /include/ reads for one device tree',
    64 * MIB,
    'bytes',
    'Files that include others twice grow without end.',
    REST,
  ),
  'preprocessed-bytes': row(
    'the preprocessed text of one device tree',
    64 * MIB,
    'characters',
    'The largest Linux board makes 2 MiB.',
    REST,
  ),
  'macro-tokens': row(
    'what the macros of one device tree expand to',
    2_000_000,
    'tokens',
    'The largest Linux board needs some hundred thousand.',
    REST,
  ),
  'macro-characters': row(
    'what the macros of one device tree paste, quote and print',
    16 * MIB,
    'characters',
    'The largest Linux board makes 2 MiB of text in all; each macro can double what the one before makes.',
    REST,
  ),
  'macro-argument-depth': row(
    'macro calls inside arguments of macro calls',
    200,
    'levels',
    'Written by hand they nest three or four deep; each level takes stack.',
    REST,
  ),
  'conditional-depth': row('#if inside #if', 4096, 'levels', 'Real ones nest a handful of levels.', REST),
  'condition-depth': row(
    'brackets and prefix operators inside each other in an #if',
    256,
    'levels',
    'Written by hand they nest a handful of levels; each level takes stack.',
    'the condition is an error',
  ),
  'expression-depth': row(
    'brackets and operators inside each other in a value',
    10_000,
    'operators',
    'A bound on memory, far beyond what anybody writes.',
    REST,
  ),
  'value-bytes': row(
    'all values of one device tree',
    64 * MIB,
    'bytes',
    '/incbin/ can ask for any amount; firmware images in trees have some megabytes.',
    REST,
  ),
  'tree-nodes': row(
    'one device tree',
    100_000,
    'nodes',
    "Twenty times the largest of Linux' boards, and still bounded memory.",
    REST,
  ),
  'tree-properties': row(
    'one device tree',
    500_000,
    'properties',
    "Twenty times the largest of Linux' boards, and still bounded memory.",
    REST,
  ),
  'tree-depth': row(
    'nodes inside each other',
    4096,
    'levels',
    'Deeper than dtc 1.8.1 reads source (3,332 levels, then its parser is out of stack); Linux unflattens 64.',
    REST,
  ),
  'blob-name-bytes': row(
    'the names of properties in one blob',
    16 * MIB,
    'bytes',
    'In a strings block that is one long text each of its bytes begins another name.',
    REST,
  ),
  'blob-reservations': row(
    'the memory reservations of one blob',
    65_536,
    'entries',
    'Linux itself stops at a few dozen; more is an unterminated block read into something else.',
    REST,
  ),
  'address-entries': row(
    'reg, ranges and dma-ranges of one device tree',
    200_000,
    'entries',
    'More than any real tree; a bound on what a hostile one can make us hold.',
    REST,
  ),
  'path-bytes': row(
    'the paths of all entries of one device tree',
    16 * MIB,
    'characters',
    "Reports print them, and at the bottom of a deep tree every node has a long one. A hundred times what the largest of Linux' boards has.",
    REST,
  ),
  'translation-work': row(
    'translating the addresses of one device tree',
    3_000_000,
    'steps',
    'Each entry of ranges that is looked at counts one, each passage of a bus ten. The largest real trees take a hundredth of it.',
    UNKNOWN,
  ),
  'comparison-work': row(
    'holding the entries of one device tree against its windows',
    5_000_000,
    'comparisons',
    'A real tree needs some thousand.',
    'problems past it are not looked for, which is told',
  ),
  'tree-problems': row(
    'what checks find in one device tree',
    500,
    'problems',
    'A tree that is wrong everywhere is told of this many of a kind: more than anybody reads.',
    'the rest is left out, which is told',
  ),
  'check-findings': row(
    "what dtc's checks find in one device tree",
    20_000,
    'findings',
    'The worst board of Linux makes some hundred; a hostile tree could make one of each pair of nodes.',
    'the rest is left out, which is told',
  ),
} as const;

const ACPI = {
  'acpi-tables': row(
    'one input',
    4096,
    'tables',
    'Real machines have under 60; a hostile blob could be all headers.',
    REST,
  ),
  'aml-depth': row('terms inside each other in AML', 4000, 'levels', 'Real tables reach about 40.', REST),
  'asl-tokens': row(
    'one ASL text with what it includes',
    8_000_000,
    'tokens',
    'The largest known text has some hundred thousand.',
    REST,
  ),
  'asl-macro-tokens': row(
    'what the macros of one ASL text expand to',
    400_000,
    'tokens',
    'Each macro can double what the one before makes.',
    REST,
  ),
  'asl-macro-depth': row(
    "macros inside each other's replacement in ASL",
    64,
    'levels',
    'Written by hand they nest two or three deep; each level takes stack.',
    'deeper ones are left as they are, which is told',
  ),
  'asl-include-depth': row(
    'ASL files that include each other',
    40,
    'levels',
    'Written by hand they nest two or three deep. An include cycle ends here.',
    REST,
  ),
  'asl-nesting': row(
    'blocks and brackets inside each other in ASL',
    400,
    'levels',
    'Every pass over the tree goes down into it. Real tables reach about 40.',
    REST,
  ),
  'asl-elseif': row(
    'one If with ElseIf in ASL',
    1000,
    'arms',
    'In AML each arm lies inside the one before.',
    REST,
  ),
  'text-templates': row(
    'ResourceTemplates in one text, or templates in one hex dump',
    4096,
    'templates',
    'A dump of 1 MiB could be all end tags.',
    REST,
  ),
  'template-tokens': row(
    'one ResourceTemplate in a text',
    200_000,
    'tokens',
    'The longest has some hundred descriptors of thirty tokens.',
    REST,
  ),
  'hex-bytes': row(
    'one block of a hex dump',
    MIB,
    'bytes',
    'A resource template has under 64 KiB; a dump of a whole table is no template.',
    REST,
  ),
  'list-entries': row(
    'one printed list of resources',
    65_536,
    'entries',
    'A log of a large server has some thousand.',
    REST,
  ),
  'evaluation-steps': row(
    'one evaluation',
    50_000_000,
    'instructions',
    'The longest of real firmware takes some millions, waiting in loops. Small tables get less: 3,000,000 and 300 for each byte of AML.',
    UNKNOWN,
  ),
  'evaluation-bytes': row(
    'the buffers, strings and packages that one evaluation makes',
    256 * MIB,
    'bytes',
    'Real firmware makes some megabytes.',
    UNKNOWN,
  ),
  'object-bytes': row(
    'one buffer, string or package that code makes',
    8 * MIB,
    'bytes',
    "Firmware's largest hold a table, some 100 KiB.",
    UNKNOWN,
  ),
  'package-elements': row(
    'a package as it is declared',
    1 << 20,
    'elements',
    'As many as there are bytes to say it in a table.',
    UNKNOWN,
  ),
  'buffer-bytes': row(
    'a buffer as it is declared',
    4 * MIB,
    'bytes',
    "More is taken for a mistake. Firmware's largest hold a table, some 100 KiB.",
    UNKNOWN,
  ),
  'field-bytes': row(
    'one field',
    MIB,
    'bytes',
    'Wider ones would be read byte by byte into a buffer nobody could want.',
    UNKNOWN,
  ),
  'call-depth': row(
    'method calls inside each other',
    2000,
    'levels',
    'ACPICA ends calls of one method at 255; real firmware nests some twenty.',
    UNKNOWN,
  ),
  'loop-turns': row(
    'a While',
    1_000_000,
    'turns',
    'A machine takes far more in the time it has: the loop is given up, it does not fail.',
    UNKNOWN,
  ),
  'open-loop-turns': row(
    'a While on a path that depends on something unknown',
    128,
    'turns',
    "Mostly it waits for hardware that isn't there.",
    UNKNOWN,
  ),
  'fork-depth': row(
    'paths on unknown conditions inside each other',
    48,
    'forks',
    'Loops on unknown conditions are unrolled so far.',
    UNKNOWN,
  ),
  'path-work': row(
    'the paths of one evaluation that depend on something unknown',
    300_000,
    'steps',
    'In about the time that one instruction takes; some tenths of a second.',
    UNKNOWN,
  ),
  'machine-path-work': row(
    "the paths of all of a machine's evaluations that depend on something unknown",
    600_000,
    'steps',
    'Each evaluation gets a part of what is left, so that the last ones get something too.',
    UNKNOWN,
  ),
  'value-cases': row(
    'what one value may be',
    24,
    'cases',
    'Each would have to be followed by itself.',
    UNKNOWN,
  ),
  'crs-alternatives': row(
    'what one _CRS may be',
    16,
    'alternatives',
    'Real ones have two or three; nobody reads more.',
    UNKNOWN,
  ),
  'loaded-tables': row(
    'what running code loads',
    256,
    'tables',
    'Real firmware loads a table for each processor at most.',
    UNKNOWN,
  ),
  'trace-records': row(
    'what one evaluation traces, and notifications',
    20_000,
    'lines',
    'More than anybody reads.',
    'the rest is left out, which is told',
  ),
} as const;

const EVIDENCE = {
  'log-line-bytes': row(
    'one line of a log',
    8192,
    'characters',
    'The kernel prints no line of more than about 1 KiB (LOG_LINE_MAX).',
    'the line is not read, and the log is not whole, which is told',
  ),
  'iomem-lines': row('/proc/iomem', 100_000, 'lines', 'The largest servers have some thousand.', REST),
  'framebuffer-sightings': row(
    'one log or listing',
    64,
    'framebuffers',
    'More than a machine has; an input made to have more is hostile.',
    REST,
  ),
  'kernel-config-bytes': row(
    'the configuration in a kernel image',
    16 * MIB,
    'bytes',
    'One has some 300 KiB.',
    'it is not read, which is told',
  ),
} as const;

const JUDGING = {
  'vmbus-devices': row(
    'one machine',
    64,
    'VMBus devices',
    'A machine has one. Each is judged, and what is said of all of them together grows with their number.',
    'the rest is not judged, which is a gap',
  ),
  worlds: row(
    'one question',
    1024,
    'worlds',
    'Real machines have under a hundred; what is left is said to be unexplored.',
    'what is left is unknown, which is a gap',
  ),
  decisions: row(
    'the way to one world',
    64,
    'decisions',
    'Real machines take under twenty.',
    'what is left is unknown, which is a gap',
  ),
  'expression-size': row(
    'one expression over fields',
    160,
    'operators',
    'Nobody can read more, and work on it must stay bounded.',
    UNKNOWN,
  ),
  'condition-size': row(
    'one condition that windows and reports gather',
    8192,
    'operators',
    'They are simplified before anybody reads them; work on them must stay bounded.',
    UNKNOWN,
  ),
  'scenario-steps': row('a scenario of simulate', 1000, 'steps', 'More than a machine has.', REFUSED),
  'scenario-bytes': row(
    'a scenario of simulate',
    MIB,
    'bytes',
    'A thousand steps have some 50 KiB.',
    REFUSED,
  ),
  diagnostics: row(
    'one report',
    1000,
    'diagnostics',
    'Hostile input may have a fault in every byte.',
    'the rest is counted, which is told',
  ),
} as const;

/** What the limits are about, with the limits of each. */
export const LIMIT_GROUPS = {
  'Opening inputs': OPENING,
  'Images, archives and compression': CONTAINERS,
  'Device trees': DEVICE_TREES,
  ACPI,
  Evidence: EVIDENCE,
  'Answers and reports': JUDGING,
} as const;

export const LIMITS = { ...OPENING, ...CONTAINERS, ...DEVICE_TREES, ...ACPI, ...EVIDENCE, ...JUDGING };
