/** `fwmap simulate --format json`. */
import type { Hazard } from '../../verdict/sysfb/verdict.ts';
import type { AssumptionJson } from './answered.ts';
import type { DiagnosticJson, Hex, InputJson, Integer } from './parts.ts';

export type SimulateJson = {
  readonly schema: 'fwmap/simulate@1';
  readonly inputs: readonly InputJson[];
  readonly scenario: string;
  readonly machines: readonly SimulatedMachineJson[];
  /** Devices that were not simulated, since only the running machine knows something about them. */
  readonly open: readonly OpenJson[];
  readonly assumptions: readonly AssumptionJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type OpenJson = {
  readonly path: string;
  readonly why: string;
  /** Firmware fields whose values are needed. */
  readonly fields: readonly string[];
};

export type SimulatedMachineJson = {
  readonly path: string;
  readonly boot: 'efi' | 'bios' | 'dt';
  readonly kernel: { readonly release: string; readonly sysfb: 'y' | 'n' | 'unknown' };
  readonly framebuffer: {
    readonly base: Hex | null;
    readonly size: Hex | null;
    readonly from: string;
  } | null;
  /** What the driver's probe returns: 0 or a negative errno. */
  readonly probe: Integer;
  readonly pool: readonly { readonly base: Hex; readonly size: Hex | null; readonly last: Hex }[];
  readonly runs: readonly RunJson[];
  readonly checks: readonly CheckJson[];
};

export type RunJson = {
  /** Whether the run is with CONFIG_SYSFB. */
  readonly sysfb: boolean;
  readonly reservation: ReservationJson;
  readonly log: readonly { readonly level: 'info' | 'warn' | 'err'; readonly text: string }[];
  readonly steps: readonly SimulatedStepJson[];
  readonly hazard: Hazard;
  readonly summary: string;
};

export type ReservationJson = {
  readonly called: boolean;
  readonly why?: string;
  readonly base: Hex | null;
  readonly last: Hex | null;
  readonly tries: readonly { readonly base: Hex; readonly size: Hex; readonly ok: boolean }[];
};

export type SimulatedStepJson = {
  readonly device: string;
  readonly driver: string;
  readonly what: string;
  readonly request?: RequestJson;
  readonly result?: 'placed' | 'failed' | 'endless';
  readonly base?: Hex | null;
  readonly last?: Hex | null;
  readonly fromReservation?: boolean;
  readonly errno?: Integer;
  /** The range overlaps the framebuffer, which its driver does not own; null when its place is not known. */
  readonly onFramebuffer: boolean | null;
  readonly consequence?: string;
};

export type RequestJson = {
  readonly min: Hex;
  readonly max: Hex;
  readonly size: Hex;
  readonly align: Hex;
  readonly framebufferOverlapOk: boolean;
};

/** A comparison of the model with a log of the machine. */
export type CheckJson = {
  readonly what: string;
  readonly agrees: boolean;
  readonly kernel: string;
  readonly model: string;
};
