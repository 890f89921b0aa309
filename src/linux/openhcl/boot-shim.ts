/**
 * The MMIO ranges that OpenHCL's boot shim assigns to VTL2, and the tree that it passes to the kernel (microsoft/openvmm
 * 1488a37b7, openhcl/openhcl_boot/src: host_params/dt/mod.rs, topology_from_host_dt; host_params/mmio.rs; dt.rs).
 */
import { hex } from '../../bytes/address.ts';
import type { DtNode } from '../../devicetree/tree.ts';
import type { Interval } from '../../window/interval.ts';
import { type HostTree, readHostTree, ShimError } from './host-tree.ts';

const HIGH_START = 1n << 32n;
/** Bounds of the default size: half of the high gap (calculate_default_mmio_size). */
const LEAST_DEFAULT = 128n << 20n;
const MOST_DEFAULT = 1n << 30n;

export interface Vtl2Choice {
  readonly ranges: readonly Interval[];
  /** `given`: the host's ranges for VTL2; `carved`: the end of VTL0's high range. */
  readonly how: 'given' | 'carved';
  readonly connection: number;
}

function length({ start, end }: Interval): bigint {
  return end - start;
}

function total(ranges: readonly Interval[]): bigint {
  return ranges.reduce((sum, each) => sum + length(each), 0n);
}

/** The end of VTL0's second range, which must start at or above 4 GiB and be large enough. */
function carve(host: HostTree): Interval {
  const ranges = host.vtl0?.ranges;
  if (ranges === undefined) throw new ShimError('there is no VMBus of VTL 0');
  const high = ranges[1];
  if (high === undefined) throw new ShimError('VTL 0 has no second range to take from');
  const half = length(high) / 2n;
  const usual = half < LEAST_DEFAULT ? LEAST_DEFAULT : half > MOST_DEFAULT ? MOST_DEFAULT : half;
  const asked = host.mmioSize ?? 0n;
  const size = asked > usual ? asked : usual;
  if (high.start < HIGH_START) throw new ShimError('VTL 0 has no range above 4 GiB to take from');
  if (length(high) < size)
    throw new ShimError(`VTL 0's range above 4 GiB is smaller than the ${hex(size)} bytes that VTL 2 takes`);
  if (length(high) === size) throw new ShimError("nothing would be left of VTL 0's range above 4 GiB");
  return { start: high.end - size, end: high.end };
}

/**
 * The ranges of VTL2.
 * @param isolated whether the guest's memory is isolated from the host (VBS, SNP, TDX)
 * Throws {@link ShimError} if the shim would not boot.
 */
export function chooseVtl2Ranges(root: DtNode, isolated: boolean): Vtl2Choice {
  const host = readHostTree(root);
  if (host.vtl2 === undefined) throw new ShimError('there is no VMBus of VTL 2');
  if (host.vtl0 === undefined) throw new ShimError('there is no VMBus of VTL 0');
  const { ranges, connection } = host.vtl2;
  if (!isolated && host.mode === 'host') return { ranges, how: 'given', connection };
  const given = total(ranges);
  if (given === 0n) return { ranges: [carve(host)], how: 'carved', connection };
  if (given < (host.mmioSize ?? 0n))
    throw new ShimError(`VTL 2's ranges are smaller than mmio-size, ${hex(host.mmioSize ?? 0n)}`);
  return { ranges, how: 'given', connection };
}

/** Source of the tree for the kernel in VTL2, as far as it matters for VMBus. */
export function vtl2TreeSource({ ranges, connection }: Vtl2Choice): string {
  const cells = (value: bigint): string => `${hex(value >> 32n)} ${hex(value & 0xffff_ffffn)}`;
  const triples = ranges.map((each) => `<${cells(each.start)} ${cells(each.start)} ${cells(length(each))}>`);
  return `/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	compatible = "microsoft,openvmm";
	hypervisor { compatible = "microsoft,hyperv"; };
	bus {
		compatible = "simple-bus";
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		vmbus {
			#address-cells = <2>;
			#size-cells = <2>;
			dma-coherent;
			compatible = "microsoft,vmbus";
			microsoft,vtl = <2>;
			microsoft,message-connection-id = <${connection}>;
			ranges${triples.length === 0 ? '' : ` = ${triples.join(', ')}`};
		};
	};
	openhcl { };
};
`;
}
