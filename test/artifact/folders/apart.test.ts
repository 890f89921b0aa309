/** Which files are of one machine: in folders and archives, and of what is added to files that are there. */
import { describe, expect, test } from 'vitest';
import type { Artifact, MachineOfImage } from '../../../src/artifact/artifact.ts';
import { addedLater } from '../../../src/artifact/folders/added-later.ts';
import {
  fitTogether,
  isWholeDescription,
  machinesApart,
} from '../../../src/artifact/folders/machines-apart.ts';
import type { ArtifactKind } from '../../../src/artifact/kinds.ts';
import { textSource } from '../../../src/bytes/source.ts';
import { finding } from '../../../src/findings/finding.ts';

/** An artifact of a text; where no text is given it is that of a whole description of its kind, or its own name. */
function of(kind: ArtifactKind, name: string, path = name.split(/[/!]/)[0]!, text?: string): Artifact {
  const whole: Partial<Record<ArtifactKind, string>> = {
    dts: `/dts-v1/; / { model = "${name}"; };`,
    asl: `DefinitionBlock ("", "DSDT", 2, "A", "${name}", 1) { }`,
    'acpi-table': `DSDT${name}`,
    acpidump: `DSDT @ 0x0\n${name}`,
  };
  const source = textSource(name, text ?? whole[kind] ?? name);
  return { kind, source, path, sha256: name, steps: [] };
}

describe('a whole description', () => {
  const folder = (entries: Artifact['entries']): Artifact => ({ ...of('acpi-dir', 'd'), entries: entries! });
  const entry = (text?: string) => ({
    path: 'x',
    type: 'file' as const,
    ...(text === undefined ? {} : { source: textSource('x', text) }),
  });
  test.each<[string, Artifact, boolean]>([
    ['a blob', of('dtb', 'a'), true],
    ['a copy of /proc/device-tree', of('dt-dir', 'a'), true],
    ['an overlay', of('dtbo', 'a'), false],
    ['a source', of('dts', 'a', 'a', '/dts-v1/;'), true],
    ['a root node', of('dts', 'a', 'a', 'x\n/ {'), true],
    ['a root node on the next line', of('dts', 'a', 'a', '/\n{'), true],
    ['a node of another name', of('dts', 'a', 'a', 'x / {'), false],
    ['what is included', of('dts', 'a', 'a', '&uart {};'), false],
    ['an overlay’s source', of('dts', 'a', 'a', '/dts-v1/;\n/plugin/;'), false],
    ['a DSDT', of('acpi-table', 'a'), true],
    ['an SSDT', of('acpi-table', 'a', 'a', 'SSDT'), false],
    ['a folder with a DSDT', folder([entry('SSDT'), entry('DSDT')]), true],
    ['a folder without one', folder([entry('SSDT'), entry()]), false],
    ['an empty folder', folder([]), false],
    ['a folder that is not listed', of('acpi-dir', 'd'), false],
    ['a dump with a DSDT', of('acpidump', 'a', 'a', 'FACP @ 0x0\nDSDT @ 0x0'), true],
    ['a dump with a DSDT, as older programs have it', of('acpidump', 'a', 'a', 'DSDT@0x0'), true],
    ['a dump without', of('acpidump', 'a', 'a', 'FACP @ 0x0\n  DSDT @ 0x0'), false],
    ['ASL of a DSDT', of('asl', 'a'), true],
    ['ASL of an SSDT', of('asl', 'a', 'a', 'DefinitionBlock ("", "SSDT", 2, "A", "B", 1) { }'), false],
    ['ASL without spaces', of('asl', 'a', 'a', 'DefinitionBlock("x.aml","DSDT",2'), true],
    ['ASL of several lines', of('asl', 'a', 'a', 'DefinitionBlock\n(\n"",\n"DSDT"'), true],
    ['a log', of('dmesg', 'a'), false],
  ])('%s', (_title, artifact, is) => {
    expect(isWholeDescription(artifact)).toBe(is);
  });

  test('a machine has one tree and one set of tables; the same twice is one', () => {
    const together = (...all: Artifact[]): boolean => fitTogether(all.map((artifact) => ({ artifact })));
    expect(together()).toBe(true);
    expect(together(of('dts', 'a'), of('asl', 'a'), of('dmesg', 'b'))).toBe(true);
    expect(together(of('dts', 'a'), of('dts', 'b'))).toBe(false);
    expect(together(of('asl', 'a'), of('acpi-table', 'b'))).toBe(false);
    expect(together(of('dts', 'a'), { ...of('dts', 'a'), sha256: 'other' })).toBe(true);
    // A folder has no bytes of its own: its hash tells.
    const [one, two] = [folder([entry('DSDT')]), folder([entry('DSDT')])];
    expect(together(one, two)).toBe(true);
    expect(together(one, { ...two, sha256: 'other' })).toBe(false);
  });
});

