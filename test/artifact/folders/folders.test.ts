/** What folders hold, as a whole or piece by piece, what machines are apart in them, and gaps. */
import { describe, expect, test } from 'vitest';
import type { Artifact, MachineOfImage } from '../../../src/artifact/artifact.ts';
import { inputsOfCapture } from '../../../src/artifact/folders/capture.ts';
import { byPath, readFolder } from '../../../src/artifact/folders/directory.ts';
import type { Listed } from '../../../src/artifact/folders/listed.ts';
import { machinesApart } from '../../../src/artifact/folders/machines-apart.ts';
import { openNoting } from '../../../src/artifact/folders/unused.ts';
import { gapsOf } from '../../../src/artifact/gap.ts';
import type { ArtifactKind } from '../../../src/artifact/kinds.ts';
import { type Diagnostic, DiagnosticList, type DiagnosticSink } from '../../../src/bytes/diagnostic.ts';
import { textSource } from '../../../src/bytes/source.ts';
import { finding } from '../../../src/findings/finding.ts';
import { withLimits } from '../../../src/limits/limits.ts';
import { table } from '../../containers/make/boot.ts';

const file = (path: string, content: string | Uint8Array = ''): Listed => ({
  path,
  type: 'file',
  read: () => ({ bytes: new Uint8Array(Buffer.from(content as string, 'latin1')) }),
  list: () => [],
});
const folder = (path: string, ...inside: Listed[]): Listed => ({
  path,
  type: 'directory',
  read: () => ({ directory: true }),
  list: (below) => inside.map((each) => ({ ...each, path: `${below}/${each.path}` })),
});
const unreadable = (path: string): Listed => ({
  ...file(path),
  read: () => ({ failure: 'Input/output error' }),
});

