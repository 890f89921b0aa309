/** ASL programs about control flow, scopes, start-up and the system. */
export const FLOW: Readonly<Record<string, string>> = {
  'a table that returns something': `
    Name (TABL, Buffer () { 0x53, 0x53, 0x44, 0x54, 0x31, 0x00, 0x00, 0x00, 0x02, 0x0B, 0x54, 0x00, 0x00, 0x00, 0x00, 0x00, 0x4C, 0x4F, 0x41, 0x44, 0x45, 0x44, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x49, 0x4E, 0x54, 0x4C, 0x25, 0x09, 0x20, 0x20, 0x08, 0x41, 0x41, 0x41, 0x41, 0x0A, 0x05, 0xA4, 0x12, 0x04, 0x01, 0x0A, 0x01 })
    Method (T000, 0, Serialized) { Load (TABL, Local0) Return (ObjectType (Local0)) }
    Method (T001) { Return (CondRefOf (AAAA)) }
    Method (T003, 0, Serialized) { Load (TABL, Local0) Return (1) }`,

  'control flow': `
    Name (CNT0, 0)
    Method (FIB0, 1) { If (Arg0 < 2) { Return (Arg0) } Return (FIB0 (Arg0 - 1) + FIB0 (Arg0 - 2)) }
    Method (NOTH) { CNT0++ }
    Method (EVER) { Return (EVER ()) }
    Method (T000) { Return (FIB0 (10)) }
    Method (T001) { Local0 = 0 While (Local0 < 10) { Local0++ If (Local0 == 7) { Break } } Return (Local0) }
    Method (T002) { Local0 = 0 Local1 = 0 While (Local0 < 10) { Local0++ If (Local0 & 1) { Continue } Local1 += Local0 } Return (Local1) }
    Method (T003) { For (Local0 = 0, Local0 < 5, Local0++) { Local1 = Local0 } Return (Local1) }
    Method (T004, 0, Serialized) { Switch (3) { Case (1) { Return (1) } Case (Package () { 2, 3 }) { Return (23) } Default { Return (0) } } Return (99) }
    Method (T005, 0, Serialized) { Switch ("b") { Case ("a") { Return (1) } Case ("b") { Return (2) } } Return (99) }
    Method (T006) { NOTH () Return (CNT0) }
    Method (T007) { Return (NOTH ()) }
    Method (T008) { Local0 = NOTH () Return (Local0) }
    Method (T009) { Return (EVER ()) }
    Method (T00A) { If (0) { Return (1) } ElseIf (1) { Return (2) } Else { Return (3) } }
    Method (T00B) { Local0 = 3 While (Local0) { Local1 = 3 While (Local1) { Local1-- If (Local1 == 1) { Break } } Local0-- } Return (Local1) }
    Method (T00C, 0, Serialized) { Name (TMP0, 5) Return (TMP0) }
    Method (T00D, 0, Serialized) { Name (TMP0, 6) Return (TMP0) }
    Method (T00E) { Return (CondRefOf (TMP0)) }
    Method (T00F) { Return (Arg0) }
    Method (T010) { Mutex (MTX0, 0) Local0 = Acquire (MTX0, 0xFFFF) Release (MTX0) Return (Local0) }
    Method (T011) { Event (EVT0) Signal (EVT0) Local0 = Wait (EVT0, 10) Local1 = Wait (EVT0, 0) Return (Local0 + Local1) }
    Method (T012) { Return (LNotEqual (\\_OSI ("Windows 2015"), 0)) }
    Method (T013) { Return (\\_OSI ("Linux")) }
    Method (T014) { Return (\\_REV) }
    Method (T015) { Return (\\_OS) }
    Method (T016) { Return (\\NOPE) }
    Method (T017) { Local0 = 1 Local0 = Local0 / 0 Return (Local0) }
    Method (T018) { If (CNT0 = 5) { Return (CNT0) } Return (0) }
    Method (T019) { Return (Revision) }`,

  'scopes and names': `
    Name (WHO0, "root")
    Device (AAAA) {
      Name (WHO0, "AAAA")
      Method (MWHO) { Return (WHO0) }
      Method (MUP0) { Return (^^WHO0) }
      Device (BBBB) { Method (MWHO) { Return (WHO0) } Name (ONLY, 4) Method (MDEF, 0, Serialized) { Name (\\NEW0, 3) Return (\\NEW0) } }
    }
    Scope (\\AAAA.BBBB) { Name (ADDD, 8) }
    Alias (\\AAAA.BBBB.ONLY, ALI0)
    Alias (\\AAAA.MWHO, ALIM)
    If (1) { Name (COND, 1) } Else { Name (CONE, 2) }
    Method (T000) { Return (\\AAAA.MWHO ()) }
    Method (T001) { Return (\\AAAA.MUP0 ()) }
    Method (T002) { Return (\\AAAA.BBBB.MWHO ()) }
    Method (T003) { Return (ALI0) }
    Method (T004) { ALI0 = 9 Return (\\AAAA.BBBB.ONLY) }
    Method (T005) { Return (ALIM ()) }
    Method (T006) { Return (\\AAAA.BBBB.ADDD) }
    Method (T007) { Return (\\AAAA.BBBB.MDEF ()) }
    Method (T008) { Return (CondRefOf (\\NEW0)) }
    Method (T009) { Return (CondRefOf (COND)) }
    Method (T00A) { Return (CondRefOf (\\CONE)) }`,
  // Every step of start-up adds a digit, so their order can be read.
  'order of start-up': `
    Name (ORDR, Zero)
    Method (STEP, 1) { ORDR = (ORDR * 10) + Arg0 }
    Method (\\_S3) { STEP (1) Return (Package () { 0, 0, 0, 0 }) }
    Scope (\\_SB) {
      Method (_INI) { STEP (2) }
      Device (GONE) {
        Method (_STA) { STEP (3) Return (Zero) }
        Device (CHLD) { Method (_STA) { STEP (4) Return (0x0F) } }
      }
      Device (WITH) {
        Name (ASKD, Zero)
        Method (_HID) { ASKD = One Return ("PNP0A03") }
        Method (_STA) { STEP (5) Return (0x0F) }
        Method (_INI) { STEP (6) }
        Device (CHLD) { Method (_STA) { STEP (7) Return (0x0F) } }
      }
      Device (FAIL) {
        Method (_STA) { STEP (8) Return (Package () { One }) }
        Device (CHLD) { Method (_STA) { STEP (9) Return (0x0F) } }
      }
    }
    Method (T000) { Return (ORDR) }
    Method (T001) { Return (\\_SB.WITH.ASKD) }`,
  'mutexes, events, calls, time and the system': `
    External (\\_SB.NONE.METH, MethodObj)
    External (\\NOPE)
    Mutex (MTX0, 0)
    Mutex (MTX3, 3)
    Mutex (MTX5, 5)
    Event (EVT0)
    Device (DEV0) { Name (_ADR, 0) }
    Name (NTF0, 0)
    Method (SER2, 0, Serialized, 2) { Return (2) }
    Method (SER7, 0, Serialized, 7) { Return (7) }
    Method (S7A3, 0, Serialized, 7) { Return (Acquire (MTX3, 0)) }
    Method (RECU, 1) { If (Arg0 == 0) { Return (0) } Return (RECU (Arg0 - 1) + 1) }
    Method (SREC, 1, Serialized) { If (Arg0 == 0) { Return (0) } Return (SREC (Arg0 - 1) + 1) }
    Method (FACT, 1) { If (Arg0 <= 1) { Return (1) } Return (Arg0 * FACT (Arg0 - 1)) }
    Method (T000) { Local0 = Acquire (MTX3, 0xFFFF) Local1 = Acquire (MTX5, 0xFFFF) Release (MTX5) Release (MTX3) Return (Local0 | Local1) }
    Method (T001) { Acquire (MTX5, 0xFFFF) Acquire (MTX3, 0xFFFF) Return (1) }
    Method (T002) { Acquire (MTX3, 0) Acquire (MTX3, 0) Release (MTX3) Release (MTX3) Return (1) }
    Method (T003) { Release (MTX3) Return (1) }
    Method (T004) { Acquire (MTX3, 0) Acquire (MTX5, 0) Release (MTX3) Return (1) }
    Method (T005) { Acquire (MTX5, 0) Return (SER2 ()) }
    Method (T006) { Acquire (MTX5, 0) Return (SER7 ()) }
    Method (T007) { Return (S7A3 ()) }
    Method (T008) { Acquire (\\_GL, 0xFFFF) Release (\\_GL) Return (3) }
    Method (T009) { Signal (EVT0) Signal (EVT0) Return (1) }
    Method (T00A) { Local0 = Package (3) {} Local0[0] = Wait (EVT0, 0) Local0[1] = Wait (EVT0, 0) Local0[2] = Wait (EVT0, 0) Return (Local0) }
    Method (T00B) { Signal (EVT0) Reset (EVT0) Return (Wait (EVT0, 5)) }
    Method (T00C) { Return (RECU (200)) }
    Method (T00D) { Return (RECU (300)) }
    Method (T00E) { Return (SREC (20)) }
    Method (T00F) { Return (FACT (20)) }
    Method (T011) { Notify (DEV0, 0x80) Return (1) }
    Method (T012) { Notify (NTF0, 0x80) Return (1) }
    Method (T013) { Fatal (1, 2, 3) Return (4) }
    Method (T014) { Local0 = Timer Sleep (10) Local1 = Timer Return ((Local1 - Local0) >= 100000) }
    Method (T015) { Stall (100) Return (1) }
    Method (T016) { Stall (300) Return (1) }
    Method (T017) { Return (ObjectType (MTX0)) }
    Method (T018) { Return (ObjectType (EVT0)) }
    Method (T019) { Local0 = MTX0 Return (1) }
    Method (T01A) { Return (_REV) }
    Method (T01B) { Return (_OSI ("Windows 2009") != 0) }
    Method (T01C) { Return (_OSI ("Windows 2099")) }
    Method (T01D) { Return (_OSI ("Extended Address Space Descriptor") != 0) }
    Method (T01E) { Return (_OSI ("Module Device")) }
    Method (T01F) { Return (_OSI (5)) }
    Method (T020) { Return (SizeOf (_OS)) }
    Method (T021) { Return (ObjectType (\\_GL)) }
    Method (T022) { Return (ObjectType (\\_OSI)) }
    Method (T023) { Return (Acquire (NTF0, 0)) }
    Method (T024) { Return (Wait (MTX0, 0)) }
    Method (T025) { Local0 = 0 While (1) { Local0++ If (Local0 > 10) { Break } } Return (Local0) }
    Method (T026) { Local0 = RefOf (MTX3) Acquire (Local0, 0) Release (Local0) Return (1) }
    Method (T028) { Noop Return (6) }
    Method (T02B) { \\_SB.NONE.METH () Return (1) }
    Method (T02C) { Local0 = \\NOPE Return (1) }
    Method (T02D) { Acquire (MTX3, 0) Return (Acquire (MTX5, 0)) }
    Method (T02E) { Acquire (MTX3, 0) Release (MTX3) Return (9) }`,

  // The buffers are SSDTs that declare SSD0 and SSD9 with a method each. acpiexec's own FADT is not here.
};
