/** What the operating system that runs firmware code answers: `_OSI`, `_OS`, `_REV`. */
export interface Profile {
  readonly name: string;
  /** Strings that `_OSI` says yes to. */
  readonly interfaces: readonly string[];
  /** Asks for sleep states and for every device's `_STA` once devices are initialised. */
  readonly testsItself: boolean;
  /** Interfaces it takes back when it does. */
  readonly removedAfterInit: readonly string[];
  /** `_OS`. */
  readonly os: string;
  /** `_REV`. */
  readonly revision: bigint;
  /** `Revision ()`: the interpreter's own. */
  readonly interpreterRevision: bigint;
  /** SystemIO addresses are cut to 16 bits once a Windows interface was asked for. */
  readonly cutsIoAddresses: boolean;
  /** ToHexString of an integer gives `0x2A`, as since ACPICA 20240321, not all digits of its width. */
  readonly prefixesHex: boolean;
  /** Load and LoadTable give handles for Unload, as up to ACPI 6.3 and ACPICA 20201217, instead of True. */
  readonly givesTableHandles: boolean;
  /**
   * Looks at the clock, 100 us each, after which a While fails, in a simulation that has its own time. Undefined: as on a
   * machine, by the time that passes.
   */
  readonly loopTimeout: number | undefined;
  /** A fault calls the tables' own `\\_ERR`, if there is one, which may let the code go on. */
  readonly callsErrorMethod: boolean;
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

/** Linux 5.10 and ACPICA 20200925, which it has: the interfaces its drivers add (drivers/acpi/osi.c) included. */
export const linuxProfile: Profile = {
  name: 'linux',
  interfaces: [
    ...WINDOWS,
    'Extended Address Space Descriptor',
    'Module Device',
    'Processor Device',
    '3.0 _SCP Extensions',
    'Processor Aggregator Device',
  ],
  testsItself: false,
  removedAfterInit: [],
  os: 'Microsoft Windows NT',
  revision: 2n,
  interpreterRevision: 0x20200925n,
  cutsIoAddresses: false,
  prefixesHex: false,
  givesTableHandles: true,
  loopTimeout: undefined,
  callsErrorMethod: false,
};

/**
 * ACPICA's acpiexec 20200925, for comparing with it: its self-tests take an interface away after initialisation, and
 * it adds one of its own.
 */
export const acpiexecProfile: Profile = {
  name: 'acpiexec',
  interfaces: [...WINDOWS, 'Extended Address Space Descriptor', 'AnotherTestString'],
  testsItself: true,
  removedAfterInit: ['Windows 2006'],
  os: 'Microsoft Windows NT',
  revision: 2n,
  interpreterRevision: 0x20200925n,
  cutsIoAddresses: true,
  prefixesHex: false,
  givesTableHandles: true,
  loopTimeout: 100_000,
  callsErrorMethod: true,
};
