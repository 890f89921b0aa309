/** Recognises files of a kernel's source by their content; src/linux/kernel-code.ts interprets them. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { textOf } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';
import type { FactLists, KernelSourceFile } from '../facts.ts';
import { kernelRelease } from '../release-text.ts';

/** A pattern for each file, whatever its name. */
const FILES: readonly (readonly [KernelSourceFile, RegExp])[] = [
  ['drivers/hv/vmbus_drv.c', /\bvmbus_allocate_mmio\s*\([^;]*\)\s*\{|\bvmbus_acpi_add\s*\([^;]*\)\s*\{/],
  ['drivers/hv/Kconfig', /^(?:menu)?config HYPERV$/m],
  ['drivers/firmware/Kconfig', /^config (?:SYSFB|FIRMWARE_MEMMAP)$/m],
  ['drivers/gpu/drm/sysfb/Kconfig', /^config DRM_SYSFB_HELPER$/m],
  ['arch/x86/pci/acpi.c', /\bpci_acpi_crs_quirks\s*\([^;]*\)\s*\{/],
  ['Makefile', /^VERSION = \d+\nPATCHLEVEL = \d+\nSUBLEVEL = /m],
];

/** The file of a kernel's source that a text is; undefined for any other. */
export function kernelSourceFile(text: string): KernelSourceFile | undefined {
  return FILES.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The paths of these files in a source tree. */
export const KERNEL_SOURCE_FILES: readonly KernelSourceFile[] = FILES.map(([file]) => file);

/** Adds a file of a kernel's source to the facts, and the release of a Makefile. */
export function readKernelSource(artifact: Artifact, sink: DiagnosticSink, facts: FactLists): void {
  const text = textOf(artifact.source);
  const file = kernelSourceFile(text);
  const span = { source: artifact.source, start: 0, end: 0 };
  if (file === undefined) {
    sink.add(finding('evidence/kernel-source', { files: KERNEL_SOURCE_FILES }, { span }));
    return;
  }
  const fact = { strength: 'configured' as const, artifact, span, text: file };
  facts.kernelSources.push({ ...fact, value: file });
  if (file !== 'Makefile') return;
  const version = /^VERSION = (\d+)\nPATCHLEVEL = (\d+)\nSUBLEVEL = (\d+)\nEXTRAVERSION = ?(\S*)$/m.exec(
    text,
  );
  if (version === null) return;
  const [whole, major, minor, patch, extra] = version;
  const release = `${major}.${minor}.${patch}${extra}`;
  facts.releases.push({
    ...fact,
    span: { source: artifact.source, start: version.index, end: version.index + whole.length },
    text: `the Makefile of Linux ${release}`,
    value: kernelRelease(release, ''),
  });
}
