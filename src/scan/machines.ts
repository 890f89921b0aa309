/**
 * Groups the finds of an image into machines: one for each device tree, for each FIT configuration, and for each set of
 * tables that is loaded together. A kernel is assigned to a machine only where the image combines the two.
 */

import type { Artifact, ArtifactKind, MachineOfImage, ProvenanceStep } from '../artifact/artifact.ts';
import type { ImageInput } from '../artifact/open-bytes.ts';
import type { Diagnostic, DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import { finding } from '../findings/finding.ts';
import { limit } from '../limits/limits.ts';
import type { Alternatives, Choice, Find, FoundMemory } from './find.ts';
import { EMPTY_TREE } from './finders.ts';
import type { ScanResult } from './scan.ts';

/** Offsets of the entries in a root table, and of DSDT and X_DSDT in the FADT. */
const TABLE_HEADER = 36;
const FADT_DSDT = 40;
const FADT_X_DSDT = 140;

/** Kinds of finds whose bytes are needed. */
export const MACHINE_KINDS: ReadonlySet<string> = new Set([
  'dtb',
  'dtbo',
  'acpi-table',
  'acpi-template',
  'kernel',
  'kconfig',
  'boot-params',
]);

const TREES: ReadonlySet<string> = new Set(['dtb', 'dtbo']);
/** Format of a table of trees, or of overlays. */
const TABLE = 'dtbo-table';

const ARTIFACT_KINDS: Readonly<Record<string, ArtifactKind>> = {
  'acpi-template': 'acpi-table',
  kernel: 'image',
};

/** A machine in an image. */
export interface MachineGroup {
  /** Unique in the image. */
  readonly name: string;
  /** Its firmware descriptions, kernel and configuration. */
  readonly finds: readonly Find[];
  readonly overlays: readonly Find[];
  readonly memory: readonly FoundMemory[];
  readonly findings?: readonly Diagnostic[];
  readonly treeFromHost?: MachineOfImage['treeFromHost'] | undefined;
}

/** The guest of a find in an IGVM file; undefined for other finds. */
function guestOf({ container }: Find): MachineOfImage['treeFromHost'] {
  const file = container.findLast(({ format }) => format === 'igvm');
  const memory = container.findLast(({ format }) => format === 'gpa');
  if (file === undefined || memory === undefined) return undefined;
  const platform = memory.name?.split(',', 1)[0] ?? '';
  return { platform, architecture: file.name?.endsWith('arm64') ? 'arm64' : 'x64' };
}

/** A find and the steps of its path. */
interface Stepped {
  readonly find: Find;
  readonly steps: readonly string[];
}

class Grouping {
  readonly #result: ScanResult;
  readonly #bytes: ReadonlyMap<number, Uint8Array>;
  readonly #names = new Map<string, number>();
  /** Kernels and configurations with their paths split, among which each tree finds the nearest. */
  readonly #kernels: readonly Stepped[];
  readonly #configurations: readonly Stepped[];
  /** Several DSDTs, of which the firmware chooses one. */
  readonly alternatives: Alternatives[] = [];

  constructor(result: ScanResult, bytes: ReadonlyMap<number, Uint8Array>) {
    this.#result = result;
    this.#bytes = bytes;
    const stepped = (wanted: string): Stepped[] =>
      result.finds
        .filter(({ kind }) => kind === wanted)
        .map((find) => ({ find, steps: find.path.split('!') }));
    this.#kernels = stepped('kernel');
    this.#configurations = stepped('kconfig');
  }

  groups(): MachineGroup[] {
    const configured = [...this.#configured(), ...this.#entries()];
    // The same tree is often stored twice, inside of its user and beside it.
    const seen = new Set(configured.flatMap(({ finds }) => finds.map(({ sha256 }) => sha256)));
    const isNew = ({ sha256 }: Find): boolean => !seen.has(sha256) && seen.add(sha256) !== undefined;
    const used = new Set(
      configured.flatMap(({ finds, overlays }) => [...finds, ...overlays].map(({ id }) => id)),
    );
    const trees = this.#result.finds.filter(
      (find) => find.kind === 'dtb' && !used.has(find.id) && find.note !== EMPTY_TREE && isNew(find),
    );
    const alone = trees.map((tree) => this.#treeGroup(this.#nameOfTree(tree), [tree], [], [tree]));
    const groups = [...configured, ...alone, ...this.#tableGroups(), ...this.#treesFromHost()];
    // Overlays without a base tree are kept: those of a table may be applied to a tree in another input.
    const overlays = this.#result.finds.filter(({ id, kind }) => kind === 'dtbo' && !used.has(id));
    const inTables = overlays.filter(({ container }) => container.some(({ format }) => format === TABLE));
    const waiting = groups.length > 0 ? inTables : overlays;
    const overlayGroups = waiting.map((overlay) =>
      this.#treeGroup(this.#nameOfTree(overlay), [overlay], [], [overlay]),
    );
    return [...groups, ...overlayGroups];
  }

  /** The entries of a table of trees; several may share one blob. */
  #entries(): MachineGroup[] {
    const byId = new Map(this.#result.finds.map((find) => [find.id, find]));
    return this.#choices('entry').flatMap(({ name, finds }) => {
      const tree = finds.map((id) => byId.get(id)).find((find) => find && TREES.has(find.kind));
      return tree === undefined ? [] : [this.#treeGroup(this.#unique(name, tree), [tree], [], [tree])];
    });
  }

  #choices(wanted: string): readonly Choice[] {
    return this.#result.alternatives.filter(({ axis }) => axis === wanted).flatMap(({ choices }) => choices);
  }

  /** Makes a name unique, by the id of the find. */
  #unique(name: string, find: Find): string {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return count === 1 ? name : `${name} (find ${find.id})`;
  }

  #nameOfTree(find: Find): string {
    const table = find.container.findLastIndex(({ format }) => format === TABLE);
    const entry = table < 0 ? undefined : find.container[table + 1]?.name;
    return this.#unique(entry ?? find.model ?? find.compatible?.[0] ?? 'device tree', find);
  }

  /** A machine for each configuration: a tree, its overlays and its kernel. */
  #configured(): MachineGroup[] {
    const byId = new Map(this.#result.finds.map((find) => [find.id, find]));
    return this.#choices('configuration').flatMap((choice) => {
      const chosen = choice.finds.flatMap((id) => byId.get(id) ?? []);
      const base = chosen.find(({ kind }) => kind === 'dtb');
      if (base === undefined) return [];
      const overlays = chosen.filter(({ kind }) => kind === 'dtbo');
      return [this.#treeGroup(this.#unique(choice.name, base), [base], overlays, chosen)];
    });
  }

  /** A machine with a tree. @param among the finds of the choice that it belongs to */
  #treeGroup(
    name: string,
    trees: readonly Find[],
    overlays: readonly Find[],
    among: readonly Find[],
  ): MachineGroup {
    const kernels = among.filter(({ kind }) => kind === 'kernel' || kind === 'kconfig');
    const replaced = trees.find(({ replacedBy }) => replacedBy !== undefined);
    const inGuest = replaced?.path.lastIndexOf('!gpa(') ?? -1;
    return {
      name,
      treeFromHost: replaced && guestOf(replaced),
      findings: inGuest < 0 ? [] : this.#commandLines(replaced!.path.slice(0, inGuest), replaced!),
      finds: [...trees, ...(kernels.length > 0 ? kernels : this.#kernelsNear(trees[0]!))],
      overlays,
      memory: [],
    };
  }

  /** The kernel and configuration that share the longest path with a tree; none when kernels of several releases do. */
  #kernelsNear(tree: Find): Find[] {
    const parts = tree.path.split('!');
    const shared = ({ steps }: Stepped): number => {
      const differs = parts.findIndex((part, index) => part !== steps[index]);
      return differs < 0 ? parts.length : differs;
    };
    // Firmware in a guest's image is for VTL 0, and the kernel beside it is not.
    const guest = tree.container.findLastIndex(({ format }) => format === 'gpa');
    const isFirmware = tree.container.slice(guest + 1).some(({ format }) => format === 'uefi-volume');
    if (guest >= 0 && isFirmware) return [];
    const distances = this.#kernels.map(shared);
    const nearest = distances.reduce((most, each) => Math.max(most, each), 0);
    const near = this.#kernels.filter((_, index) => distances[index] === nearest);
    if (new Set(near.map(({ find }) => find.release)).size !== 1) return [];
    const configurations = this.#configurations.filter((each) => shared(each) >= nearest);
    return [...near, ...configurations].map(({ find }) => find);
  }

  /** Guests whose tree is generated by the host; the image has their kernel only. */
  #treesFromHost(): MachineGroup[] {
    const { finds } = this.#result;
    return finds
      .filter(({ kind, name }) => kind === 'parameter' && name === 'DEVICE_TREE')
      .flatMap((parameter) => {
        const inside = finds.filter(({ path }) => path.startsWith(`${parameter.path}!gpa(`));
        const platforms = new Set(
          inside.map(({ path }) => path.slice(0, path.indexOf(')', parameter.path.length) + 1)),
        );
        return [...platforms].flatMap((platform) => {
          const own = inside.filter(({ path }) => path.startsWith(platform));
          const kernels = own.filter(({ kind }) => kind === 'kernel' || kind === 'kconfig');
          if (kernels.length === 0 || own.some(({ replacedBy }) => replacedBy !== undefined)) return [];
          const choice = this.#choices('platform').find((other) => other.finds.includes(kernels[0]!.id));
          const findings = [
            finding('container/from-host', { what: parameter.text ?? '' }, { path: platform }),
            ...this.#commandLines(parameter.path, kernels[0]!),
          ];
          const name = this.#unique(choice?.name ?? 'guest', kernels[0]!);
          const treeFromHost = guestOf(kernels[0]!);
          return [{ name, finds: kernels, overlays: [], memory: [], findings, treeFromHost }];
        });
      });
  }

  /** The command lines that an image passes to a guest's kernel. */
  #commandLines(image: string, { path: inside }: Find): Diagnostic[] {
    const isOf = (memory: string): boolean => inside.startsWith(`${image}!gpa(${memory})`);
    const lines = this.#result.finds.filter(
      ({ kind, path, memory }) =>
        kind === 'command-line' && path === image && (memory === undefined || memory.some(isOf)),
    );
    return [...new Map(lines.map((line) => [line.text, line])).values()].map(({ text = '', name = '' }) =>
      finding('openhcl/command-line', { text, policy: name }, { path: image }),
    );
  }

  /** A key for tables that are loaded together: of one memory, one file of an archive, or the image. */
  #scopeOf(find: Find): string {
    const at = find.container.findLastIndex(
      ({ format }) => format === 'file' || format === 'memory' || format === 'gpa',
    );
    const around = find.container.slice(0, at + 1);
    // Ranges of one memory, which differ in size, belong together: tables refer to each other across holes.
    return JSON.stringify(
      around.map((step, index) => (index === at && step.format !== 'file' ? { ...step, size: 0 } : step)),
    );
  }

  #tableGroups(): MachineGroup[] {
    const tables = this.#result.finds.filter(({ kind }) => kind === 'acpi-table' || kind === 'acpi-template');
    const scopes = new Map<string, Find[]>();
    for (const table of tables) {
      const scope = this.#scopeOf(table);
      const others = scopes.get(scope) ?? [];
      // The same table is often stored twice: compressed and uncompressed, or in two volumes.
      if (!others.some(({ sha256 }) => sha256 === table.sha256)) others.push(table);
      scopes.set(scope, others);
    }
    return [...scopes].flatMap(([scope, inScope]) => this.#machinesOfTables(scope, inScope));
  }

  #machinesOfTables(scope: string, tables: readonly Find[]): MachineGroup[] {
    const loaded = this.#reachable(tables);
    const definitions = loaded.filter(({ signature }) => signature === 'DSDT');
    const rest = loaded.filter(({ signature }) => signature !== 'DSDT');
    if (!loaded.some(({ signature }) => signature === 'DSDT' || signature === 'SSDT')) return [];
    const beside = this.#besideTables(scope, loaded);
    const make = (first: Find, finds: readonly Find[]): MachineGroup => ({
      name: this.#unique(`${first.signature} ${first.oemTableId ?? ''}`.trim(), first),
      finds: [...finds, ...beside.finds],
      overlays: [],
      memory: beside.memory,
    });
    if (definitions.length === 0) return [make(rest.find(({ signature }) => signature === 'SSDT')!, rest)];
    const machines = definitions.map((definition) => make(definition, [definition, ...rest]));
    if (machines.length > 1)
      this.alternatives.push({
        axis: 'dsdt',
        path: definitions[0]!.path,
        choices: machines.map(({ name, finds }) => ({ name, finds: finds.map(({ id }) => id) })),
      });
    return machines;
  }

  /** The tables that the root table and the FADT point to: a dump of memory may have others that are no longer used. */
  #reachable(tables: readonly Find[]): readonly Find[] {
    const given = new Set(tables.flatMap(({ address }) => address ?? []));
    const addresses = new Set<bigint>();
    const word = (find: Find, at: number, width: 4 | 8): void => {
      const bytes = this.#bytes.get(find.id);
      if (bytes === undefined || at + width > bytes.length) return;
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const address = width === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
      // A hostile root table may have millions of others.
      if (given.has(address)) addresses.add(address);
    };
    for (const table of tables) {
      const { signature, size } = table;
      const width = signature === 'XSDT' ? 8 : signature === 'RSDT' ? 4 : undefined;
      for (let at = TABLE_HEADER; width !== undefined && at + width <= size; at += width)
        word(table, at, width);
      if (signature === 'FACP') {
        word(table, FADT_DSDT, 4);
        word(table, FADT_X_DSDT, 8);
      }
    }
    const named = tables.filter(
      ({ address, signature }) => signature === 'XSDT' || (address !== undefined && addresses.has(address)),
    );
    return named.some(({ signature }) => signature === 'DSDT') ? named : tables;
  }

  /** Boot parameters, kernel and memory in the same dump of a running machine; not for guest images, which have several. */
  #besideTables(scope: string, tables: readonly Find[]): Pick<MachineGroup, 'finds' | 'memory'> {
    const isDump = tables.every(
      ({ address, container }) => address !== undefined && !container.some(({ format }) => format === 'gpa'),
    );
    if (!isDump) return { finds: [], memory: [] };
    const inDump = this.#result.finds.filter((find) => this.#scopeOf(find) === scope);
    const only = (kind: string): Find[] => {
      const found = inDump.filter((find) => find.kind === kind);
      return new Set(found.map(({ release, sha256 }) => release ?? sha256)).size === 1
        ? found.slice(0, 1)
        : [];
    };
    const paths = new Set(tables.map(({ path }) => path.split('!').slice(0, -1).join('!')));
    return {
      finds: ['boot-params', 'kernel', 'kconfig'].flatMap(only),
      memory: this.#result.memory.filter(
        ({ path }) => tables.some((table) => table.path.startsWith(path)) || paths.has(path),
      ),
    };
  }
}

