import { describe, expect, test } from 'vitest';
import { run } from '../fake-io.ts';

const TREE = `/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	aliases { console = "/soc@0/bus/serial@10"; };
	soc@0 {
		#address-cells = <1>;
		#size-cells = <1>;
		ranges = <0x0 0x1 0x0 0x10000>;
		bus {
			ranges;
			uart: serial@10 { reg = <0x10 0x8>; };
			idle { };
		};
	};
};
`;

describe('explain --node', () => {
  test.each(['/soc@0/bus/serial@10', '/soc/bus/serial', 'uart', 'console'])(
    '%s: one line a bus, one a step',
    async (node) => {
      const { status, stdout } = await run(['explain', '-', '--node', node], { stdin: TREE });
      expect(status).toBe(0);
      const lines = stdout.replace(/\n {4}/g, ' ').split('\n');
      expect(lines).toEqual(
        expect.arrayContaining([
          '  * /soc@0/bus: bus, empty ranges: passes 1:1; #address-cells = 1 of /soc@0, an ancestor, as Linux looks for it; #size-cells = 1 of /soc@0, an ancestor, as Linux looks for it',
          '  * /soc@0: bus, ranges with 1 entry; #address-cells = 1; #size-cells = 1',
          '  * /: bus, the CPU sees its addresses; #address-cells = 2; #size-cells = 2',
          // 0x10 - 0x0 + 0x1_0000_0000
          '  * CPU address: 0x100000010',
        ]),
      );
    },
  );

  test('of a node without addresses gives its buses', async () => {
    const { status, stdout } = await run(['explain', '-', '--node', '/soc@0/bus/idle', '--format', 'json'], {
      stdin: TREE,
    });
    expect(status).toBe(0);
    const { nodes, deviceTree } = JSON.parse(stdout);
    expect(nodes[0].buses.map((bus: { node: string; ranges: unknown }) => [bus.node, bus.ranges])).toEqual([
      ['/soc@0/bus', 'empty'],
      ['/soc@0', 1],
      ['/', 'root'],
    ]);
    expect(deviceTree).toEqual([]);
  });

  test('of a node that is not there is an error with the nearest name', async () => {
    const { status, stderr } = await run(['explain', '-', '--node', '/soc@0/bus/serial@11'], { stdin: TREE });
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean /soc@0/bus/serial@10?');
  });

  test('shows what of memory the node sees, and PCI addresses with their kind', async () => {
    // 0x40000000 - 0x20000000 + 0x80000000, through the empty dma-ranges of the bus between.
    const tree = `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
      soc { #address-cells = <1>; #size-cells = <1>; ranges; dma-ranges = <0x20000000 0x80000000 0x10000000>;
        bus { #address-cells = <1>; #size-cells = <1>; ranges; dma-ranges; dev@0 { reg = <0 1>; }; };
        pcie@1000 { device_type = "pci"; reg = <0x1000 1>; #address-cells = <3>; #size-cells = <2>;
          dma-ranges = <0x43000000 8 0  0x20000000  0 0x1000>;
          ranges = <0x02000000 0 0x100000  0x5000  0 0x1000>; leaf@0 { reg = <0x02000000 0 0x100010 0 1>; }; };
      }; };`;
    const explained = async (node: string): Promise<string> =>
      (await run(['explain', '-', '--node', node], { stdin: tree })).stdout.replace(/\n {4}/g, ' ');
    expect(await explained('/soc/bus/dev@0')).toContain(
      'By the dma-ranges of /soc it can access\n\n  * [mem 0x80000000-0x8fffffff] at 0x20000000, 256 MiB\n',
    );
    const leaf = await explained('/soc/pcie@1000/leaf@0');
    expect(leaf).toContain('  * [mem 0x80000000-0x80000fff] at mem64 0x800000000, 4 KiB\n');
    expect(leaf).toContain('address: <0x2000000 0x0 0x100010> -> mem32 0x100010 (');
    expect(leaf).toContain(
      'ranges[0] (child mem32 0x100000, parent 0x5000, size 0x1000), mem32 0x100010 -> 0x5010\n',
    );
    expect(await explained('/soc')).toContain('DMA addresses are CPU addresses');
    const { stdout } = await run(['explain', '-', '--node', '/soc/bus/dev@0', '--format', 'json'], {
      stdin: tree,
    });
    expect(JSON.parse(stdout).nodes[0].dma).toEqual({
      bus: '/soc',
      windows: [{ base: '0x20000000', size: '0x10000000', cpu: '0x80000000' }],
    });
  });
});
