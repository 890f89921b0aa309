/** What the help and the manual pages say about the program itself. */

export const SUMMARY =
  "Where does this machine's firmware put things in the address space, and what will Linux do with that?";

export const DESCRIPTION =
  'An INPUT is a device tree (source, blob, /proc/device-tree, or a ranges line pasted from a mail), ACPI tables (raw, ' +
  'acpidump, ASL text, a _CRS as hex or as a log prints it), or evidence of the kernel and its boot (.config, boot_params, ' +
  'dmesg, /proc/iomem). Inputs named together describe one machine; - is standard input, which is also read when ' +
  'it is a pipe and no input is named. The kind of each input is detected from its content.';

export const EXIT_STATUSES =
  '0 when an answer was given, 2 for any error. With --exit-code: 0 not-needed, 1 needed, 3 depends or unknown.';
