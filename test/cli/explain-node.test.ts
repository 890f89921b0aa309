import { describe, expect, test } from 'vitest';
import { run } from './fake-io.ts';

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
});