describe('a folder', () => {
  /** Each machine with the names of its files, below what was opened. */
  function machines(opened: Readonly<Record<string, readonly Artifact[]>>) {
    const all = Object.entries(opened).map(([path, artifacts]) => ({ path, artifacts }));
    const found: Record<string, string[]> = {};
    for (const { machine, source } of machinesApart(all, []).artifacts) {
      const id = machine?.id ?? '';
      found[id] = [...(found[id] ?? []), source.name];
    }
    return found;
  }
  const inF = (...all: [ArtifactKind, string][]) =>
    machines({ f: all.map(([kind, name]) => of(kind, `f/${name}`, 'f')) });

  test('of one machine stays as it is', () => {
    expect(inF(['dts', 'a.dts'], ['dmesg', 'log'])).toEqual({ '': ['f/a.dts', 'f/log'] });
    expect(inF(['dts', 'x/a.dts'], ['asl', 'y/b.asl'])).toEqual({ '': ['f/x/a.dts', 'f/y/b.asl'] });
    expect(machines({ f: [] })).toEqual({});
  });

  test('of files: each whole description with what is called as it is', () => {
    expect(
      inF(
        ['dts', 'one.dts'],
        ['dmesg', 'one.log'],
        ['dts', 'two.dts'],
        ['iomem', 'two-iomem'],
        ['dmesg', 'twofold'],
      ),
    ).toEqual({
      'f/one.dts': ['f/one.dts', 'f/one.log'],
      'f/two.dts': ['f/two.dts', 'f/two-iomem'],
      f: ['f/twofold'],
    });
    // A name ends where a sign follows it.
    for (const name of ['one', 'one-x', 'one_x', 'one x', 'one.x'])
      expect(inF(['dts', 'one.dts'], ['dts', 'two.dts'], ['dmesg', name])['f/one.dts']).toContain(
        `f/${name}`,
      );
    // The longest name that fits.
    expect(inF(['dts', 'one.dts'], ['dts', 'one-b.dts'], ['dmesg', 'one-b.log'])).toEqual({
      'f/one.dts': ['f/one.dts'],
      'f/one-b.dts': ['f/one-b.dts', 'f/one-b.log'],
    });
    // What follows the first dot is no part of the name, unless nothing stands before it.
    expect(inF(['dts', 'a.b.dts'], ['dts', '.c.dts'], ['dmesg', 'a.log'], ['dmesg', '.c.log'])).toEqual({
      'f/a.b.dts': ['f/a.b.dts', 'f/a.log'],
      'f/.c.dts': ['f/.c.dts', 'f/.c.log'],
    });
  });

  test('a tree and tables of one name are one machine', () => {
    expect(inF(['dts', 'a.dts'], ['asl', 'a.asl'], ['dts', 'b.dts'])).toEqual({
      'f/a.dts': ['f/a.dts', 'f/a.asl'],
      'f/b.dts': ['f/b.dts'],
    });
  });

  test('kernels, configurations and further tables that lie beside are of all', () => {
    const kinds = ['kconfig', 'image', 'kernel-source', 'dtbo', 'dts-fragment', 'patch'] as const;
    for (const kind of kinds)
      expect([kind, inF(['dts', 'a.dts'], ['dts', 'b.dts'], [kind, 'x'])]).toEqual([
        kind,
        { 'f/a.dts': ['f/a.dts', 'f/x'], 'f/b.dts': ['f/b.dts', 'f/x'] },
      ]);
    expect(inF(['dts', 'a/x'], ['dts', 'b/x'], ['kconfig', 'c/config'])).toEqual({
      'f/a': ['f/a/x', 'f/c/config'],
      'f/b': ['f/b/x', 'f/c/config'],
    });
    expect(inF(['dts', 'a/x'], ['dts', 'b/x'], ['kconfig', 'c/config'], ['dmesg', 'c/log'])['f/c']).toEqual([
      'f/c/config',
      'f/c/log',
    ]);
  });

  test('of folders: those of which two have a log, a memory map, boot parameters or a listing are machines', () => {
    for (const kind of ['dmesg', 'iomem', 'boot-params', 'lspci'] as const)
      expect(Object.keys(inF([kind, 'a/x'], [kind, 'b/x']))).toEqual(['f/a', 'f/b']);
    expect(Object.keys(inF(['cmdline', 'a/x'], ['cmdline', 'b/x']))).toEqual(['']);
    // Two logs in one folder are of several boots, and one beside the folders is of all there is.
    expect(Object.keys(inF(['dmesg', 'a/x'], ['dmesg', 'a/y']))).toEqual(['']);
    expect(Object.keys(inF(['dmesg', 'x'], ['dmesg', 'a/y'], ['dmesg', 'b/y']))).toEqual(['']);
  });

  test('folders in folders are looked at each by itself', () => {
    expect(inF(['dts', 'a/x'], ['dts', 'b/c/x'], ['dts', 'b/d/x'], ['dmesg', 'b/d/log'])).toEqual({
      'f/a': ['f/a/x'],
      'f/b/c': ['f/b/c/x'],
      'f/b/d': ['f/b/d/x', 'f/b/d/log'],
    });
  });

  test('down to the sixty-fourth; what is deeper is of the folder above', () => {
    const deep = (count: number): string => Array.from({ length: count }, () => 'd/').join('');
    // `f` is the first.
    const ids = (count: number) => Object.keys(inF(['dts', `${deep(count)}a`], ['dts', `${deep(count)}b`]));
    expect(ids(62)).toHaveLength(2);
    expect(ids(63)).toHaveLength(1);
  });

  test('several folders of one machine are one', () => {
    const [a, b] = [of('dts', 'a/x', 'a'), of('dts', 'b/x', 'b')];
    expect(Object.keys(machines({ a: [a], b: [b] }))).toEqual(['a', 'b']);
    expect(machines({ a: [a], b: [of('dmesg', 'b/x', 'b')] })).toEqual({ '': ['a/x', 'b/x'] });
    expect(Object.keys(machines({ 'a/': [of('dts', 'a/x', 'a/'), of('dts', 'a/y', 'a/')] }))).toEqual([
      'a/x',
      'a/y',
    ]);
    expect(
      Object.keys(machines({ 'a.zip': [of('dts', 'a.zip!x', 'a.zip'), of('dts', 'a.zip!y/z', 'a.zip')] })),
    ).toEqual(['a.zip/x', 'a.zip/y']);
  });

  test('what is named itself is of all, unless it is a tree', () => {
    const folder = [of('dts', 'f/a', 'f'), of('dts', 'f/b', 'f')];
    expect(machines({ f: folder, log: [of('dmesg', 'log')] })).toEqual({
      'f/a': ['f/a'],
      'f/b': ['f/b'],
      '': ['log'],
    });
    expect(machines({ f: folder, 'x.dts': [of('dts', 'x.dts')] })).toEqual({
      'f/a': ['f/a'],
      'f/b': ['f/b'],
      'x.dts': ['x.dts'],
    });
    // Two trees that are named are one machine's, whatever that means.
    expect(machines({ x: [of('dts', 'x')], y: [of('dts', 'y')] })).toEqual({ '': ['x', 'y'] });
  });

  test('a mail is one place, whatever is attached', () => {
    const part = (name: string): Artifact => ({
      ...of('dts', `m!${name}`, 'm'),
      steps: [{ how: 'mail part' }],
    });
    expect(machines({ m: [part('a'), part('b')] })).toEqual({ '': ['m!a', 'm!b'] });
    const below = (name: string, how: string): Artifact => ({
      ...of('dts', `f/m!${name}`, 'f/m'),
      steps: [{ how }],
    });
    expect(
      Object.keys(machines({ f: [below('a', 'mail part'), below('b', 'mail part'), of('dts', 'f/x', 'f')] })),
    ).toEqual(['f/m', 'f/x']);
  });

  test('what is said of one machine’s files goes with it', () => {
    const said = (path: string) => finding('artifact/empty', {}, { path });
    const all = ['f/a/x', 'f/b', 'f', 'other', 'f/ab'].map(said);
    const spanned = finding(
      'artifact/empty',
      {},
      {
        path: 'f/b',
        span: { source: textSource('f/a/y', 'x'), start: 0, end: 1 },
      },
    );
    const nameless = finding('artifact/empty', {});
    const { artifacts, diagnostics } = machinesApart(
      [{ path: 'f', artifacts: [of('dts', 'f/a/x', 'f'), of('dts', 'f/b/x', 'f')] }],
      [...all, spanned, nameless],
    );
    expect(artifacts.map(({ machine }) => machine!.findings)).toEqual([[all[0], spanned], [all[1]]]);
    expect(diagnostics).toEqual([all[2], all[3], all[4], nameless]);
  });

  test('machines of an image are told apart already', () => {
    const machine: MachineOfImage = { id: 'i', name: 'i', memory: [], overlays: [], findings: [] };
    const artifacts = [{ ...of('dts', 'f/a', 'f'), machine }, of('dts', 'f/b', 'f')];
    expect(machinesApart([{ path: 'f', artifacts }], []).artifacts).toEqual(artifacts);
  });
});

