/** ASL programs about fields and the regions that they are in. */
export const FIELDS: Readonly<Record<string, string>> = {
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
