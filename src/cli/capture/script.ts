/**
 * The script that `fwmap capture` prints. It runs where there is no Node: OpenHCL's and initramfs' shells. POSIX sh, and
 * no parameter expansion in braces, which this literal would take for its own.
 *
 * What it writes, a folder in a tar: `capture.txt` first, by which it is known, with what could not be read; `acpi`,
 * `device-tree`, and a file for each listing, in the forms that the readers know; `other` holds what none of them reads.
 */
export const CAPTURE_SCRIPT = String.raw`#!/bin/sh
# Collects what the firmware and the kernel of this machine report about its address space into one tar file:
# ACPI tables, device tree, memory maps, resources, boot parameters, kernel log and configuration.
# Read it with: fwmap sysfb FILE
#
#   sh capture.sh [-o FILE] [--keep-all] [--root DIR]
#
#   -o FILE      write to FILE instead of fwmap-capture.tar; - is standard output, a name in .gz is compressed
#   --keep-all   leave nothing out and mask nothing of what is listed below
#   --root DIR   look below DIR instead of /
#
# Any POSIX shell does, with busybox's or other sed, cat, tr, dd, find, and tar or cpio. Run it as root: other users see
# no addresses in /proc/iomem and read no ACPI tables. Nothing leaves this machine; look into the tar before you send it.
#
# Left out: ACPI tables with licence keys (MSDM, SLIC), network names and secrets (IBFT), serial numbers of memory (NFIT).
leave_out='MSDM SLIC IBFT NFIT'
# Filled with zeros: these properties of the device tree, and the monitor's EDID in the boot parameters.
zero_properties='serial-number mac-address local-mac-address address-list local-bd-address nvmem-mac-address
  host-serial system-id kaslr-seed rng-seed ibm,partition-uuid vm,uuid uuid guid'
# Masked in texts: UUIDs, identifiers of 32 hex digits, MAC addresses, serial numbers, the host's name.
mask_text='s/[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/00000000-0000-0000-0000-000000000000/g
s/(^|[^0-9A-Za-z])[0-9A-Fa-f]{32}([^0-9A-Za-z]|$)/\100000000000000000000000000000000\2/g
s/(^|[^0-9A-Fa-f:.-])([0-9A-Fa-f]{2}[:-]){5,}[0-9A-Fa-f]{2}([^0-9A-Fa-f]|$)/\100:00:00:00:00:00\3/g
s/(^|[^0-9A-Fa-f:.-])([0-9A-Fa-f]{2}[:-]){5,}[0-9A-Fa-f]{2}([^0-9A-Fa-f]|$)/\100:00:00:00:00:00\3/g
s/([Ss]erial[ _-]?([Nn]umber|[Nn]o|[Nn]r|#)\.?[:= ] *)[^ ,;)]+/\1(masked)/g
s/(^|[^A-Za-z])(S\/N|SN)([:=] *)[^ ,;)]+/\1\2\3(masked)/g'
# A host's name that is one of these words of kernel logs is no secret, and masking it would spoil them.
plain_names='none localhost linux host debian ubuntu fedora kernel hyperv azure guest root vm pci acpi efi bios memory'

out=fwmap-capture.tar
keep=
root=
while [ $# -gt 0 ]; do
  case $1 in
    -o|--output) [ $# -gt 1 ] || { echo "capture: $1 takes a file" >&2; exit 2; }; out=$2; shift ;;
    --root) [ $# -gt 1 ] || { echo "capture: $1 takes a folder" >&2; exit 2; }; root=$2; shift ;;
    --keep-all) keep=yes ;;
    -h|--help) echo "usage: sh capture.sh [-o FILE] [--keep-all] [--root DIR]"; exit 0 ;;
    *) echo "capture: unknown argument $1" >&2; exit 2 ;;
  esac
  shift
done

umask 077
LC_ALL=C
export LC_ALL
IFS='
	 '
base=$TMPDIR
[ -n "$base" ] && [ -d "$base" ] || base=/tmp
[ -d "$base" ] || base=.
work=$base/fwmap-$$
mkdir "$work" || { echo "capture: cannot make $work" >&2; exit 1; }
trap 'rm -rf "$work"' 0
trap 'exit 1' 1 2 15
to=$work/fwmap-capture
mkdir "$to" "$to/other"
report=$to/capture.txt
got=0

has() { command -v "$1" >/dev/null 2>&1; }
note() { echo "$*" >>"$report"; }
lost() { note "not read: $*"; echo "capture: cannot read $*" >&2; }
first_line() { IFS= read -r line <"$1" 2>/dev/null; echo "$line"; }

echo 'fwmap capture 1' >"$report"
if [ -n "$keep" ]; then note 'kept: everything (--keep-all)'; else note 'masked: UUIDs, MAC addresses, serial numbers, host name'; fi
[ -n "$root" ] || [ "$(id -u 2>/dev/null)" = 0 ] || {
  note 'not run as root'
  echo 'capture: not run as root: tables and addresses will be missing' >&2
}

# The host's name, where it is one to mask, as a pattern.
host=$(cat "$root/proc/sys/kernel/hostname" 2>/dev/null)
[ -n "$host" ] || [ -n "$root" ] || host=$(uname -n 2>/dev/null)
short=$(echo "$host" | sed 's/\..*//')
for name in "$short" "$host"; do
  lower=$(echo "$name" | tr 'A-Z' 'a-z')
  case " $(echo $plain_names) " in *" $lower "*) continue ;; esac
  case $name in ''|?|??) continue ;; esac
  pattern=$(echo "$name" | sed 's/[][\/.*+?^$(){}|]/\\&/g')
  for pass in 1 2; do
    mask_text="$mask_text
s/(^|[^0-9A-Za-z_.-])$pattern([^0-9A-Za-z_-]|\$)/\\1(host)\\2/g"
  done
done
mask() { if [ -n "$keep" ]; then cat; else sed -E "$mask_text"; fi; }

# text FROM TO: a text, masked. It exists and isn't empty, or nothing is written.
text() {
  [ -e "$1" ] || return 1
  if mask <"$1" >"$to/$2" 2>/dev/null && [ -s "$to/$2" ]; then got=$((got + 1)); return 0; fi
  rm -f "$to/$2"
  lost "$1"
  return 1
}

zero() { # FILE: as many zeros
  size=$(wc -c <"$1")
  dd if=/dev/zero of="$1" bs=1 count=$((size)) conv=notrunc 2>/dev/null
}

# ACPI tables, with those loaded at run time.
acpi=$root/sys/firmware/acpi/tables
if [ -d "$acpi" ]; then
  for folder in . dynamic; do
    [ -d "$acpi/$folder" ] || continue
    mkdir -p "$to/acpi/$folder"
    for table in "$acpi/$folder"/*; do
      [ -f "$table" ] || continue
      name=$(basename "$table")
      signature=$(echo "$name" | sed 's/[0-9]*$//')
      case " $leave_out " in
        *" $name "*|*" $signature "*) [ -n "$keep" ] || { note "left out: ACPI table $name"; continue; } ;;
      esac
      if cat "$table" >"$to/acpi/$folder/$name" 2>/dev/null && [ -s "$to/acpi/$folder/$name" ]; then got=$((got + 1))
      else rm -f "$to/acpi/$folder/$name"; lost "$table"; fi
    done
  done
  rmdir "$to/acpi/dynamic" "$to/acpi" 2>/dev/null
fi

# The device tree.
tree=$root/sys/firmware/devicetree/base
[ -d "$tree" ] || tree=$root/proc/device-tree
if [ -d "$tree/" ] && [ -n "$(ls "$tree/" 2>/dev/null)" ]; then
  mkdir "$to/device-tree"
  (cd "$tree/" && cp -R . "$to/device-tree/") 2>"$work/errors" || lost "parts of $tree"
  chmod -R u+rwX "$to/device-tree" 2>/dev/null
  got=$((got + 1))
  if [ -z "$keep" ]; then
    for name in $zero_properties; do
      find "$to/device-tree" -type f -name "$name" >"$work/names"
      while IFS= read -r file; do zero "$file"; done <"$work/names"
    done
    find "$to/device-tree" -type f -name bootargs >"$work/names"
    while IFS= read -r file; do
      tr '\000' '\n' <"$file" | mask | tr '\n' '\000' >"$work/bootargs" && cat "$work/bootargs" >"$file"
    done <"$work/names"
  fi
elif [ -f "$root/sys/firmware/fdt" ]; then
  if cat "$root/sys/firmware/fdt" >"$to/fdt.dtb" 2>/dev/null; then got=$((got + 1)); else rm -f "$to/fdt.dtb"; lost fdt; fi
fi

# What the kernel made of it.
text "$root/proc/iomem" iomem
if [ -s "$to/iomem" ] && ! grep -q '[1-9a-f].* : ' "$to/iomem"; then note 'iomem has no addresses: not run as root'; fi
text "$root/proc/ioports" other/ioports
if [ -r "$root/proc/sys/kernel/osrelease" ]; then
  machine=
  [ -n "$root" ] || machine=$(uname -m 2>/dev/null)
  echo "Linux (host) $(cat "$root/proc/sys/kernel/osrelease") $(cat "$root/proc/sys/kernel/version" 2>/dev/null) $machine GNU/Linux" |
    mask >"$to/uname" && got=$((got + 1))
fi

# The log; its beginning may have been overwritten in memory and be on disk.
if [ -z "$root" ] && has dmesg; then dmesg 2>/dev/null | mask >"$to/dmesg"; fi
if ! grep -q 'Linux version' "$to/dmesg" 2>/dev/null; then
  [ -z "$root" ] && has journalctl && journalctl -k -b --no-hostname -o short-monotonic 2>/dev/null | mask >"$work/journal"
  if grep -q 'Linux version' "$work/journal" 2>/dev/null; then cat "$work/journal" >"$to/dmesg"
  else
    for file in "$root/var/log/dmesg" "$root/var/log/dmesg.0"; do
      if [ -r "$file" ] && grep -q 'Linux version' "$file"; then mask <"$file" >"$to/dmesg"; break; fi
    done
  fi
fi
if [ -s "$to/dmesg" ]; then got=$((got + 1)); else rm -f "$to/dmesg"; note 'no kernel log'; fi

# Lines that the kernel printed early, as /sys and /proc have them still.
{
  echo 'fwmap capture: what the kernel printed of these, as /proc and /sys have it'
  if [ -r "$root/proc/cmdline" ]; then echo "Kernel command line: $(tr '\000' ' ' <"$root/proc/cmdline")"; fi
  dmi=$root/sys/class/dmi/id
  if [ -r "$dmi/sys_vendor" ]; then
    board=$(cat "$dmi/board_name" 2>/dev/null)
    echo "DMI: $(cat "$dmi/sys_vendor") $(cat "$dmi/product_name" 2>/dev/null)/$board, BIOS $(cat "$dmi/bios_version" 2>/dev/null) $(cat "$dmi/bios_date" 2>/dev/null)"
  fi
  if [ -d "$root/sys/firmware/efi" ]; then echo 'fwmap capture: /sys/firmware/efi is there'; fi
} | mask >"$to/boot.log"

# The configuration of the running kernel.
release=$(cat "$root/proc/sys/kernel/osrelease" 2>/dev/null)
if [ -f "$root/proc/config.gz" ]; then
  if { has gunzip && gunzip -c <"$root/proc/config.gz" || has zcat && zcat <"$root/proc/config.gz"; } 2>/dev/null | mask >"$to/config" &&
    [ -s "$to/config" ]; then got=$((got + 1))
  else rm -f "$to/config"; cat "$root/proc/config.gz" >"$to/config.gz" && got=$((got + 1)); fi
else
  for file in "$root/boot/config-$release" "$root/lib/modules/$release/config" "$root/usr/lib/modules/$release/config" \
    "$root/usr/lib/kernel/config-$release"; do
    if [ -r "$file" ]; then text "$file" config; break; fi
  done
fi
[ -f "$to/config" ] || [ -f "$to/config.gz" ] || note 'no configuration of the kernel'

# x86: struct boot_params, with screen_info, the E820 map and where EFI's map is.
if [ -e "$root/sys/kernel/boot_params/data" ]; then
  if cat "$root/sys/kernel/boot_params/data" >"$to/boot_params" 2>/dev/null && [ -s "$to/boot_params" ]; then
    got=$((got + 1))
    # edid_info is 128 bytes at 0x140.
    [ -n "$keep" ] || dd if=/dev/zero of="$to/boot_params" bs=1 seek=320 count=128 conv=notrunc 2>/dev/null
  else rm -f "$to/boot_params"; lost boot_params; fi
fi

# The firmware's memory map as the kernel got it, and EFI's map of its runtime services.
if [ -d "$root/sys/firmware/memmap/0" ]; then
  number=0
  while [ -d "$root/sys/firmware/memmap/$number" ]; do
    entry=$root/sys/firmware/memmap/$number
    echo "$(cat "$entry/start")-$(cat "$entry/end") $(cat "$entry/type")"
    number=$((number + 1))
  done >"$to/memmap" 2>/dev/null
  got=$((got + 1))
fi
for entry in "$root"/sys/firmware/efi/runtime-map/*; do
  [ -r "$entry/phys_addr" ] || continue
  echo "$(cat "$entry/phys_addr") pages $(cat "$entry/num_pages") type $(cat "$entry/type") attribute $(cat "$entry/attribute")"
done >"$to/other/efi-runtime-map" 2>/dev/null

# PCI devices and their BARs, as lspci -n prints them.
for device in "$root"/sys/bus/pci/devices/*; do
  [ -r "$device/class" ] || continue
  # 0x030000 and 0x1414.
  class=$(sed 's/^0x\(....\).*/\1/' "$device/class")
  echo "$(basename "$device") $class: $(sed 's/^0x//' "$device/vendor"):$(sed 's/^0x//' "$device/device")"
  bar=0
  [ -r "$device/resource" ] || continue
  while read -r start end flags rest && [ $bar -lt 6 ]; do
    if [ $((flags & 0x300)) -ne 0 ] && [ "$end" != 0x0000000000000000 ]; then
      if [ $((flags & 0x100)) -ne 0 ]; then kind='I/O ports'; more=
      else
        kind=Memory
        if [ $((flags & 0x100000)) -ne 0 ]; then more=' (64-bit, '; else more=' (32-bit, '; fi
        if [ $((flags & 0x2000)) -ne 0 ]; then more="$more"'prefetchable)'; else more="$more"'non-prefetchable)'; fi
      fi
      printf '\tRegion %d: %s at %x%s [size=%d]\n' $bar "$kind" $((start)) "$more" $((end - start + 1))
    fi
    bar=$((bar + 1))
  done <"$device/resource"
done >"$to/lspci" 2>/dev/null
if [ -s "$to/lspci" ]; then got=$((got + 1)); else rm -f "$to/lspci"; fi

# What ACPI's resources came to for each device of the system bus.
for device in "$root"/sys/bus/pnp/devices/*; do
  [ -r "$device/resources" ] || continue
  ids=$(cat "$device/id" 2>/dev/null | tr '\n' ' ' | sed 's/ *$//')
  path=$(cat "$device/firmware_node/path" 2>/dev/null)
  heading="pnp $(basename "$device")"
  [ -z "$ids" ] || heading="$heading id=$ids"
  [ -z "$path" ] || heading="$heading acpi=$path"
  printf '%s\n' "$heading"
  cat "$device/resources"
done >"$to/pnp" 2>/dev/null
if [ -s "$to/pnp" ]; then got=$((got + 1)); else rm -f "$to/pnp"; fi

for device in "$root"/sys/bus/vmbus/devices/*; do
  [ -r "$device/class_id" ] && cat "$device/class_id"
done >"$to/other/vmbus-classes" 2>/dev/null

for file in "$to"/other/*; do [ -s "$file" ] || rm -f "$file"; done
rmdir "$to/other" 2>/dev/null
if [ $got -eq 0 ]; then echo 'capture: nothing of this machine can be read' >&2; exit 1; fi

pack() {
  if has tar; then
    # The names of users are left out where tar can.
    if tar --owner=0 --group=0 --numeric-owner -cf /dev/null -C "$work" fwmap-capture/capture.txt 2>/dev/null
    then tar --owner=0 --group=0 --numeric-owner -cf - -C "$work" fwmap-capture
    else (cd "$work" && tar -cf - fwmap-capture); fi
  elif has cpio; then (cd "$work" && find fwmap-capture | cpio -o -H newc 2>/dev/null)
  else echo 'capture: neither tar nor cpio is there' >&2; return 1; fi
}

case $out in
  -) pack ;;
  *.gz|*.tgz) pack | gzip -c >"$out" ;;
  *) pack >"$out" ;;
esac || { echo "capture: cannot write $out" >&2; exit 1; }
[ "$out" = - ] || echo "capture: wrote $out, $got inputs" >&2
`;
