/**
 * `npm run conformance -- bridges DIRECTORY...`: PCI host bridges as `fwmap bridges` predicts them, against what that Linux
 * printed. Each DIRECTORY is a capture with `dmesg.txt` and `tables/` or a device tree, or holds captures. The prediction
 * knows the description, the release and the memory map; the log's lines about bridges are removed before.
 *
 * Compared in both directions: each `root bus resource` line, in order; each line about windows that are clipped,
 * united, ignored or in conflict, about `ranges`, and each warning of them. Then the log is given too, and has to agree.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openInput } from '../../../src/artifact/open.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import type { MachineFacts } from '../../../src/evidence/facts.ts';
import { LINUX_HOST_BRIDGES } from '../../../src/linux/host-bridge/descriptors.ts';
import { gather } from '../../../src/verdict/answer.ts';
import { judgeBridges } from '../../../src/verdict/host-bridge/bridges.ts';
import type { BridgesVerdict, JudgedBridge } from '../../../src/verdict/host-bridge/result.ts';

/** Messages about windows that Linux changes or warns of, and about `ranges`, without the device in front. */
const MESSAGES =
  /(?:host bridge window .*|ignoring host bridge window .*|host bridge \/\S* ranges:| {2,}(?:IO|MEM|err) 0x\S+ -> 0x\S+|Memory resource size exceeds max for 32 bits|non-prefetchable memory resource required|More than one I\/O resource converted .*| {2}No bus range found .*)$/;

const DEVICE = /^\[[ 0-9.]+\] (?:acpi|pci_root|[\w-]*pci[\w-]*) (\S+): (.*)$/;

/** What the log has of one root bus, or of one device before it has a bus. */
interface Logged {
  readonly buses: ReadonlyMap<string, readonly string[]>;
  readonly messages: readonly string[];
}

function loggedIn(text: string): Logged {
  const buses = new Map<string, string[]>();
  const messages: string[] = [];
  for (const line of text.split('\n')) {
    const root = /\] pci_bus ([0-9a-f:]+): (root bus resource .*)$/.exec(line);
    if (root !== null) {
      const list = buses.get(root[1]!);
      if (list === undefined) buses.set(root[1]!, [root[2]!]);
      else list.push(root[2]!);
      continue;
    }
    const device = DEVICE.exec(line);
    const message = device === null ? undefined : MESSAGES.exec(device[2]!);
    if (message != null) messages.push(message[0]);
  }
  return { buses, messages };
}

/** The lines that the verdict expects, of buses and of devices. */
function predicted({ bridges }: BridgesVerdict): Logged {
  const buses = new Map<string, readonly string[]>();
  const messages: string[] = [];
  for (const bridge of bridges) {
    buses.set(
      busName(bridge),
      bridge.prints.filter((line) => line.startsWith('root bus resource')),
    );
    messages.push(...bridge.prints.filter((line) => !line.startsWith('root bus resource')));
    for (const { line, when } of [...bridge.changed, ...bridge.notes])
      if (line !== undefined && when === 1n && !messages.includes(line)) messages.push(line);
  }
  return { buses, messages };
}

function busName({ bus: { domain, first } }: JudgedBridge): string {
  return `${(domain ?? 0).toString(16).padStart(4, '0')}:${(first ?? 0).toString(16).padStart(2, '0')}`;
}

function captures(arguments_: readonly string[]): string[] {
  return arguments_.flatMap((path) =>
    existsSync(join(path, 'dmesg.txt'))
      ? [path]
      : readdirSync(path)
          .sort()
          .map((name) => join(path, name))
          .filter((inner) => statSync(inner).isDirectory() && existsSync(join(inner, 'dmesg.txt'))),
  );
}

/** ACPI where the kernel evaluated tables, else the tree that it was given. */
function descriptionOf(capture: string): string | undefined {
  return ['tables', 'fdt.dtb.gz', 'qemu.dtb.gz']
    .map((name) => join(capture, name))
    .find((path) => existsSync(path));
}

async function judge(
  paths: readonly string[],
  hide: (facts: MachineFacts) => MachineFacts,
): Promise<BridgesVerdict> {
  const sink = new DiagnosticList();
  const artifacts = (await Promise.all(paths.map((path) => openInput(path, {}, sink)))).flat();
  const { machine, facts } = await gather(
    artifacts,
    { describe: { hostBridges: LINUX_HOST_BRIDGES, assume: 'zero' } },
    sink,
  );
  return judgeBridges(machine, {}, {}, hide(facts), sink);
}

const withoutBridges = (facts: MachineFacts): MachineFacts => ({
  ...facts,
  pciWindows: [],
  bridgeChanges: [],
  pciHosts: [],
  logs: [],
});

export async function run(arguments_: string[]): Promise<number> {
  if (arguments_.length === 0) {
    console.error('usage: npm run conformance -- bridges DIRECTORY...');
    return 2;
  }
  let passed = 0;
  let failed = 0;
  const check = (what: string, ours: string, theirs: string): void => {
    if (ours === theirs) passed += 1;
    else {
      failed += 1;
      console.log(`${what}: ours ${ours || 'none'}, Linux ${theirs || 'none'}`);
    }
  };
  for (const capture of captures(arguments_)) {
    const description = descriptionOf(capture);
    if (description === undefined) continue;
    const log = join(capture, 'dmesg.txt');
    const linux = loggedIn(readFileSync(log, 'utf8'));
    const verdict = await judge([description, log], withoutBridges);
    // A device tree bridge without this line has no driver in that kernel, which the description doesn't show.
    const isProbed = ({ by, device }: JudgedBridge): boolean =>
      by !== 'device-tree' || linux.messages.includes(`host bridge ${device} ranges:`);
    for (const { device } of verdict.bridges.filter((bridge) => !isProbed(bridge)))
      console.log(`${capture} ${device}: that kernel did not probe it`);
    const ours = predicted({ ...verdict, bridges: verdict.bridges.filter(isProbed) });
    for (const bus of new Set([...linux.buses.keys(), ...ours.buses.keys()])) {
      const [mine, theirs] = [ours.buses.get(bus) ?? [], linux.buses.get(bus) ?? []];
      for (let at = 0; at < Math.max(mine.length, theirs.length); at += 1)
        check(`${capture} ${bus}`, mine[at] ?? '', theirs[at] ?? '');
    }
    for (const message of new Set([...linux.messages, ...ours.messages]))
      check(
        `${capture} "${message}"`,
        ours.messages.includes(message) ? 'has it' : '',
        linux.messages.includes(message) ? 'has it' : '',
      );
    const { bridges } = await judge(
      [description, log, join(capture, 'iomem.txt')].filter((path) => existsSync(path)),
      (facts) => facts,
    );
    for (const bridge of bridges) {
      const { device, observed, windows } = bridge;
      if (isProbed(bridge))
        check(
          `${capture} ${device} with its log`,
          observed?.contradictions.join('; ') ?? 'not in the log',
          '',
        );
      else check(`${capture} ${device} with its log`, windows.length === 0 ? '' : 'windows', '');
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
