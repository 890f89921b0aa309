/** What Linux decides about a device tree, in every release that is modelled: for the readers of trees, which don't know it. */
import type { TreeRules } from '../devicetree/address/profile.ts';

export const LINUX_TREE_RULES: TreeRules = {
  /*
   * drivers/of/address.c, of_empty_ranges_quirk(): PowerMacs leave out `ranges` where they mean 1:1, and so does one node of
   * PA Semi. Only on PowerPC, but there are no others of these names.
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
