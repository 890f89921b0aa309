/** `fwmap asl`: ACPI tables as ASL text, and with `--compile` ASL text as tables. */
import { resolve } from 'node:path';
import type { AslOptionsOf } from '../../../acpi/asl/tables.ts';
import type { Artifact } from '../../../artifact/artifact.ts';
import { DiagnosticList, type DiagnosticSink } from '../../../bytes/diagnostic.ts';
import { escapeCommands } from '../../../bytes/escape.ts';
import { defineCommand, EXIT_ERROR, type OptionValues } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import type { Io } from '../../common/io.ts';
import { INPUT_OPTIONS, OUTPUT_OPTIONS } from '../../common/options.ts';
import { makeFolder, writeDiagnostics, writeResult } from '../../common/result.ts';
import { openInputs } from '../../inputs/inputs.ts';
import { writePaged } from '../../output/pager.ts';

const OPTIONS = {
  as: INPUT_OPTIONS.as,
  include: INPUT_OPTIONS.include,
  'include-root': INPUT_OPTIONS['include-root'],
  compile: { type: 'boolean', describe: 'Compile ASL text to AML', group: 'What to do:' },
  define: {
    type: 'string',
    repeat: true,
    alias: 'D',
    value: 'NAME[=TEXT]',
    describe: 'Define a macro for the text, as #define does',
    group: 'What to do:',
  },
  creator: {
    type: 'string',
    value: 'ID:NUMBER',
    describe: 'Compiler id and revision of the header: INTL:0x20200925 (default FWMP:1)',
    group: 'What to do:',
  },
  table: {
    type: 'string',
    repeat: true,
    value: 'NAME',
    describe: 'Print only this table, such as DSDT or SSDT3; the others still declare its external names',
    group: 'What to do:',
  },
  directory: {
    type: 'string',
    value: 'DIR',
    describe: 'Write a file for each table into this folder: DSDT.dsl, or with --compile DSDT.aml',
    group: 'Output:',
  },
  output: OUTPUT_OPTIONS.output,
  'no-pager': OUTPUT_OPTIONS['no-pager'],
} as const;

type Options = OptionValues<typeof OPTIONS>;

export const command = defineCommand({
  name: 'asl',
  operands: 'INPUT...',
  minimumInputs: 1,
  description:
    'Disassembles ACPI tables to ASL+ text that iasl and this command compile again. Tables given together resolve ' +
    "each other's external names; names that none of them declares are listed at the top of the text. " +
    'With --compile, compiles ASL text to AML.',
  options: OPTIONS,
  examples: [
    {
      line: 'fwmap asl dsdt.dat ssdt1.dat --table DSDT',
      does: 'the DSDT, with names that the SSDT declares',
    },
    { line: 'fwmap asl acpidump.txt --directory asl', does: 'every table of a machine' },
    { line: 'fwmap asl --compile dsdt.dsl --output dsdt.aml', does: 'compile it again' },
  ],
  async run({ inputs, options, io }) {
    const sink = new DiagnosticList();
    const artifacts = await openInputs(inputs, options, io, sink);
    const files = options.compile
      ? await compiled(artifacts, options, io, sink)
      : await printed(artifacts, options, io, sink);
    writeDiagnostics(sink.all, io);
    if (files === undefined || files.length === 0) return EXIT_ERROR;
    // What could be read is printed all the same.
    const status = sink.hasErrors ? EXIT_ERROR : 0;
    if (options.directory !== undefined) {
      makeFolder(options.directory, io);
      for (const { name, content } of files) {
        writeResult(content, { output: resolve(io.cwd, options.directory, name) }, io);
      }
      return status;
    }
    if (files.every((file): file is TextFile => typeof file.content === 'string')) {
      await writePaged(files.map((file) => file.content).join('\n'), options, io);
      return status;
    }
    if (files.length > 1) {
      throw new CommandError(
        `the text defines ${files.length} tables`,
        'name a folder for them: --directory DIR',
      );
    }
    writeResult(files[0]!.content, options, io);
    return status;
  },
});

interface TextFile {
  readonly name: string;
  readonly content: string;
}

interface OutputFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** A file for each table that is asked for. All tables are read, since they declare each other's external names. */
async function printed(
  artifacts: readonly Artifact[],
  options: Options,
  io: Io,
  sink: DiagnosticSink,
): Promise<OutputFile[]> {
  const { printAsl } = await import('../../../acpi/asl/tables.ts');
  const tables = printAsl(artifacts, await optionsOf(options, io), sink);
  const wanted = options.table?.map((name) => name.toUpperCase());
  const unknown = wanted?.find((name) => !tables.some((table) => table.name === name));
  if (unknown !== undefined) {
    throw new CommandError(
      `no table ${unknown}`,
      `there are: ${tables.map((table) => table.name).join(', ')}`,
    );
  }
  return (
    tables
      .filter(({ name }) => wanted?.includes(name) ?? true)
      // In an ASL string the escape means the same character.
      .map(({ name, text }) => ({ name: `${name}.dsl`, content: escapeCommands(text()) }))
  );
}

/** The AML of all texts; undefined when one of them has an error, so that nothing is written in part. */
async function compiled(
  artifacts: readonly Artifact[],
  options: Options,
  io: Io,
  sink: DiagnosticList,
): Promise<OutputFile[] | undefined> {
  const { compileAslTexts } = await import('../../../acpi/asl/tables.ts');
  const tables = compileAslTexts(artifacts, await optionsOf(options, io), sink);
  if (sink.hasErrors) return undefined;
  return tables.map(({ name, bytes }) => ({ name: `${name}.aml`, content: bytes }));
}

async function optionsOf(options: Options, io: Io): Promise<AslOptionsOf> {
  const [{ aslFiles }, { sourceFiles }] = await Promise.all([
    import('../../../window/asl-files.ts'),
    import('../../../devicetree/source/disk-files.ts'),
  ]);
  const includePaths = (options.include ?? []).map((path) => resolve(io.cwd, path));
  const roots = options['include-root'];
  const given = {
    defines: Object.fromEntries((options.define ?? []).map(definition)),
    ...creator(options.creator),
  };
  return ({ path }) => {
    const loader = sourceFiles({
      mainFile: path === '-' ? undefined : resolve(io.cwd, path),
      includePaths,
      cwd: io.cwd,
      opened: (file) => io.inputs.add(resolve(io.cwd, file)),
      ...(roots !== undefined && { includeRoots: roots }),
    });
    return { files: aslFiles(loader, path === '-' ? undefined : path, includePaths), ...given };
  };
}

function definition(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text) ?? [];
  if (name === undefined) throw new CommandError(`--define ${text}: it takes NAME or NAME=TEXT`);
  return [name, value ?? '1'];
}

function creator(text: string | undefined): { creatorId?: string; creatorRevision?: number } {
  if (text === undefined) return {};
  const [, id, number] = /^([\x20-\x7e]{4}):(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10})$/.exec(text) ?? [];
  if (id === undefined || number === undefined || Number(number) > 0xffff_ffff) {
    throw new CommandError(
      `--creator ${text}: it takes four characters, a colon and a 32-bit number`,
      'for example INTL:0x20200925',
    );
  }
  return { creatorId: id, creatorRevision: Number(number) };
}
