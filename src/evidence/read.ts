/** Reads all evidence among a machine's inputs. */
import type { Artifact } from '../artifact/artifact.ts';
import { isKind, type KindOf } from '../artifact/kinds.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { textOf } from '../bytes/source.ts';
import { readBootParams } from './boot-params.ts';
import { type FactLists, type MachineFacts, noFacts } from './facts.ts';
import { readKernelImage } from './image/kernel-image.ts';
import { readKernelSource } from './image/kernel-source.ts';
import { readConfiguration } from './kernel-config.ts';
import { readCommandLine } from './listings/command-line.ts';
import { readIomem } from './listings/iomem.ts';
import { readLspci } from './listings/lspci.ts';
import { readMemoryMap } from './listings/memory-map.ts';
import { readUname } from './listings/uname.ts';
import { readKernelLog } from './log/kernel-log.ts';

type Reader = (artifact: Artifact, sink: DiagnosticSink, facts: FactLists) => void;

/** The reader of each kind. */
const READERS: Readonly<Record<KindOf<'evidence'>, Reader>> = {
  kconfig: readConfiguration,
  'boot-params': readBootParams,
  iomem: readIomem,
  lspci: readLspci,
  cmdline: readCommandLine,
  uname: readUname,
  memmap: readMemoryMap,
  dmesg: readKernelLog,
  // Lines with host bridge windows are also an extract of a log.
  'crs-text': (artifact, sink, facts) => {
    if (/\b(?:pci_bus|hv_vmbus:) /.test(textOf(artifact.source))) readKernelLog(artifact, sink, facts);
  },
  image: readKernelImage,
  'kernel-source': readKernelSource,
};

/**
 * Reads every artifact that is evidence and skips the others. What can't be read is reported and left out.
 */
export function readEvidence(artifacts: readonly Artifact[], sink: DiagnosticSink): MachineFacts {
  const facts = noFacts();
  for (const artifact of artifacts)
    if (isKind(artifact.kind, 'evidence')) READERS[artifact.kind](artifact, sink, facts);
  return facts;
}
