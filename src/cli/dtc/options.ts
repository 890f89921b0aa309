/** The options of `fwmap dtc`: dtc 1.8.1's, and a few of our own for what dtc leaves to other programs. */
import { CheckLevels } from '../../devicetree/checks/run-checks.ts';
import type { PhandleFormat } from '../../devicetree/live/references.ts';
import { describeOptions, type GetoptRow, getopt, leadingNumber } from './getopt.ts';

export const ROWS = [
  { short: 'q', long: 'quiet', help: 'no warnings; -qq: no errors of checks either; -qqq: nothing' },
  {
    short: 'I',
    long: 'in-format',
    value: 'arg',
    help: 'input: dts (source), dtb (blob), fs (directory as /proc/device-tree)',
  },
  { short: 'o', long: 'out', value: 'arg', help: 'output file, written whole or not at all' },
  { short: 'O', long: 'out-format', value: 'arg', help: 'output: dts, dtb, yaml, asm, null' },
  { short: 'V', long: 'out-version', value: 'arg', help: 'version of the blob: 1, 2, 3, 16, 17 (17)' },
  { short: 'd', long: 'out-dependency', value: 'arg', help: 'write a makefile rule naming every file read' },
  { short: 'R', long: 'reserve', value: 'arg', help: 'room for this many more memory reservations' },
  { short: 'S', long: 'space', value: 'arg', help: 'make the blob at least this long' },
  { short: 'p', long: 'pad', value: 'arg', help: 'add this many bytes to the blob' },
  { short: 'a', long: 'align', value: 'arg', help: 'pad the blob to a multiple of this power of two' },
  { short: 'b', long: 'boot-cpu', value: 'arg', help: 'number of the boot CPU' },
  { short: 'f', long: 'force', help: 'write output although checks found errors' },
  {
    short: 'i',
    long: 'include',
    value: 'arg',
    help: 'search this directory for #include, /include/ and /incbin/',
  },
  { short: 's', long: 'sort', help: 'sort nodes and properties by name' },
  {
    short: 'H',
    long: 'phandle',
    value: 'arg',
    help: 'phandle properties: epapr (phandle), legacy (linux,phandle), both',
  },
  { short: 'W', long: 'warning', value: 'arg', help: 'make a check warn; no-NAME: not' },
  { short: 'E', long: 'error', value: 'arg', help: 'make a check an error; no-NAME: not' },
  { short: '@', long: 'symbols', help: 'write __symbols__, so that overlays can refer to labels' },
  { short: 'L', long: 'local-fixups', help: 'write __fixups__ and __local_fixups__, as for a plugin' },
  { short: 'A', long: 'auto-alias', help: 'write an alias for every label' },
  { short: 'T', long: 'annotate', help: 'comment the source with where it came from (-TT: exactly)' },
  { short: 'h', long: 'help', help: 'this text' },
  { short: 'v', long: 'version', help: 'the version' },
  { long: 'define', value: 'name[=value]', help: 'define a macro for the preprocessor' },
  { long: 'include-root', value: 'dir', help: 'let sources open only files below this directory' },
  { long: 'overlay', value: 'file', help: 'apply this overlay to the tree read; may be given again' },
] as const satisfies readonly GetoptRow[];

export interface DtcOptions {
  input: string;
  inputFormat: string | undefined;
  output: string;
  outputFormat: string | undefined;
  blobVersion: number;
  dependencies: string | undefined;
  reservationSlots: number;
  minimumSize: number;
  padding: number;
  alignment: number;
  bootCpuid: number | undefined;
  force: boolean;
  quiet: number;
  includePaths: string[];
  sort: boolean;
  phandleFormat: PhandleFormat;
  levels: CheckLevels;
  symbols: boolean;
  fixups: boolean;
  aliases: boolean;
  annotate: number;
  defines: string[];
  includeRoots: string[];
  overlays: string[];
}

/** The options; or what to print, or what is wrong, which end the command. */
export type DtcOptionsResult =
  | { readonly options: DtcOptions }
  | { readonly print: 'help' | 'version' }
  | { readonly misuse: string }
  | { readonly fatal: string };

export function usageText(): string {
  const letters = ROWS.map((row) => ('short' in row ? row.short + ('value' in row ? ':' : '') : '')).join('');
  return `Usage: fwmap dtc [options] <input file>\n\nOptions: -[${letters}]\n${describeOptions(ROWS)}`;
}

function isPhandleFormat(text: string): text is PhandleFormat {
  return text === 'legacy' || text === 'epapr' || text === 'both';
}

export function readDtcOptions(argv: readonly string[]): DtcOptionsResult {
  const parsed = getopt(argv, ROWS);
  const options: DtcOptions = {
    input: '-',
    inputFormat: undefined,
    output: '-',
    outputFormat: undefined,
    blobVersion: 17,
    dependencies: undefined,
    reservationSlots: 0,
    minimumSize: 0,
    padding: 0,
    alignment: 0,
    bootCpuid: undefined,
    force: false,
    quiet: 0,
    includePaths: [],
    sort: false,
    phandleFormat: 'epapr',
    levels: new CheckLevels(),
    symbols: false,
    fixups: false,
    aliases: false,
    annotate: 0,
    defines: [],
    includeRoots: [],
    overlays: [],
  };
  for (const { row, value } of parsed.options) {
    switch (row.long) {
      case 'quiet':
        options.quiet += 1;
        break;
      case 'in-format':
        options.inputFormat = value;
        break;
      case 'out':
        options.output = value;
        break;
      case 'out-format':
        options.outputFormat = value;
        break;
      case 'out-version':
        options.blobVersion = leadingNumber(value);
        break;
      case 'out-dependency':
        options.dependencies = value;
        break;
      case 'reserve':
        options.reservationSlots = leadingNumber(value);
        break;
      case 'space':
        options.minimumSize = leadingNumber(value);
        break;
      case 'pad':
        options.padding = leadingNumber(value);
        break;
      case 'align':
        options.alignment = leadingNumber(value);
        if (options.alignment <= 0 || (options.alignment & (options.alignment - 1)) !== 0) {
          return { fatal: `Invalid argument "${options.alignment}" to -a option` };
        }
        break;
      case 'boot-cpu':
        options.bootCpuid = leadingNumber(value);
        break;
      case 'force':
        options.force = true;
        break;
      case 'include':
        options.includePaths.push(value);
        break;
      case 'sort':
        options.sort = true;
        break;
      case 'phandle':
        if (!isPhandleFormat(value)) return { fatal: `Invalid argument "${value}" to -H option` };
        options.phandleFormat = value;
        break;
      case 'warning':
      case 'error':
        if (!options.levels.set(row.long, value)) {
          return { fatal: `Unrecognized check name "${value.replace(/^no[-_]/, '')}"` };
        }
        break;
      case 'symbols':
        options.symbols = true;
        break;
      case 'local-fixups':
        options.fixups = true;
        break;
      case 'auto-alias':
        options.aliases = true;
        break;
      case 'annotate':
        options.annotate += 1;
        break;
      case 'define':
        options.defines.push(value);
        break;
      case 'include-root':
        options.includeRoots.push(value);
        break;
      case 'overlay':
        options.overlays.push(value);
        break;
      default:
        return { print: row.long };
    }
  }
  if (parsed.problem !== undefined) return { misuse: parsed.problem };
  if (parsed.operands.length > 1) return { misuse: 'missing files' };
  if (parsed.operands[0] !== undefined) options.input = parsed.operands[0];
  if (options.minimumSize !== 0 && options.padding !== 0) return { fatal: "Can't set both -p and -S" };
  return { options };
}