/**
 * The machines in an image, and alternatives between several DSDTs.
 * @param bytes of root tables and FADTs, by id of the find
 */
export function machineGroups(
  result: ScanResult,
  bytes: ReadonlyMap<number, Uint8Array>,
): { readonly machines: readonly MachineGroup[]; readonly alternatives: readonly Alternatives[] } {
  const grouping = new Grouping(result, bytes);
  return { machines: grouping.groups(), alternatives: grouping.alternatives };
}

/**
 * The artifacts of the machines in an image.
 * @param bytes of finds whose kind is one of {@link MACHINE_KINDS}
 */
export function machinesIn(
  image: ImageInput,
  result: ScanResult,
  bytes: ReadonlyMap<number, Uint8Array>,
  sink: DiagnosticSink,
): Artifact[] {
  const artifactOf = (find: Find, machine?: MachineOfImage): Artifact => {
    const kind = ARTIFACT_KINDS[find.kind] ?? (find.kind as ArtifactKind);
    const source: Source = {
      name: `${find.path}${find.signature === undefined ? '' : `!${find.signature}`}@0x${find.offset.toString(16)}`,
      form: kind === 'kconfig' ? 'text' : 'blob',
      bytes: bytes.get(find.id) ?? new Uint8Array(0),
    };
    const steps: ProvenanceStep[] = find.container.map(({ format, name, offset }) => ({
      how: format,
      offset,
      ...(name === undefined ? {} : { name }),
    }));
    const carved: ProvenanceStep = { how: 'carved', offset: find.offset };
    return {
      kind,
      source,
      path: image.path,
      sha256: image.sha256,
      contentSha256: find.sha256,
      steps: [...image.steps, ...steps, carved],
      ...(machine === undefined ? {} : { machine }),
    };
  };
  let room = limit('image-memory-bytes');
  const memoryOf = (found: FoundMemory): MachineOfImage['memory'] => {
    const size = Number(found.size);
    if (size > room) {
      sink.add(
        finding(
          'fwmap/limit',
          { name: 'image-memory-bytes', unit: 'of memory', rest: 'the rest is not read' },
          { path: found.path },
        ),
      );
      return [];
    }
    room -= size;
    const held = found.read(0, size);
    return [{ address: found.address, bytes: held, source: { name: found.path, form: 'blob', bytes: held } }];
  };
  return machineGroups(result, bytes).machines.flatMap((group) => {
    const { name, finds, overlays, memory, findings = [], treeFromHost } = group;
    const machine: MachineOfImage = {
      id: `${image.name}!${name}`,
      name,
      memory: memory.flatMap(memoryOf),
      overlays: overlays.map((find) => artifactOf(find)),
      ...(treeFromHost === undefined ? {} : { treeFromHost }),
      findings: [
        ...findings,
        ...finds.flatMap((find) =>
          find.replacedBy === undefined
            ? []
            : [
                finding(
                  'container/replaced',
                  { what: find.model ?? 'the tree', by: find.replacedBy },
                  { path: find.path },
                ),
              ],
        ),
      ],
    };
    // A kernel that is too large has no bytes here, which is reported.
    return finds.filter(({ id }) => bytes.has(id)).map((find) => artifactOf(find, machine));
  });
}
