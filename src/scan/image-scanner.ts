/** `fwmap scan`: decompresses an image, scans it, and groups the finds into machines. */
import { takeOffWhole } from '../artifact/images/take-off.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Access } from '../containers/access.ts';
import { Budget } from '../containers/limits.ts';
import type { Alternatives, Find } from './find.ts';
import { machineGroups } from './machines.ts';
import type { FindReader } from './run.ts';
import { Scanner } from './scan.ts';

/** Tables that refer to others, which shows which belong together. */
const ROOT_TABLES: ReadonlySet<string | undefined> = new Set(['XSDT', 'RSDT', 'FACP']);

/** A machine in an image, by the ids of its finds. */
export interface ScannedMachine {
  readonly name: string;
  readonly finds: readonly number[];
}

/** The result of scanning an image. */
export interface ScannedImage {
  readonly finds: readonly Find[];
  readonly alternatives: readonly Alternatives[];
  readonly machines: readonly ScannedMachine[];
  /** Formats of the compression around the whole, the outermost first. */
  readonly steps: readonly string[];
}

/** Scans several images within one budget; find ids continue from image to image. */
export class ImageScanner {
  readonly #budget = new Budget();
  readonly #roots = new Map<number, Uint8Array>();
  readonly #scanner: Scanner;

  /**
   * @param sink gets what can't be read and which limits are reached
   * @param onFind called with each find and its bytes, which must not be kept
   */
  constructor(sink: DiagnosticSink, onFind?: FindReader['read']) {
    this.#scanner = new Scanner(sink, {
      budget: this.#budget,
      reader: {
        reads: ({ signature }) => onFind !== undefined || ROOT_TABLES.has(signature),
        read: (find, bytes) => {
          onFind?.(find, bytes);
          if (ROOT_TABLES.has(find.signature)) this.#roots.set(find.id, bytes.read(0, bytes.size).slice());
        },
      },
    });
  }

  /** Scans an image. @param name the first part of finds' paths */
  async scan(name: string, image: Access): Promise<ScannedImage> {
    const { access, taken } = await takeOffWhole(image, this.#budget);
    const steps = taken.map((step) => ({ ...step, offset: 0 }));
    const result = await this.#scanner.scan({ name, access, steps });
    const grouped = machineGroups(result, this.#roots);
    for (const { unpacked } of taken) this.#budget.release(unpacked);
    return {
      finds: result.finds,
      alternatives: [...result.alternatives, ...grouped.alternatives],
      machines: grouped.machines.map((machine) => ({
        name: machine.name,
        finds: [...machine.finds, ...machine.overlays].map(({ id }) => id),
      })),
      steps: taken.map(({ format }) => format),
    };
  }
}
