/** The properties of the operating system or simulator that executes firmware code. */
import type { Condition } from '../../../symbolic/index.ts';

/**
 * The properties of an operating system that are visible to firmware code. Those that differ between releases or
 * configurations are conditions.
 */
export interface OperatingSystem {
  readonly name: string;
  /** Interfaces for which `_OSI` returns true, and under which condition. */
  readonly interfaces: ReadonlyMap<string, Condition>;
  /** `_OSI` exists; in Linux it does not with `acpi_osi=`. */
  readonly hasOsi: boolean;
  /** The interfaces were given by option: a command line among the inputs does not change them. */
  readonly isGiven?: boolean;
  /** `_OS`. */
  readonly os: string;
  /** `_REV`. */
  readonly revision: bigint;
  /** `Revision ()`: the revision of the interpreter; `undefined` if unknown. */
  readonly interpreterRevision: bigint | undefined;
  /** ToHexString of an integer yields `0x2A` (since ACPICA 20240322) instead of all digits of its width. */
  readonly prefixesHex: Condition;
  /** Load and LoadTable yield handles for Unload (up to ACPI 6.3 and ACPICA 20201217) instead of True. */
  readonly givesTableHandles: Condition;
}

/** An operating system or a simulator. */
export interface Profile extends OperatingSystem {
  /** Evaluates sleep states and every device's `_STA` after devices are initialized. */
  readonly testsItself: boolean;
  /** Interfaces that it removes then. */
  readonly removedAfterInit: readonly string[];
  /** SystemIO addresses are truncated to 16 bits after `_OSI` was called for a Windows interface. */
  readonly cutsIoAddresses: boolean;
  /**
   * Timeout of a While loop in ticks of 100 us of the virtual clock, for a simulation; `undefined` uses sleep time as on a
   * real machine.
   */
  readonly loopTimeout: number | undefined;
  /** A fault calls `\\_ERR`, if it exists, after which the code may continue. */
  readonly callsErrorMethod: boolean;
}

/** Interfaces that are unconditionally supported. */
export function always(names: readonly string[]): ReadonlyMap<string, Condition> {
  return new Map(names.map((name) => [name, 1n]));
}

/** Windows interfaces of ACPICA 20200925 (utosi.c, AcpiDefaultSupportedInterfaces). */
const WINDOWS = [
  'Windows 2000',
  'Windows 2001',
  'Windows 2001 SP1',
  'Windows 2001.1',
  'Windows 2001 SP2',
  'Windows 2001.1 SP1',
  'Windows 2006',
  'Windows 2006.1',
  'Windows 2006 SP1',
  'Windows 2006 SP2',
  'Windows 2009',
  'Windows 2012',
  'Windows 2013',
  'Windows 2015',
  'Windows 2016',
  'Windows 2017',
  'Windows 2017.2',
  'Windows 2018',
  'Windows 2018.2',
  'Windows 2019',
] as const;

/** ACPICA 20200925 without an operating system: the default. */
export const PLAIN_SYSTEM: OperatingSystem = {
  name: 'ACPICA 20200925',
  interfaces: always([...WINDOWS, 'Extended Address Space Descriptor']),
  hasOsi: true,
  os: 'Microsoft Windows NT',
  revision: 2n,
  interpreterRevision: 0x20200925n,
  prefixesHex: 0n,
  givesTableHandles: 1n,
};

/** The profile of an operating system on a real machine. */
export function profileOf(system: OperatingSystem): Profile {
  return {
    ...system,
    testsItself: false,
    removedAfterInit: [],
    cutsIoAddresses: false,
    loopTimeout: undefined,
    callsErrorMethod: false,
  };
}

/**
 * ACPICA's acpiexec 20200925, for comparison: its self-tests remove an interface after initialization, and it adds one
 * (aehandlers.c).
 */
export const acpiexecProfile: Profile = {
  ...PLAIN_SYSTEM,
  name: 'acpiexec',
  interfaces: always([...WINDOWS, 'Extended Address Space Descriptor', 'AnotherTestString']),
  testsItself: true,
  removedAfterInit: ['Windows 2006'],
  cutsIoAddresses: true,
  loopTimeout: 100_000,
  callsErrorMethod: true,
};
