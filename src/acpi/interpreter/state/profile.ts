/** What runs firmware code: what it says of itself, and in what its interpreter differs from others. */
import type { Condition } from '../../../symbolic/index.ts';

/**
 * An operating system, as far as firmware code can tell. Answers that differ between releases have conditions, on the
 * release or whatever else decides.
 */
export interface OperatingSystem {
  readonly name: string;
  /** Strings that `_OSI` says yes to, and when. */
  readonly interfaces: ReadonlyMap<string, Condition>;
  /** Is there an `_OSI`? Linux has none with `acpi_osi=`. */
  readonly hasOsi: boolean;
  /** `_OS`. */
  readonly os: string;
  /** `_REV`. */
  readonly revision: bigint;
  /** `Revision ()`: the interpreter's own; undefined when it isn't known. */
  readonly interpreterRevision: bigint | undefined;
  /** ToHexString of an integer gives `0x2A`, as since ACPICA 20240322, not all digits of its width. */
  readonly prefixesHex: Condition;
  /** Load and LoadTable give handles for Unload, as up to ACPI 6.3 and ACPICA 20201217, instead of True. */
  readonly givesTableHandles: Condition;
}

/** An operating system or a simulator. */
export interface Profile extends OperatingSystem {
  /** Asks for sleep states and for every device's `_STA` once devices are initialised. */
  readonly testsItself: boolean;
  /** Interfaces it takes back when it does. */
  readonly removedAfterInit: readonly string[];
  /** SystemIO addresses are cut to 16 bits once a Windows interface was asked for. */
  readonly cutsIoAddresses: boolean;
  /**
   * Looks at the clock, 100 us each, after which a While fails, in a simulation that has its own time. Undefined: as on a
   * machine, by the time that passes.
   */
  readonly loopTimeout: number | undefined;
  /** A fault calls the tables' own `\\_ERR`, if there is one, which may let the code go on. */
  readonly callsErrorMethod: boolean;
}

/** Strings that are said yes to, whatever else is so. */
export function always(names: readonly string[]): ReadonlyMap<string, Condition> {
  return new Map(names.map((name) => [name, 1n]));
}

/** Windows releases that ACPICA of September 2020 says yes to (utosi.c, AcpiDefaultSupportedInterfaces). */
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

/** ACPICA 20200925 alone: what is taken where nobody says which operating system it is. */
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

/** An operating system on a machine. */
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
 * ACPICA's acpiexec 20200925, for comparing with it: its self-tests take an interface away after initialisation, and
 * it adds one of its own.
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
