/*
 * A Generation 2 virtual machine's DSDT, reduced to what bears on the address map: the resource template of the VMBus
 * module is all zero, and _INI fills it from a page of memory that only the running machine has.
 */
DefinitionBlock ("gen2-dsdt.aml", "DSDT", 2, "MSFTVM", "DSDT01", 0x00000001)
{
    // The firmware writes the page's address here when it builds the table.
    OperationRegion (BIOS, SystemMemory, 0xF7FD9000, 0x10)
    Field (BIOS, DWordAcc, NoLock, Preserve)
    {
        MG2B,   32, // low gap: base
        MG2L,   32, // low gap: length
        HMIB,   32, // high gap: base, MiB
        HMIL,   32  // high gap: length, MiB
    }

    Scope (\_SB)
    {
        Device (VMOD)
        {
            Name (_HID, "ACPI0004")
            Name (_UID, Zero)
            Name (_CRS, ResourceTemplate ()
            {
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
                    0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
                    ,, MEM6, AddressRangeMemory, TypeStatic)
                QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
                    0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000,
                    ,, MEM7, AddressRangeMemory, TypeStatic)
            })

            Method (_INI, 0, NotSerialized)
            {
                CreateDWordField (_CRS, \_SB.VMOD.MEM6._MIN, MIN6)
                CreateDWordField (_CRS, \_SB.VMOD.MEM6._MAX, MAX6)
                CreateDWordField (_CRS, \_SB.VMOD.MEM6._LEN, LEN6)
                If (MG2L)
                {
                    MIN6 = MG2B
                    LEN6 = MG2L
                    MAX6 = (MG2B + (MG2L - 1))
                }

                CreateQWordField (_CRS, \_SB.VMOD.MEM7._MIN, MIN7)
                CreateQWordField (_CRS, \_SB.VMOD.MEM7._MAX, MAX7)
                CreateQWordField (_CRS, \_SB.VMOD.MEM7._LEN, LEN7)
                If (HMIL)
                {
                    MIN7 = (HMIB << 20)
                    LEN7 = (HMIL << 20)
                    MAX7 = (MIN7 + (LEN7 - 1))
                }
            }

            Device (VMBS)
            {
                Name (_HID, "MSFT1000")
                Name (_CID, "VMBus")
                Name (_UID, Zero)
                Method (_STA, 0, NotSerialized)
                {
                    Return (0x0F)
                }

                Name (_CRS, ResourceTemplate ()
                {
                    IRQ (Edge, ActiveHigh, Exclusive) {5}
                })
            }
        }
    }
}