describe('a folder', () => {
  const read = (top: readonly Listed[], as?: ArtifactKind) => {
    const sink = new DiagnosticList();
    const found = readFolder(top, 'f/', as, sink);
    const said = sink.all.map(({ code, path }) => [code, path]);
    return 'kind' in found
      ? {
          kind: found.kind,
          entries: found.entries.map(({ path, type, source }) => [path, type, source?.name]),
          said,
        }
      : { inside: found.inside.map(({ path }) => path), said };
  };
  const DSDT = table('DSDT');

  test.each(['#address-cells', '#size-cells', 'compatible', 'model'])('with %s is a device tree', (name) => {
    expect(read([file(name), folder('bus', file('ranges'))])).toEqual({
      kind: 'dt-dir',
      entries: [
        [name, 'file', `f/${name}`],
        ['bus', 'directory', undefined],
        ['bus/ranges', 'file', 'f/bus/ranges'],
      ].sort(([a], [b]) => (a! < b! ? -1 : 1)),
      said: [],
    });
    // A folder of that name is none, and another kind may be said.
    expect(read([folder(name)])).toHaveProperty('inside');
    expect(read([file(name)], 'acpi-dir')).toMatchObject({ kind: 'acpi-dir' });
  });

  test('is what somebody says', () => {
    expect(read([file('x')], 'dt-dir')).toMatchObject({ kind: 'dt-dir', entries: [['x', 'file', 'f/x']] });
    expect(read([file('DSDT', DSDT)], 'dts')).toEqual({ inside: ['DSDT'], said: [] });
  });

  test('of tables has those of folders below, and says what it does not know', () => {
    expect(
      read([
        file('DSDT', DSDT),
        file('README', 'words\n'),
        file('odd', '\0\x01\x02\x03'),
        folder('dynamic', file('SSDT1', table('SSDT')), file('odd', '\0\x01\x02\x03')),
        folder('data', file('BERT', '\0\x01\x02\x03')),
      ]),
    ).toEqual({
      kind: 'acpi-dir',
      entries: [
        ['DSDT', 'file', 'f/DSDT'],
        ['dynamic/SSDT1', 'file', 'f/dynamic/SSDT1'],
      ],
      said: [
        ['artifact/member-unknown-kind', 'f/odd'],
        ['artifact/member-unknown-kind', 'f/dynamic/odd'],
      ],
    });
    // With a log in it, or without a table at its top, it is another folder.
    expect(
      read([file('DSDT', DSDT), file('dmesg', '[    0.0] Linux version 6.1\n[    0.1] x\n')]),
    ).toHaveProperty('inside');
    expect(read([folder('tables', file('DSDT', DSDT))])).toEqual({ inside: ['tables'], said: [] });
  });

  test('what cannot be read is reported', () => {
    expect(read([file('model'), unreadable('x')])).toMatchObject({
      entries: [['model', 'file', 'f/model']],
      said: [['artifact/member-unreadable', 'x']],
    });
  });

  test('no more entries, bytes or levels than the limits', () => {
    const top = [file('model', 'aaaa'), folder('a', folder('b', file('c'))), file('z')];
    withLimits({ 'folder-entries': 5 }, () => expect(read(top).said).toEqual([]));
    withLimits({ 'folder-entries': 4 }, () =>
      expect(read(top).said).toEqual([['artifact/folder-too-large', 'f/']]),
    );
    withLimits({ 'input-bytes': 4 }, () => expect(read(top).said).toEqual([]));
    withLimits({ 'input-bytes': 3 }, () =>
      expect(read(top).said).toEqual([['artifact/folder-too-large', 'f/']]),
    );
    withLimits({ 'folder-depth': 3 }, () => expect(read(top).said).toEqual([]));
    withLimits({ 'folder-depth': 2 }, () =>
      expect(read(top)).toMatchObject({ said: [['artifact/folder-too-deep', 'a/b']] }),
    );
  });

  test('of a capture: what could not be read is reported, listings for people are none', () => {
    const inputs = (report: string, name = 'capture.txt') => {
      const sink = new DiagnosticList();
      const kept = inputsOfCapture([file(name, report), folder('other'), file('dmesg')], 'f', sink);
      return [kept.map(({ path }) => path), sink.all.map(({ code, args }) => [code, args])];
    };
    expect(inputs('fwmap capture 1\nread: a\nnot read: /proc/iomem: no\nnot read: b\n')).toEqual([
      ['dmesg'],
      [
        ['artifact/capture-not-read', { what: '/proc/iomem: no' }],
        ['artifact/capture-not-read', { what: 'b' }],
      ],
    ]);
    expect(inputs('fwmap capture 2\nnot read: b\n')).toEqual([['capture.txt', 'other', 'dmesg'], []]);
    expect(inputs('fwmap capture 1\n', 'report.txt')[0]).toEqual(['report.txt', 'other', 'dmesg']);
    const sink = new DiagnosticList();
    expect(inputsOfCapture([unreadable('capture.txt'), file('a')], 'f', sink)).toHaveLength(2);
  });

  test('names are in the order of their characters', () => {
    expect(
      ['b', 'a', 'B', 'a/b', 'a']
        .map((path) => ({ path }))
        .sort(byPath)
        .map(({ path }) => path),
    ).toEqual(['B', 'a', 'a', 'a/b', 'b']);
  });
});

test('what is no input is a note beside others, and an error where it is all there is', async () => {
  const codes = async (artifacts: readonly string[], path: string) => {
    const sink = new DiagnosticList();
    const each = [
      finding('artifact/unknown-text', {}, { path }),
      finding('artifact/unreadable', { what: 'x', why: 'y' }, { path }),
    ];
    const open = async (to: DiagnosticSink): Promise<string[]> => {
      for (const one of each) to.add(one);
      return [...artifacts];
    };
    await openNoting('named', open, sink);
    return sink.all.map(({ severity }) => severity);
  };
  expect(await codes(['a'], 'other')).toEqual(['note', 'error']);
  expect(await codes([], 'other')).toEqual(['error', 'error']);
  expect(await codes(['a'], 'named')).toEqual(['error', 'error']);
});

test('gaps have the place, the hint and the scope of what is said', () => {
  const source = textSource('a', 'x');
  const span = { source, start: 0, end: 1 };
  const [gap] = gapsOf([finding('artifact/unreadable', { what: 'x', why: 'y' }, { path: 'x' })]);
  expect(gap).toMatchObject({ code: 'artifact/unreadable', place: { path: 'x' } });
  expect(gap!.hides.has('window')).toBe(true);
  expect(gap).not.toHaveProperty('scope');
  expect(gap!.place).not.toHaveProperty('span');
  const strange = {
    severity: 'warning',
    code: 'nobody/knows',
    args: {},
    span,
    related: [],
  } as unknown as Diagnostic;
  const [other] = gapsOf([strange]);
  expect([other!.place, [...other!.hides].length > 2]).toEqual([{ span, related: [] }, true]);
  expect(gapsOf([finding('artifact/empty-folder', {}, {})]).every(({ hides }) => hides.size > 0)).toBe(true);
  expect(
    gapsOf([
      finding('artifact/capture-not-read', { what: 'x' }, { path: 'p' }),
      finding('artifact/part-not-used', { part: 'x' }, {}),
    ]),
  ).toHaveLength(1);
});

