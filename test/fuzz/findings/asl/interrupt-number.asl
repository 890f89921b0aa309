DefinitionBlock ("", "DSDT", 2, "A", "B", 1) { Device (D) { Name (_CRS, ResourceTemplate () { IRQNoFlags () {0xFFFFFFFFFFFFFFFF} DMA (Compatibility, NotBusMaster, Transfer8) {0x7FFFFFFF} }) } }
