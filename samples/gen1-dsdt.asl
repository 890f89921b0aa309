/*
 * A Generation 1 virtual machine's DSDT, reduced: VMBus lies below the PCI root bus, whose windows it is given. The
 * framebuffer is BAR 0 of a PCI device (1414:5353), which no table mentions.
 */
DefinitionBlock ("gen1-dsdt.aml", "DSDT", 2, "MSFTVM", "MSFTVM02", 0x00000001)
{
    Scope (\_SB)
    {
        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Name (_CRS, ResourceTemplate ()
            {
                WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode,
                    0x0000, 0x0000, 0x00FF, 0x0000, 0x0100)
                IO (Decode16, 0x0CF8, 0x0CF8, 0x01, 0x08)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
                    0x0000, 0x0000, 0x0CF7, 0x0000, 0x0CF8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
                    0x0000, 0x0D00, 0xFFFF, 0x0000, 0xF300)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
                    0x00000000, 0x000A0000, 0x000BFFFF, 0x00000000, 0x00020000)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite,
                    0x00000000, 0xF8000000, 0xFFFBFFFF, 0x00000000, 0x07FC0000)
                QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite,
                    0x0000000000000000, 0x0000000FE0000000, 0x0000000FFFFFFFFF, 0x0000000000000000,
                    0x0000000020000000)
            })

            Device (ISA0)
            {
                Name (_ADR, 0x00070000)
            }

            Device (VMB8)
            {
                Name (_HID, "MSFT1000")
                Name (_CID, "VMBus")
                Name (_UID, Zero)
                Name (_CRS, ResourceTemplate ()
                {
                    IRQNoFlags () {5}
                })
            }
        }
    }
}