describe('machines in folders', () => {
  let number = 0;
  const artifact = (
    name: string,
    kind: ArtifactKind,
    text?: string,
    more: Partial<Artifact> = {},
  ): Artifact => {
    number += 1;
    return {
      kind,
      source: textSource(name, text ?? `content ${number}`),
      path: name.split('!')[0]!,
      sha256: `${number}`,
      steps: [],
      ...more,
    };
  };
  const tree = (name: string, text = `/dts-v1/; / { model = "${name}"; };`): Artifact =>
    artifact(name, 'dts', text);
  const log = (name: string): Artifact => artifact(name, 'dmesg');
  const apart = (path: string, artifacts: readonly Artifact[], diagnostics: readonly Diagnostic[] = []) => {
    const found = machinesApart([{ path, artifacts }], diagnostics);
    const machines = new Map<string, string[]>();
    for (const { machine, source } of found.artifacts)
      machines.set(machine?.name ?? '', [
        ...(machines.get(machine?.name ?? '') ?? []),
        source.name.slice(path.length + 1),
      ]);
    return Object.fromEntries(machines);
  };

  test.each<[string, Artifact[], Record<string, string[]>]>([
    [
      'two trees in two folders',
      [tree('f/a/x.dts'), tree('f/b/x.dts')],
      { 'f/a': ['a/x.dts'], 'f/b': ['b/x.dts'] },
    ],
    [
      'two trees side by side',
      [tree('f/a.dts'), tree('f/b.dts')],
      { 'f/a.dts': ['a.dts'], 'f/b.dts': ['b.dts'] },
    ],
    [
      'one tree twice is one machine',
      [tree('f/a.dts', '/dts-v1/; / { };'), tree('f/b.dts', '/dts-v1/; / { };')],
      { '': ['a.dts', 'b.dts'] },
    ],
    [
      'a tree and an overlay',
      [tree('f/a.dts'), tree('f/b.dts', '/dts-v1/; /plugin/; &a { };')],
      { '': ['a.dts', 'b.dts'] },
    ],
    ['a tree and a part of one', [tree('f/a.dts'), tree('f/b.dtsi', '&a { };')], { '': ['a.dts', 'b.dtsi'] }],
    [
      'two DSDTs',
      [artifact('f/a/DSDT', 'acpi-table', 'DSDT1'), artifact('f/b/DSDT', 'acpi-table', 'DSDT2')],
      { 'f/a': ['a/DSDT'], 'f/b': ['b/DSDT'] },
    ],
    [
      'a DSDT and an SSDT',
      [artifact('f/a/DSDT', 'acpi-table', 'DSDT1'), artifact('f/b/SSDT', 'acpi-table', 'SSDT2')],
      { '': ['a/DSDT', 'b/SSDT'] },
    ],
    [
      'two dumps',
      [artifact('f/a', 'acpidump', 'DSDT @ 0x1\n'), artifact('f/b', 'acpidump', 'DSDT @ 0x2\n')],
      { 'f/a': ['a'], 'f/b': ['b'] },
    ],
    [
      'two DSDTs as ASL',
      ['1', '2'].map((at) => artifact(`f/${at}.asl`, 'asl', `DefinitionBlock ("", "DSDT", ${at}`)),
      { 'f/1.asl': ['1.asl'], 'f/2.asl': ['2.asl'] },
    ],
    ['logs in two folders', [log('f/a/dmesg'), log('f/b/dmesg')], { 'f/a': ['a/dmesg'], 'f/b': ['b/dmesg'] }],
    ['a log beside a folder with one', [log('f/dmesg'), log('f/b/dmesg')], { '': ['dmesg', 'b/dmesg'] }],
    [
      'a log and another listing',
      [log('f/a/dmesg'), artifact('f/b/iomem', 'iomem')],
      { '': ['a/dmesg', 'b/iomem'] },
    ],
    [
      'what is named as a tree is belongs to it, the longest name first',
      [tree('f/a.dts'), tree('f/a-1.dts'), log('f/a-1.log'), log('f/a.log'), log('f/a_x')],
      { 'f/a.dts': ['a.dts', 'a.log', 'a_x'], 'f/a-1.dts': ['a-1.dts', 'a-1.log'] },
    ],
    [
      'kernels and configurations are of all, other files are a machine of their own',
      [tree('f/a.dts'), tree('f/b.dts'), artifact('f/config', 'kconfig'), log('f/ab')],
      { 'f/a.dts': ['a.dts', 'config'], 'f/b.dts': ['b.dts', 'config'], f: ['ab', 'config'] },
    ],
    [
      'folders of nothing but that are of all',
      [
        tree('f/a/x.dts'),
        tree('f/b/x.dts'),
        artifact('f/k/config', 'kconfig'),
        artifact('f/k/image', 'image'),
      ],
      { 'f/a': ['a/x.dts', 'k/config', 'k/image'], 'f/b': ['b/x.dts', 'k/config', 'k/image'] },
    ],
    ['in an archive', [tree('f!a/x.dts'), tree('f!b/x.dts')], { 'f/a': ['a/x.dts'], 'f/b': ['b/x.dts'] }],
    [
      'a mail is one place',
      [tree('f/m!a.dts'), tree('f/m!b.dts')].map((each) => ({
        ...each,
        path: 'f/m',
        steps: [{ how: 'mail part' }],
      })),
      { '': ['m!a.dts', 'm!b.dts'] },
    ],
  ])('%s', (_title, artifacts, machines) => {
    expect(apart('f', artifacts)).toEqual(machines);
  });

  test('what is said is of the machine whose place it names', () => {
    const at = (path: string) => finding('artifact/empty', {}, { path });
    const artifacts = [tree('f/a/x.dts'), tree('f/b/x.dts')];
    const found = machinesApart(
      [{ path: 'f', artifacts }],
      [at('f/a/y'), at('f/b'), at('f'), at('g/a'), at('f/ab')],
    );
    expect(found.artifacts.map(({ machine }) => machine!.findings.map(({ path }) => path))).toEqual([
      ['f/a/y'],
      ['f/b'],
    ]);
    expect(found.diagnostics.map(({ path }) => path)).toEqual(['f', 'g/a', 'f/ab']);
  });

  test('what is named itself is of one machine, or of all; a tree is another one', () => {
    const one = { path: 'f', artifacts: [tree('f/a.dts'), tree('f/b.dts')] };
    const named = (name: string, kind: ArtifactKind, text?: string) => ({
      path: name,
      artifacts: [artifact(name, kind, text)],
    });
    const of = (...opened: Parameters<typeof machinesApart>[0]) =>
      machinesApart(opened, []).artifacts.map(({ machine, source }) => [machine?.name, source.name]);
    expect(
      of(named('a.dts', 'dts', '/dts-v1/; / { a; };'), named('b.dts', 'dts', '/dts-v1/; / { b; };')),
    ).toEqual([
      [undefined, 'a.dts'],
      [undefined, 'b.dts'],
    ]);
    expect(of(one, named('config', 'kconfig'))).toEqual([
      ['f/a.dts', 'f/a.dts'],
      ['f/b.dts', 'f/b.dts'],
      [undefined, 'config'],
    ]);
    expect(of(one, named('c.dts', 'dts', '/dts-v1/; / { c; };')).at(-1)).toEqual(['c.dts', 'c.dts']);
    // Two folders of one machine together.
    expect(
      of({ path: 'f', artifacts: [tree('f/a.dts')] }, { path: 'g', artifacts: [log('g/dmesg')] }).every(
        ([name]) => name === undefined,
      ),
    ).toBe(true);
    // Machines of an image stay what they are.
    const machine = { id: '1', name: 'conf' } as MachineOfImage;
    expect(of({ path: 'f', artifacts: [tree('f/a.dts'), { ...tree('f/b.dts'), machine }] })).toEqual([
      [undefined, 'f/a.dts'],
      ['conf', 'f/b.dts'],
    ]);
  });
});
