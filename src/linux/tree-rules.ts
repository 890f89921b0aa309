/** Rules of Linux for device trees that are the same in all modelled releases. The tree readers take them as a parameter. */
import type { TreeRules } from '../devicetree/address/profile.ts';

export const LINUX_TREE_RULES: TreeRules = {
  /*
   * drivers/of/address.c, of_empty_ranges_quirk(): on PowerMacs and for one node of PA Semi a missing `ranges` means 1:1. The
   * kernel has it on PowerPC only, but these names do not occur elsewhere.
   */
  openWithoutRanges: { roots: ['power macintosh', 'macrisc'], buses: ['1682m-sdc'] },
  /*
   * drivers/of/of_reserved_mem.c (fdt.c before 6.10): __reserved_mem_check_root(), fdt_scan_reserved_mem() with
   * of_fdt_device_is_available(), and "invalid reg property in '%s', skipping node." of __reserved_mem_reserve_reg().
   */
  reservedMemory: {
    needs: ['#size-cells', '#address-cells', 'ranges'],
    needsOkay: true,
    partialList: 'left out',
  },
};
