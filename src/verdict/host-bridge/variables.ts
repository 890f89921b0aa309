/** What the windows may depend on besides firmware fields and the release. */
import { type ChoiceVariable, type Condition, chosen } from '../../symbolic/index.ts';

/** Physical address bits of an x86 processor (boot_cpu_data.x86_phys_bits), which end `iomem_resource`. */
export const ADDRESS_BITS: ChoiceVariable = {
  id: 'address_bits',
  values: ['36', '38', '39', '40', '42', '43', '44', '45', '46', '48', '52'],
  ordered: true,
};

/** The year of the firmware, by DMI: before 2023 or not, as Linux tests it. */
export const BIOS_YEAR: ChoiceVariable = {
  id: 'BIOS_year',
  values: ['2022', '2023'],
  ordered: true,
};

export const IS_OLD_BIOS = chosen(BIOS_YEAR, '2022') as Condition;

/** The last address of a processor with so many bits. */
export function lastAddressOf(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}
