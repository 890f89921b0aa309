// A host bridge whose high window is there under a condition, devices with and without addresses, and a method that may fail.
DefinitionBlock ("", "DSDT", 2, "FWMAP", "FIELDS", 1)
{
    OperationRegion (NVS0, SystemMemory, 0x7FE00000, 0x20)
    Field (NVS0, DWordAcc, NoLock, Preserve)
    {
        LOWB, 32,
        HIGH, 8
    }
    Device (\_SB.PCI0)
    {
        Name (_HID, EisaId ("PNP0A08"))
        Name (_CID, EisaId ("PNP0A03"))
        Name (_BBN, 0)
        Method (_CRS)
        {
            Name (LOW, ResourceTemplate ()
            {
                WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xFF, 0, 0x100)
                IO (Decode16, 0xCF8, 0xCF8, 1, 8)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xC0000000, 0xDFFFFFFF, 0, 0x20000000)
            })
            Name (MORE, ResourceTemplate ()
            {
                QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Prefetchable, ReadWrite, 0, 0x100000000, 0x1FFFFFFFF, 0, 0x100000000)
            })
            If (LEqual (HIGH, 1)) { Return (ConcatenateResTemplate (LOW, MORE)) }
            Return (LOW)
        }
    }
    Device (\_SB.DEV0)
    {
        Name (_HID, "LAB0001")
        Name (_CID, Package () { "LAB0002", EisaId ("PNP0C02") })
        Name (BUF0, ResourceTemplate () { Memory32Fixed (ReadWrite, 0, 0x1000) })
        Method (_CRS)
        {
            CreateDWordField (BUF0, 4, BASE)
            Store (LOWB, BASE)
            Return (BUF0)
        }
        Method (FAIL)
        {
            If (LEqual (HIGH, 2)) { Return (Divide (1, 0)) }
            Return ("fine")
        }
        Method (PACK)
        {
            Return (Package () { 1, "two", Buffer () { 3, 4 }, Package () { HIGH } })
        }
    }
}
