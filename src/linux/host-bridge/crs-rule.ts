/**
 * Whether Linux on x86 uses the windows of `_CRS`: pci_acpi_crs_quirks() of arch/x86/pci/acpi.c. Options override DMI
 * rules, and these override the rule for the year.
 */
import type { PciWindowRule } from '../../evidence/facts.ts';

/** `_CRS` is used since firmware of this year, and on processors that address more than 4 GiB. */
const TRUSTED_CRS_YEAR = 2008;

interface DmiRule {
  readonly pattern: RegExp;
  readonly uses: boolean;
  readonly name: string;
}

/** pci_crs_quirks, matched against the log line `DMI: VENDOR PRODUCT/BOARD, BIOS VERSION DATE`. */
const DMI_RULES: readonly DmiRule[] = [
  { pattern: /^IBM .*x3800/, uses: true, name: 'IBM System x3800' },
  { pattern: /ALiveSATA2-GLAN/, uses: true, name: 'ALiveSATA2-GLAN' },
  { pattern: /\bM2V-MX SE\b/, uses: true, name: 'ASUS M2V-MX SE' },
  { pattern: /\bMS-7253\b/, uses: true, name: 'MSI MS-7253' },
  { pattern: /\bK8M890-8237A\b/, uses: true, name: 'Foxconn K8M890-8237A' },
  { pattern: /Studio 1557.*BIOS A09/, uses: false, name: 'Dell Studio 1557' },
  { pattern: /SL510.*BIOS 6JET85WW/, uses: false, name: 'Lenovo ThinkPad SL510' },
  { pattern: /\bX8DTH-i\/6\/iF\/6F\b.*BIOS 2\.0a/, uses: false, name: 'Supermicro X8DTH' },
];

/** set_ignore_seg(): `_SEG` of this machine is wrong. */
const IGNORES_SEGMENT = /\bHP xw9300\b/;

/** Whether Linux assumes segment 0 for all root buses. @param dmi the line `DMI: …`, without the prefix */
export function ignoresSegment(dmi: string | undefined): boolean {
  return dmi !== undefined && IGNORES_SEGMENT.test(dmi);
}

export interface CrsFacts {
  /** `pci=nocrs`, `pci=use_crs`. */
  readonly options: readonly PciWindowRule[];
  /** The line `DMI: …`, without the prefix. */
  readonly dmi: string | undefined;
  readonly biosYear: number | undefined;
  /** The processor's last physical address. */
  readonly lastAddress: bigint;
}

/** Whether Linux uses `_CRS`, and why. */
export function usesCrs({ options, dmi, biosYear, lastAddress }: CrsFacts): {
  readonly uses: boolean;
  readonly why: string;
} {
  // Both are flags of pci_probe; nocrs is tested first.
  if (options.includes('nocrs')) return { uses: false, why: 'pci=nocrs on the command line' };
  if (options.includes('use_crs')) return { uses: true, why: 'pci=use_crs on the command line' };
  const rule = dmi === undefined ? undefined : DMI_RULES.find(({ pattern }) => pattern.test(dmi));
  if (rule !== undefined) return { uses: rule.uses, why: `the machine is a ${rule.name}` };
  if (biosYear !== undefined && biosYear < TRUSTED_CRS_YEAR && lastAddress <= 0xffff_ffffn)
    return { uses: false, why: `the firmware is of ${biosYear} and the processor addresses 4 GiB` };
  return { uses: true, why: `Linux takes windows from _CRS since firmware of ${TRUSTED_CRS_YEAR}` };
}
