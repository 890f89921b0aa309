/** ASL programs about integers, buffers, strings, packages and conversions. */
export const VALUES: Readonly<Record<string, string>> = {
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
};
