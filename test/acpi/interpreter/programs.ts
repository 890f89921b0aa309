/** ASL programs by subject: what stands inside a DefinitionBlock. Methods T… are evaluated in their order. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  'integer arithmetic': `
    Name (BIG, 0xFEDCBA9876543210)
    Name (TWO, 2)
    Name (NIL, 0)
    Method (T000) { Return (Add (BIG, BIG)) }
    Method (T001) { Return (Subtract (NIL, 1)) }
    Method (T002) { Return (Multiply (BIG, BIG)) }
    Method (T003) { Divide (BIG, 1000, Local0, Local1) Return (Package () { 0, 0 }) }
    Method (T004) { Divide (BIG, 1000, Local0, Local1) Local2 = Package (2) {} Local2[0] = Local0 Local2[1] = Local1 Return (Local2) }
    Method (T005) { Return (Divide (1, NIL)) }
    Method (T006) { Return (Mod (BIG, 17)) }
    Method (T007) { Return (ShiftLeft (BIG, 63)) }
    Method (T008) { Return (ShiftLeft (BIG, 64)) }
    Method (T009) { Return (ShiftLeft (BIG, 31)) }
    Method (T00A) { Return (ShiftRight (BIG, 32)) }
    Method (T00B) { Return (ShiftRight (BIG, 200)) }
    Method (T00C) { Return (Not (BIG)) }
    Method (T00D) { Return (NAnd (BIG, 0xFFFF)) }
    Method (T00E) { Return (NOr (BIG, 0xFFFF)) }
    Method (T00F) { Return (XOr (BIG, Ones)) }
    Method (T010) { Return (FindSetLeftBit (BIG)) }
    Method (T011) { Return (FindSetRightBit (BIG)) }
    Method (T012) { Return (FindSetLeftBit (NIL)) }
    Method (T013) { Return (FromBCD (0x1234)) }
    Method (T014) { Return (ToBCD (98765432)) }
    Method (T015) { Return (FromBCD (0xA)) }
    Method (T016) { Return (ToBCD (BIG)) }
    Method (T017) { Local0 = 5 Local0++ Local0++ Local0-- Return (Local0) }
    Method (T018) { Local0 = NIL Local0-- Return (Local0) }
    Method (T019) { Return (LAnd (BIG, NIL)) }
    Method (T01A) { Return (LOr (BIG, NIL)) }
    Method (T01B) { Return (LNot (BIG)) }
    Method (T01C) { Return (LNotEqual (BIG, 0x76543210)) }
    Method (T01D) { Return (Ones) }
    Method (T01E) { Return (And (BIG, 0xFF00FF00FF00FF00)) }
    Method (T01F) { Return (Local0) }
    Method (T020) { Local0 = Local0 Return (1) }`,

  conversions: `
    Name (S000, "1234")
    Name (S001, "0x1234")
    Name (S002, "12xyz")
    Name (S003, "")
    Name (S004, "fedcba98765432100")
    Name (B000, Buffer () { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99 })
    Name (B001, Buffer () { 0x7F })
    Name (I000, 0x0123456789ABCDEF)
    Method (T000) { Return (Add (S000, 1)) }
    Method (T001) { Return (Add (S001, 1)) }
    Method (T002) { Return (Add (S002, 1)) }
    Method (T003) { Return (Add (S003, 1)) }
    Method (T004) { Return (Add (S004, 1)) }
    Method (T005) { Return (Add (B000, 1)) }
    Method (T006) { Return (Add (B001, 1)) }
    Method (T007) { Return (ToInteger (S000)) }
    Method (T008) { Return (ToInteger (S001)) }
    Method (T009) { Return (ToInteger (S002)) }
    Method (T00A) { Return (ToInteger ("99999999999")) }
    Method (T00B) { Return (ToInteger (B000)) }
    Method (T00C) { Return (ToHexString (I000)) }
    Method (T00D) { Return (ToDecimalString (I000)) }
    Method (T00E) { Return (ToHexString (B000)) }
    Method (T00F) { Return (ToDecimalString (B000)) }
    Method (T010) { Return (ToHexString (S000)) }
    Method (T011) { Return (ToBuffer (S000)) }
    Method (T012) { Return (ToBuffer (I000)) }
    Method (T013) { Return (ToBuffer (B000)) }
    Method (T014) { Return (ToString (B000, 3)) }
    Method (T015) { Return (ToString (ToBuffer (S000))) }
    Method (T016) { Return (ToString (ToBuffer (S000), 2)) }
    Method (T017) { Return (Concatenate (I000, S000)) }
    Method (T018) { Return (Concatenate (S000, I000)) }
    Method (T019) { Return (Concatenate (B001, I000)) }
    Method (T01A) { Return (Concatenate (S000, B000)) }
    Method (T01B) { Return (Concatenate (B000, S000)) }
    Method (T01C) { Return (LEqual (S000, "1234")) }
    Method (T01D) { Return (LEqual (0x1234, S000)) }
    Method (T01E) { Return (LEqual (S000, 0x1234)) }
    Method (T01F) { Return (LGreater ("abd", "abc")) }
    Method (T020) { Return (LLess ("ab", "abc")) }
    Method (T021) { Return (LGreater (B000, B001)) }
    Method (T022) { Return (LEqual (B001, 0x7F)) }
    Method (T023) { Return (If (S003) { }) }
    Method (T024) { If ("0") { Return (1) } Return (2) }
    Method (T025) { If ("1") { Return (1) } Return (2) }
    Method (T026) { Return (ToInteger ("0x")) }
    Method (T027) { Return (ToInteger ("")) }
    Method (T028) { Return (Concatenate (I000, I000)) }
    Method (T029) { Return (ToHexString (0)) }
    Method (T02A) { Return (ToDecimalString (Buffer () {})) }
    Method (T02B) { Return (Concatenate (Package () {1}, "x")) }`.replace(/ {4}Method \(T023\).*\n/, ''),

  'stores and implicit conversion of the target': `
    Name (I000, 1)
    Name (S000, "abc")
    Name (B000, Buffer (4) { 1, 2, 3, 4 })
    Name (P000, Package () { 1, "two", Buffer () { 3 } })
    Method (T000) { I000 = "1f" Return (I000) }
    Method (T001) { I000 = Buffer () { 0x34, 0x12 } Return (I000) }
    Method (T002) { S000 = 0x1234 Return (S000) }
    Method (T003) { S000 = Buffer () { 0x41, 0x42 } Return (S000) }
    Method (T004) { B000 = 0x0102030405060708 Return (B000) }
    Method (T005) { B000 = "hello world" Return (B000) }
    Method (T006) { B000 = Buffer () { 9 } Return (B000) }
    Method (T007) { P000 = 5 Return (P000) }
    Method (T008) { I000 = P000 Return (I000) }
    Method (T009) { CopyObject ("text", I000) Return (I000) }
    Method (T00A) { I000 = 7 Return (I000) }
    Method (T00B) { CopyObject (P000, S000) Return (S000) }
    Method (T00C) { Local0 = B000 Local0[0] = 0xEE Return (B000) }
    Method (T00D) { Local0 = P000 Local0[1] = "changed" Return (P000) }
    Method (T00E) { P000[0] = 42 Return (P000) }
    Method (T00F) { B000[1] = 0x1FF Return (B000) }
    Method (T010) { Add (1, 2, S000) Return (S000) }
    Method (T011) { Name (S001, "zzzz") Add (1, 2, S001) Return (S001) }
    Method (T012) { Name (S001, "zzzz") ToBuffer (0x1122, S001) Return (S001) }
    Method (T013) { Name (B001, Buffer (2) {}) ToHexString (0x12AB, B001) Return (B001) }
    Method (T014) { Name (S001, "123") S001++ Return (S001) }
    Method (T015) { Name (B001, Buffer () {}) B001 = "abc" Return (B001) }
    Method (T016) { Name (S001, "abcdef") S001[2] = 0x58 Return (S001) }
    Method (T017) { Name (S001, "abcdef") S001[2] = "Z" Return (S001) }
    Method (T018) { P000[5] = 1 Return (P000) }
    Method (T019) { B000[9] = 1 Return (B000) }
    Method (T01A) { Store (B000, Local0) Store (0x55, Index (Local0, 0)) Return (Local0) }`,

  'buffers and strings': `
    Name (B000, Buffer (0x10) { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 })
    Method (T000) { Return (Mid (B000, 3, 4)) }
    Method (T001) { Return (Mid (B000, 14, 9)) }
    Method (T002) { Return (Mid (B000, 40, 1)) }
    Method (T003) { Return (Mid ("abcdef", 2, 3)) }
    Method (T004) { Return (Mid ("abcdef", 2, 0)) }
    Method (T005) { Return (Mid (0x11223344, 1, 2)) }
    Method (T006) { Return (SizeOf (B000)) }
    Method (T007) { Local0 = "hello" Return (SizeOf (Local0)) }
    Method (T008) { Local0 = 3 Return (SizeOf (Local0)) }
    Method (T009) { Return (DerefOf (Index (B000, 5))) }
    Method (T00A) { Return (DerefOf (Index ("abc", 1))) }
    Method (T00B) { Return (Concatenate (B000, B000)) }
    Method (T00C) { Local0 = 3 Return (Buffer (Local0) { 1, 2 }) }
    Method (T00D) { Return (Buffer (2) { 1, 2, 3, 4 }) }
    Method (T00E) { Return (ConcatenateResTemplate (ResourceTemplate () { IRQNoFlags () { 5 } }, ResourceTemplate () { DMA (Compatibility, NotBusMaster, Transfer8) { 4 } })) }
    Method (T00F) { Return (ConcatenateResTemplate (Buffer () {}, Buffer () {})) }
    Method (T010) { Return (ConcatenateResTemplate (B000, B000)) }
    Method (T011) { Return (Unicode ("Hi")) }
    Method (T012) { Return (ToUUID ("33DB4D5B-1FF7-401C-9657-7441C03DD766")) }
    Method (T013) { Return (EISAID ("PNP0A03")) }
    Method (T014) { Return (Concatenate ("a", Concatenate ("b", "c"))) }`,

  'buffer fields': `
    Name (B000, Buffer (0x18) {})
    CreateBitField (B000, 3, FBIT)
    CreateByteField (B000, 1, FBYT)
    CreateWordField (B000, 2, FWRD)
    CreateDWordField (B000, 4, FDWD)
    CreateQWordField (B000, 8, FQWD)
    CreateField (B000, 13, 7, FODD)
    CreateField (B000, 130, 41, FWID)
    Method (T000) { FBIT = 1 Return (B000) }
    Method (T001) { FBYT = 0x1FF Return (B000) }
    Method (T002) { FWRD = 0xABCD Return (B000) }
    Method (T003) { FDWD = 0x12345678 Return (B000) }
    Method (T004) { FQWD = 0x1122334455667788 Return (B000) }
    Method (T005) { FODD = 0x55 Return (B000) }
    Method (T006) { FWID = 0x1FFFFFFFFFF Return (B000) }
    Method (T007) { Return (FODD) }
    Method (T008) { Return (FWID) }
    Method (T009) { Return (FQWD) }
    Method (T00A) { Return (FBIT) }
    Method (T00B) { FWID = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8 } Return (B000) }
    Method (T00C) { FDWD = "AB" Return (B000) }
    Method (T00D) { CreateDWordField (B000, 22, FBAD) Return (FBAD) }
    Method (T00E) { Return (SizeOf (FQWD)) }
    Method (T00F) { Return (ObjectType (FBIT)) }
    Method (T010) { FBYT++ Return (FBYT) }
    Method (T011, 0, Serialized) { CreateField (B000, 0, 0x40, FX64) Return (FX64) }
    Method (T012, 0, Serialized) { Local0 = Buffer (4) {} CreateWordField (Local0, 1, FLOC) FLOC = 0xBEEF Return (Local0) }`,

  'region fields': `
    OperationRegion (MEM0, SystemMemory, 0x100000, 0x100)
    Field (MEM0, AnyAcc, NoLock, Preserve) { A000, 3, A001, 9, , 4, A002, 32, A003, 64, A004, 70, A005, 1 }
    Field (MEM0, ByteAcc, NoLock, Preserve) { Offset (0x20), B000, 12, B001, 20, B002, 33 }
    Field (MEM0, WordAcc, NoLock, WriteAsOnes) { Offset (0x40), C000, 5, C001, 7, C002, 17 }
    Field (MEM0, DWordAcc, NoLock, WriteAsZeros) { Offset (0x60), D000, 11, D001, 30 }
    Field (MEM0, QWordAcc, NoLock, Preserve) { Offset (0x80), E000, 60, E001, 13 }
    Field (MEM0, ByteAcc, NoLock, Preserve) { RAW0, 0x800 }
    OperationRegion (IOP0, SystemIO, 0x70, 0x10)
    Field (IOP0, ByteAcc, NoLock, Preserve) { INDX, 8, DATA, 8, OTHR, 16 }
    IndexField (INDX, DATA, ByteAcc, NoLock, Preserve) { Offset (0x10), X000, 4, X001, 12, X002, 20 }
    BankField (MEM0, RAWB, 3, ByteAcc, NoLock, Preserve) { Offset (0xA0), G000, 8, G001, 20 }
    Field (MEM0, ByteAcc, NoLock, Preserve) { Offset (0xF0), RAWC, 8 }
    Method (T000) { A001 = 0x155 Return (A001) }
    Method (T001) { A000 = 5 Return (RAW0) }
    Method (T002) { A002 = 0xCAFEBABE A003 = 0x1122334455667788 Return (A003) }
    Method (T003) { A004 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 0x3F } Return (A004) }
    Method (T004) { A005 = 1 Return (A005) }
    Method (T005) { B000 = 0xABC B001 = 0xFFFFF B002 = 0x1FFFFFFFF Return (B002) }
    Method (T006) { C001 = 0x2A Return (C000) }
    Method (T007) { C002 = 0x1FF Return (C001) }
    Method (T008) { D000 = 0x7FF D001 = 5 Return (D000) }
    Method (T009) { E000 = 0x123456789ABCDEF E001 = 0x1FFF Return (E000) }
    Method (T00A) { Return (RAW0) }
    Method (T00B) { X000 = 9 X001 = 0xABC Return (X002) }
    Method (T00C) { Return (OTHR) }
    Method (T00D) { Return (INDX) }
    Method (T00E) { G000 = 0x77 G001 = 0x12345 Return (RAW0) }
    Method (T00F) { Return (G001) }
    Method (T010) { A002 = "ABCD" Return (A002) }
    Method (T011) { Return (ObjectType (A002)) }
    Method (T012) { A000++ Return (A000) }
    Method (T013, 0, Serialized) { OperationRegion (TMP0, SystemMemory, 0x100000, 2) Field (TMP0, DWordAcc, NoLock, Preserve) { Z000, 8 } Return (Z000) }
    Method (T014, 0, Serialized) { OperationRegion (TMP0, SystemMemory, 0x100000, 4) Field (TMP0, DWordAcc, NoLock, Preserve) { Z000, 32, Z001, 8 } Return (Z001) }
    Method (T015, 0, Serialized) { Local0 = 0x40 OperationRegion (TMP0, SystemMemory, Add (0x100000, Local0), 8) Field (TMP0, ByteAcc, NoLock, Preserve) { Z000, 64 } Return (Z000) }
    Method (T016, 0, Serialized) { OperationRegion (TMP0, PCI_Config, 0, 0x100) Field (TMP0, ByteAcc, NoLock, Preserve) { Offset (4), Z000, 16 } Z000 = 7 Return (Z000) }
    Method (T017, 0, Serialized) { OperationRegion (TMP0, EmbeddedControl, 0, 0x100) Field (TMP0, ByteAcc, NoLock, Preserve) { Offset (4), Z000, 16 } Z000 = 0x1234 Return (Z000) }`.replace(
    'BankField (MEM0, RAWB, 3',
    'Field (MEM0, ByteAcc, NoLock, Preserve) { Offset (0xE0), RAWB, 8 }\n    BankField (MEM0, RAWB, 3',
  ),

  // ACPICA frees one object too many each time: what came before the refusal at load may be anything then.
  'expressions in packages': `
    Name (I000, 5)
    Name (P000, Package () { 1, I000 + 1, "s" })
    Name (P001, Package (4) { 1, "b", I000++, 4 })
    Name (P003, 0)
    Name (P006, 66)
    Method (LOC0) { Return (Package () { 1, Add (I000, 10, I000) }) }
    Method (T000) { Return (P000) }
    Method (T001) { Return (P001) }
    Method (T002) { Return (Package () { 1, ToUUID ("e5c937d0-3553-4d7a-9117-ea4d19c3434d") }) }
    Method (T003) { Return (I000) }
    Method (T006) { Return (P006) }
    Method (T007) { Return (Package () { 1, I000 + 1 }) }
    Method (T008) { LOC0 () Return (1) }
    Method (T009) { Return (I000) }
    Method (T00A) { Return (Package () { 1, Package () { I000 + 1 }, 2 }) }
    Method (T00B) { Return (Package () { Buffer (I000 + 1) { 7 }, Ones, Package (I000) { 1 } }) }
    Method (T00C) { P003 = Package () { I000 + 1 } Return (1) }
    Method (T00D) { Return (P003) }
    Method (T00E) { Name (LOC1, Package () { 1, I000 + 1 }) Return (LOC1) }`,

  // The table that is loaded: Name (AAAA, 5) Return (Package () { 1 })
  'a table that returns something': `
    Name (TABL, Buffer () { 0x53, 0x53, 0x44, 0x54, 0x31, 0x00, 0x00, 0x00, 0x02, 0x0B, 0x54, 0x00, 0x00, 0x00, 0x00, 0x00, 0x4C, 0x4F, 0x41, 0x44, 0x45, 0x44, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x49, 0x4E, 0x54, 0x4C, 0x25, 0x09, 0x20, 0x20, 0x08, 0x41, 0x41, 0x41, 0x41, 0x0A, 0x05, 0xA4, 0x12, 0x04, 0x01, 0x0A, 0x01 })
    Method (T000, 0, Serialized) { Load (TABL, Local0) Return (ObjectType (Local0)) }
    Method (T001) { Return (CondRefOf (AAAA)) }
    Method (T003, 0, Serialized) { Load (TABL, Local0) Return (1) }`,

  'types of conditions': `
    Name (I000, 5)
    Name (P000, Package (3) { 1, 0 })
    Name (B000, Buffer () { 0, 1 })
    Device (DEV0) { }
    Method (MREF) { Return (RefOf (I000)) }
    Method (MINT) { Return (I000) }
    Method (MARG, 1) { If (Arg0) { Return (3) } Return (4) }
    Method (T000) { If (P000) { Return (3) } Return (4) }
    Method (T001) { If (P000[0]) { Return (3) } Return (4) }
    Method (T002) { If (P000[2]) { Return (3) } Return (4) }
    Method (T003) { Local0 = P000[0] If (Local0) { Return (3) } Return (4) }
    Method (T004) { If (B000[1]) { Return (3) } Return (4) }
    Method (T005) { While (B000[1]) { Return (3) } Return (4) }
    Method (T006) { If (DEV0) { Return (3) } Return (4) }
    Method (T007) { If (RefOf (I000)) { Return (3) } Return (4) }
    Method (T008) { Return (MARG (RefOf (I000))) }
    Method (T009) { If (MREF ()) { Return (3) } Return (4) }
    Method (T00A) { If (MINT ()) { Return (3) } Return (4) }
    Method (T00C) { If ("zz") { Return (3) } If (Buffer () { 1 }) { Return (5) } Return (4) }
    Method (T00D) { If (Buffer (0) { }) { Return (5) } Return (4) }
    Method (T00E) { If (DerefOf (P000[0])) { Return (3) } Return (4) }
    Method (T00F) { Local0 = Package () { 1 } If (!Local0) { Return (3) } Return (4) }`,

  'packages and references': `
    Name (I000, 0x11)
    Name (B000, Buffer () { 1, 2, 3 })
    Name (P000, Package () { I000, "s", B000, Package () { 1, 2 }, LATE })
    Name (LATE, 0x99)
    Name (P001, Package (5) { 1 })
    Device (DEV0) { Name (V000, 7) Name (_ADR, 3) }
    Method (MSUM, 2) { Return (Add (Arg0, Arg1)) }
    Method (MSET, 1) { Arg0 = 0x77 }
    Method (MMOD, 1) { Arg0[0] = 0xAA }
    Method (MREF, 1) { Return (DerefOf (Arg0)) }
    Method (T000) { Return (P000) }
    Method (T001) { Return (DerefOf (P000[0])) }
    Method (T002) { Return (DerefOf (P000[2])) }
    Method (T003) { Return (DerefOf (DerefOf (P000[3])[1])) }
    Method (T004) { Return (P001) }
    Method (T005) { Return (DerefOf (P001[3])) }
    Method (T006) { Return (SizeOf (P001)) }
    Method (T007) { Local0 = RefOf (I000) DerefOf (Local0) = 0x22 Return (I000) }
    Method (T008) { MSET (RefOf (I000)) Return (I000) }
    Method (T009) { MSET (I000) Return (I000) }
    Method (T00A) { MMOD (B000) Return (B000) }
    Method (T00B) { Local0 = B000 MMOD (Local0) Return (Local0) }
    Method (T00C) { Return (MREF (RefOf (I000))) }
    Method (T00D) { Return (MREF ("I000")) }
    Method (T00E) { Local0 = "\\\\DEV0.V000" Return (DerefOf (Local0)) }
    Method (T00F) { Return (CondRefOf (NONE, Local0)) }
    Method (T010) { If (CondRefOf (I000, Local0)) { Return (DerefOf (Local0)) } Return (0) }
    Method (T011) { Return (ObjectType (DEV0)) }
    Method (T012) { Return (ObjectType (P000)) }
    Method (T013) { Return (ObjectType (MSUM)) }
    Method (T014) { Return (ObjectType (P000[1])) }
    Method (T015) { Return (ObjectType (RefOf (B000))) }
    Method (T016) { Local0 = P000[1] Return (DerefOf (Local0)) }
    Method (T017) { Index (B000, 1, Local0) DerefOf (Local0) = 0x5A Return (B000) }
    Method (T018) { Local1 = 4 Local0 = Package (Local1) { 1, 2 } Return (Local0) }
    Method (T019) { Return (Match (Package () { 1, 5, 9, 12 }, MGT, 4, MLT, 10, 0)) }
    Method (T01A) { Return (Match (Package () { 1, 5, 9, 12 }, MEQ, 12, MTR, 0, 1)) }
    Method (T01B) { Return (Match (Package () { "a", "b" }, MEQ, "b", MTR, 0, 0)) }
    Method (T01C) { Return (Match (Package () { 1, 5 }, MEQ, 7, MTR, 0, 0)) }
    Method (T01D) { Return (MSUM (3, MSUM (4, 5))) }
    Method (T01E) { P001[0] = B000 P001[1] = P001 Return (SizeOf (DerefOf (P001[1]))) }
    Method (T01F) { Return (ObjectType (Local0)) }
    Method (T020) { Local0 = \\DEV0._ADR Return (Local0) }`,

  'integers that packages name': `
    Name (INT1, 5)
    Name (PKG1, Package () { INT1, INT1, LAT1 })
    Name (LAT1, 3)
    Name (PKG2, Package () { Package () { INT1 } })
    Method (T000) { INT1 = 7 Return (PKG1) }
    Method (T001) { Local0 = PKG1 INT1 = 8 Return (Local0) }
    Method (T002) { PKG1[0] = 0x55 Return (INT1) }
    Method (T003) { INT1 = 6 Return (PKG1) }
    Method (T004) { INT1++ LAT1-- Return (PKG1) }
    Method (T005) { Return (PKG2) }
    Method (T006) { Add (1, 2, INT1) Return (PKG1) }
    Method (T007) { INT1 = "ff" Return (PKG1) }
    Method (T008) { DerefOf (RefOf (INT1)) = 0x21 Return (PKG1) }
    Method (T009) { CopyObject (9, INT1) Return (PKG1) }
    Method (T00A) { INT1 = 1 Return (PKG1) }
    Method (T00B, 0, Serialized) { Name (TMP0, 1) Name (TMP1, Package () { TMP0 }) TMP0 = 2 Local0 = TMP1 TMP0 = 3 Return (Local0) }
    Method (T00C, 0, Serialized) { Name (TMP0, 4) Return (Package () { TMP0 }) }
    Method (T00D) { Local0 = T00C () T00C () Return (Local0) }
    Method (T00E) { LAT1 = 0x11 Return (Match (PKG1, MEQ, 0x11, MTR, 0, 0)) }
    Method (T00F) { Return (ObjectType (PKG1[1])) }
    Method (T010) { Local0 = DerefOf (PKG1[2]) LAT1 = 0x12 Return (Local0) }
    Method (T011) { Return (DerefOf (PKG1[2]) + DerefOf (PKG1[2])) }
    Method (T012) { PKG1[2]++ Return (LAT1) }
    Method (T013) { Return (PKG1) }
    Method (MPAR, 1) { LAT1 = 0x40 Return (Arg0) }
    Method (T014) { Return (MPAR (PKG1)) }
    Method (T015) { Return (MPAR (DerefOf (PKG1[2]))) }`,

  'stores through references to locals and arguments': `
    Device (DEV0) { Name (VAL0, 1) }
    Event (EVT0)
    Name (INT1, 1)
    Method (MSET, 2) { Arg0 = Arg1 }
    Method (MCPY, 2) { CopyObject (Arg1, Arg0) }
    Method (MARG, 1) { Local0 = RefOf (Arg0) DerefOf (Local0) = "abc" Return (Arg0) }
    Method (T000) { Local0 = 5 Local1 = RefOf (Local0) DerefOf (Local1) = "abc" Return (Local0) }
    Method (T001) { Local0 = "xyz" Local1 = RefOf (Local0) DerefOf (Local1) = 5 Local0 = 7 DerefOf (Local1) = "12" Return (Local0) }
    Method (T002) { Local0 = Package () { 1 } Local1 = RefOf (Local0) DerefOf (Local1) = Package () { 2 } Local0 = 3 DerefOf (Local1) = 4 Return (Local0) }
    Method (T003) { Local0 = 5 MSET (RefOf (Local0), "text") Return (Local0) }
    Method (T004) { Local0 = 5 MSET (RefOf (Local0), "text") MSET (RefOf (Local0), 6) Return (Local0) }
    Method (T005) { Local0 = 5 MCPY (RefOf (Local0), Buffer () { 1 }) Local1 = RefOf (Local0) DerefOf (Local1) = "zz" Return (Local0) }
    Method (T006) { Return (MARG (9)) }
    Method (T007) { MSET (RefOf (Local0), 8) Return (Local0) }
    Method (T008) { Local1 = RefOf (Local0) DerefOf (Local1) = 3 Return (Local0) }
    Method (T009) { Local0 = 1 MCPY (RefOf (Local0), Package () { 1, 2 }) Add (1, 2, DerefOf (RefOf (Local0))) Return (Local0) }
    Method (T00A) { CopyObject (DerefOf (RefOf (DEV0)), INT1) Return (ObjectType (INT1)) }
    Method (T00B) { INT1 = 4 Return (INT1) }
    Method (T00C) { CopyObject (4, INT1) Return (INT1) }
    Method (T00D) { CopyObject (EVT0, INT1) Return (ObjectType (INT1)) }`,

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
  'regions of all spaces, bank and index fields': `
    OperationRegion (MEM0, SystemMemory, 0x100000, 0x100)
    Field (MEM0, ByteAcc, NoLock, Preserve) { BNKR, 8, IDXR, 8, DATR, 8 }
    BankField (MEM0, BNKR, 2, ByteAcc, NoLock, Preserve) { Offset (0x20), B000, 8, B001, 12 }
    BankField (MEM0, BNKR, 3, WordAcc, NoLock, WriteAsOnes) { Offset (0x20), B100, 4, B101, 20 }
    IndexField (IDXR, DATR, ByteAcc, NoLock, Preserve) { X000, 4, X001, 12, Offset (8), X002, 32 }
    OperationRegion (MEM1, SystemMemory, 0x200000, 0x100)
    Field (MEM1, WordAcc, NoLock, Preserve) { IDXW, 16, DATW, 16 }
    IndexField (IDXW, DATW, WordAcc, NoLock, WriteAsZeros) { Y000, 4, Y001, 24, Offset (0x10), Y002, 40 }
    Field (MEM1, DWordAcc, Lock, WriteAsOnes) { Offset (0x40), L000, 7, L001, 40 }
    Field (MEM1, QWordAcc, NoLock, WriteAsZeros) { Offset (0x60), Q000, 9, Q001, 63 }
    Field (MEM1, AnyAcc, NoLock, Preserve) { AccessAs (ByteAcc, 0), Offset (0x80), C000, 8, AccessAs (DWordAcc, 0), C001, 32, C002, 13 }
    OperationRegion (IO00, SystemIO, 0x70, 8)
    Field (IO00, ByteAcc, NoLock, Preserve) { P000, 8, P001, 8 }
    OperationRegion (PCI0, PCI_Config, 0, 0x100)
    Field (PCI0, DWordAcc, NoLock, Preserve) { V000, 32 }
    OperationRegion (EC00, EmbeddedControl, 0, 0xFF)
    Field (EC00, ByteAcc, Lock, Preserve) { E000, 8, E001, 16 }
    OperationRegion (CMOS, SystemCMOS, 0, 0x40)
    Field (CMOS, ByteAcc, NoLock, Preserve) { S000, 8 }
    OperationRegion (BAR0, PciBarTarget, 0x10, 0x40)
    Field (BAR0, DWordAcc, NoLock, Preserve) { R000, 32 }
    OperationRegion (IPM0, IPMI, 0x3000, 0x100)
    Field (IPM0, BufferAcc, Lock, Preserve) { AccessAs (BufferAcc, 1), I000, 8 }
    OperationRegion (GPI0, GeneralPurposeIO, 0, 0x10)
    Field (GPI0, ByteAcc, NoLock, Preserve) { Connection (GpioIo (Shared, PullUp, 0, 0, IoRestrictionNone, "\\\\_SB.GPI1", 0, ResourceConsumer) { 3, 4 }), G000, 1, G001, 1 }
    OperationRegion (SMB0, SMBus, 0x4200, 0x100)
    Field (SMB0, BufferAcc, NoLock, Preserve) { AccessAs (BufferAcc, AttribByte), Offset (8), M000, 8, AccessAs (BufferAcc, AttribWord), M001, 8, AccessAs (BufferAcc, AttribBlock), M002, 8, AccessAs (BufferAcc, AttribQuick), M003, 8 }
    OperationRegion (GSB0, GenericSerialBus, 0, 0x100)
    Field (GSB0, BufferAcc, NoLock, Preserve) { Connection (I2cSerialBusV2 (0x12, ControllerInitiated, 100000, AddressingMode7Bit, "\\\\_SB.I2C0")), AccessAs (BufferAcc, AttribWord), TS00, 8, AccessAs (BufferAcc, AttribBytes (4)), TS01, 8 }
    OperationRegion (FFH0, FFixedHW, 0, 0x100)
    Field (FFH0, BufferAcc, NoLock, Preserve) { F000, 8 }
    OperationRegion (OEM0, 0x80, 0xD00, 0x40)
    Field (OEM0, ByteAcc, NoLock, Preserve) { O000, 8 }
    OperationRegion (OEM1, 0x9F, 0xD00, 0x40)
    Field (OEM1, ByteAcc, NoLock, Preserve) { O100, 8 }
    Method (T000) { B000 = 0x11 B001 = 0xABC Return (Package () { 0, 0 }) }
    Method (T001) { Local0 = Package (3) {} Local0[0] = B000 Local0[1] = B001 Local0[2] = BNKR Return (Local0) }
    Method (T002) { B100 = 5 Return (BNKR) }
    Method (T003) { Return (B101) }
    Method (T004) { X000 = 3 X001 = 0x5A5 Return (IDXR) }
    Method (T005) { X002 = 0x12345678 Return (IDXR) }
    Method (T006) { Return (DATR) }
    Method (T007) { Y000 = 3 Y001 = 0xABCDEF Return (IDXW) }
    Method (T008) { Y002 = 0x123456789A Return (DATW) }
    Method (T009) { L001 = 0x1122334455 Return (L000) }
    Method (T00A) { Q001 = 0x1122334455667788 Return (Q000) }
    Method (T00B) { C000 = 0x12 C001 = 0x89ABCDEF C002 = 0x1FFF Return (C001) }
    Method (T00C) { P000 = 0x41 Return (P000) }
    Method (T00D) { V000 = 0x80861234 Return (V000) }
    Method (T00E) { E001 = 0x1234 Return (E001) }
    Method (T00F) { S000 = 9 Return (S000) }
    Method (T010) { R000 = 9 Return (R000) }
    Method (T011) { Return (I000) }
    Method (T012) { Local0 = (I000 = Buffer (66) { 0, 1, 2 }) Return (Local0) }
    Method (T013) { G001 = 1 Return (G001) }
    Method (T014) { Return (M000) }
    Method (T015) { Return (M001) }
    Method (T016) { Return (M002) }
    Method (T017) { Local0 = (M002 = Buffer (34) { 0, 4, 1, 2, 3, 4 }) Return (Local0) }
    Method (T018) { Return (TS00) }
    Method (T019) { Return (TS01) }
    Method (T01A) { Local0 = (TS01 = Buffer (6) { 0, 4, 1, 2, 3, 4 }) Return (Local0) }
    Method (T01B) { Return (F000) }
    Method (T01C) { O000 = 7 Return (O000) }
    Method (T01D) { Return (O100) }
    Method (T01E) { Return (M003) }
    Method (T01F, 0, Serialized) { Name (BUF0, Buffer (34) {}) BUF0 = M000 Return (BUF0) }`,

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
  'tables that code loads, and regions over tables': `
    External (\\SSD9, IntObj)
    External (\\SSD0, IntObj)
    External (\\SSM0, MethodObj)
    Name (SSDB, Buffer () { 0x53, 0x53, 0x44, 0x54, 0x3b, 0x00, 0x00, 0x00, 0x02, 0xf4, 0x46, 0x57, 0x4d, 0x41, 0x50, 0x00, 0x53, 0x53, 0x41, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x49, 0x4e, 0x54, 0x4c, 0x25, 0x09, 0x20, 0x20, 0x08, 0x5c, 0x53, 0x53, 0x44, 0x30, 0x0b, 0x34, 0x12, 0x14, 0x0d, 0x5c, 0x53, 0x53, 0x4d, 0x30, 0x00, 0xa4, 0x5c, 0x53, 0x53, 0x44, 0x30 })
    Name (HDL0, 0)
    Name (PLDT, 0)
    Method (T000) { Load (SSDB, HDL0) Return (ObjectType (HDL0)) }
    Method (T001) { Return (\\SSM0 ()) }
    Method (T002) { Load (SSDB, HDL0) Return (1) }
    Method (T003) { Unload (HDL0) Return (CondRefOf (\\SSD0)) }
    Method (T004) { Load (SSDB, Local0) Return (\\SSD0) }
    Method (T005) { Return (LoadTable ("NONE", "", "", "", "", 0)) }
    Method (T006) { Return (LoadTable ("none", "", "", "", "", 0)) }
    Method (T007) { Return (LoadTable ("OEM1", "TOOLONGID", "", "", "", 0)) }
    Method (T008) { Unload (HDL0) Return (1) }
    Method (T009, 0, Serialized) { Name (BUF0, Buffer (10) {}) Load (BUF0, Local0) Return (1) }
    Method (T00A, 0, Serialized) { Name (BUF0, Buffer () { 0x53, 0x53, 0x44, 0x54, 0x3b, 0x00, 0x00, 0x00, 0x02, 0xf4, 0x46, 0x57, 0x4d, 0x41, 0x50, 0x00, 0x53, 0x53, 0x41, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x49, 0x4e, 0x54, 0x4c, 0x25, 0x09, 0x20, 0x20, 0x08, 0x5c, 0x53, 0x53, 0x44, 0x30, 0x0b, 0x34, 0x12, 0x14, 0x0d, 0x5c, 0x53, 0x53, 0x4d, 0x30, 0x00, 0xa4, 0x5c, 0x53, 0x53, 0x44, 0x30 }) BUF0[4] = 0xFF Load (BUF0, Local0) Return (1) }
    Method (T00B, 0, Serialized) { Name (BUF0, Buffer () { 0x53, 0x53, 0x44, 0x54, 0x3b, 0x00, 0x00, 0x00, 0x02, 0xf4, 0x46, 0x57, 0x4d, 0x41, 0x50, 0x00, 0x53, 0x53, 0x41, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x49, 0x4e, 0x54, 0x4c, 0x25, 0x09, 0x20, 0x20, 0x08, 0x5c, 0x53, 0x53, 0x44, 0x30, 0x0b, 0x34, 0x12, 0x14, 0x0d, 0x5c, 0x53, 0x53, 0x4d, 0x30, 0x00, 0xa4, 0x5c, 0x53, 0x53, 0x44, 0x30 }) BUF0[0] = 0x58 Load (BUF0, Local0) Return (1) }
    Method (T00C) { Load (HDL0, Local0) Return (1) }
    Method (T00D, 0, Serialized) { OperationRegion (REG0, SystemMemory, 0x300000, 0x200) Field (REG0, ByteAcc, NoLock, Preserve) { FLD0, 472 } FLD0 = Buffer () { 0x53, 0x53, 0x44, 0x54, 0x3b, 0x00, 0x00, 0x00, 0x02, 0xd8, 0x46, 0x57, 0x4d, 0x41, 0x50, 0x00, 0x53, 0x53, 0x42, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x49, 0x4e, 0x54, 0x4c, 0x25, 0x09, 0x20, 0x20, 0x08, 0x5c, 0x53, 0x53, 0x44, 0x39, 0x0b, 0x34, 0x12, 0x14, 0x0d, 0x5c, 0x53, 0x53, 0x4d, 0x39, 0x00, 0xa4, 0x5c, 0x53, 0x53, 0x44, 0x39 } Load (REG0, Local0) Return (\\SSD9) }
    Method (T00E, 0, Serialized) { OperationRegion (REG0, SystemIO, 0x300, 0x20) Load (REG0, Local0) Return (1) }
    Method (T00F, 0, Serialized) { DataTableRegion (DTRX, "DSDT", "", "") Field (DTRX, AnyAcc, NoLock, Preserve) { SIGN, 32 } Return (SIGN) }
    Method (T010, 0, Serialized) { DataTableRegion (DTRX, "NONE", "", "") Return (1) }
    Method (T011, 0, Serialized) { DataTableRegion (DTRX, "DSDT", "FWMAP", "USER") Field (DTRX, DWordAcc, NoLock, Preserve) { Offset (8), REVI, 8 } REVI = 9 Return (REVI) }
    Method (T012, 0, Serialized) { DataTableRegion (DTRX, "dsdt", "", "") Return (1) }`,
};