describe('what is added later', () => {
  const machine = (id: string): MachineOfImage => ({ id, name: id, memory: [], overlays: [], findings: [] });
  /** Files and their machines, `-` for those of none, and the machine that the new ones are of. */
  function added(there: readonly Artifact[], id: string | undefined, ...fresh: readonly Artifact[]) {
    const { artifacts, at } = addedLater(there, id, fresh, []);
    return [artifacts.map((artifact) => `${artifact.source.name}: ${artifact.machine?.id ?? '-'}`), at];
  }
  const A = of('dts', 'a.dts');
  const B = of('dts', 'b.dts');
  const LOG = of('dmesg', 'log');

  test('is of the machine that is there where it can be', () => {
    expect(added([], undefined, A)).toEqual([['a.dts: -'], undefined]);
    expect(added([A], undefined, LOG)).toEqual([['a.dts: -', 'log: -'], undefined]);
    expect(added([LOG], undefined, A)).toEqual([['log: -', 'a.dts: -'], undefined]);
    expect(added([A], undefined, of('asl', 'b.asl'))).toEqual([['a.dts: -', 'b.asl: -'], undefined]);
  });

  test('another tree is another machine', () => {
    expect(added([A], undefined, B)).toEqual([['a.dts: a.dts', 'b.dts: b.dts'], 'b.dts']);
    expect(added([A, LOG], undefined, B)).toEqual([['a.dts: a.dts', 'log: a.dts', 'b.dts: b.dts'], 'b.dts']);
    expect(added([LOG, A], undefined, of('dmesg', 'l'), B)).toEqual([
      ['log: a.dts', 'a.dts: a.dts', 'l: b.dts', 'b.dts: b.dts'],
      'b.dts',
    ]);
  });

  test('one of the same name has a number', () => {
    const other = { ...A, source: textSource('a.dts', '/dts-v1/; / { other; };') };
    const [, at] = added([A], undefined, other);
    expect(at).toBe('a.dts (2)');
    const third = { ...A, source: textSource('a.dts', '/dts-v1/; / { third; };') };
    const before = addedLater([A], undefined, [other], []).artifacts;
    expect(added(before, 'a.dts', third)).toEqual([
      ['a.dts: a.dts', 'a.dts: a.dts (2)', 'a.dts: a.dts (3)'],
      'a.dts (3)',
    ]);
  });

  test('of several machines it is of the one that is looked at', () => {
    const there = [
      { ...A, machine: machine('one') },
      { ...B, machine: machine('two') },
    ];
    expect(added(there, 'two', LOG)).toEqual([['a.dts: one', 'b.dts: two', 'log: two'], 'two']);
    expect(added(there, 'one', of('dts', 'c.dts'))).toEqual([
      ['a.dts: one', 'b.dts: two', 'c.dts: c.dts'],
      'c.dts',
    ]);
    // What is of no machine is of that one too.
    expect(added([LOG, ...there], 'one', of('iomem', 'i'))).toEqual([
      ['log: -', 'a.dts: one', 'b.dts: two', 'i: one'],
      'one',
    ]);
    // A machine that has no tree yet.
    const tables = { ...of('asl', 'x.asl'), machine: machine('three') };
    expect(added([...there, tables], 'three', of('dts', 'c.dts'))).toEqual([
      ['a.dts: one', 'b.dts: two', 'x.asl: three', 'c.dts: three'],
      'three',
    ]);
  });

  test('a folder of several machines stays several, without a sign before their names', () => {
    const folder = [of('dts', '/x/a', '/x'), of('dts', '/y/a', '/y')];
    const [names, at] = added([LOG], undefined, ...folder);
    expect(names).toEqual(['log: -', '/x/a: x', '/y/a: y']);
    expect(at).toBe('x');
    const { artifacts } = addedLater([LOG], undefined, folder, []);
    expect(artifacts.map((artifact) => artifact.machine?.name)).toEqual([undefined, 'x', 'y']);
    // What was there is a machine by itself beside them, if it describes one.
    expect(added([A, LOG], undefined, ...folder)[0]).toEqual([
      'a.dts: a.dts',
      'log: a.dts',
      '/x/a: x',
      '/y/a: y',
    ]);
  });

  test('what was reported is passed on', () => {
    const said = [finding('artifact/empty', {}, { path: 'x' })];
    expect(addedLater([A], undefined, [LOG], said).diagnostics).toEqual(said);
  });
});
