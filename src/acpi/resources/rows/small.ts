/** Small resource descriptors (ACPI 6.5, 6.4.2). */
import { flag, NUMBER, POLARITY, SHARING, TRIGGERING, WAKE_CAPABLE, words } from '../codec.ts';
import { bits, type DescriptorRow, flags, number } from '../layout.ts';

const CONFIGURATION = words(['Good', 'Acceptable', 'SubOptimal'], [undefined, undefined, undefined]);

export const SMALL_ROWS: readonly DescriptorRow[] = [
  {
    type: 'irq',
    title: 'IRQ Descriptor',
    section: '6.4.2.1',
    size: 'small',
    item: 0x04,
    // With two bytes the flags are omitted: edge-triggered, active high, exclusive.
    content: [2, 3],
    elements: [
      { kind: 'mask', name: 'interrupts', bytes: 2, tag: '_INT' },
      flags(
        'flags',
        1,
        bits('triggering', 0, 1, TRIGGERING, '_HE_'),
        bits('polarity', 3, 1, POLARITY, '_LL_'),
        bits('sharing', 4, 1, SHARING, '_SHR'),
        bits('wakeCapable', 5, 1, WAKE_CAPABLE),
      ),
    ],
  },
  {
    type: 'dma',
    title: 'DMA Descriptor',
    section: '6.4.2.2',
    size: 'small',
    item: 0x05,
    content: [2, 2],
    elements: [
      { kind: 'mask', name: 'channels', bytes: 1, tag: '_DMA' },
      flags(
        'flags',
        1,
        bits('transferType', 0, 2, words(['Transfer8', 'Transfer8_16', 'Transfer16']), '_SIZ'),
        bits('busMaster', 2, 1, flag(['NotBusMaster', 'BusMaster']), '_BM_'),
        bits('speed', 5, 2, words(['Compatibility', 'TypeA', 'TypeB', 'TypeF']), '_TYP'),
      ),
    ],
  },
  {
    type: 'start-dependent',
    title: 'Start Dependent Functions Descriptor',
    section: '6.4.2.3',
    size: 'small',
    item: 0x06,
    content: [0, 1],
    elements: [
      flags(
        'priority',
        1,
        bits('compatibilityPriority', 0, 2, CONFIGURATION),
        bits('performanceRobustness', 2, 2, CONFIGURATION),
      ),
    ],
  },
  {
    type: 'end-dependent',
    title: 'End Dependent Functions Descriptor',
    section: '6.4.2.4',
    size: 'small',
    item: 0x07,
    content: [0, 0],
    elements: [],
  },
  {
    type: 'io',
    title: 'I/O Port Descriptor',
    section: '6.4.2.5',
    size: 'small',
    item: 0x08,
    content: [7, 7],
    elements: [
      flags('information', 1, bits('addressDecoding', 0, 1, words(['Decode10', 'Decode16']), '_DEC')),
      number('min', 2, NUMBER, { tag: '_MIN' }),
      number('max', 2, NUMBER, { tag: '_MAX' }),
      number('alignment', 1, NUMBER, { tag: '_ALN' }),
      number('length', 1, NUMBER, { tag: '_LEN' }),
    ],
  },
  {
    type: 'fixed-io',
    title: 'Fixed Location I/O Port Descriptor',
    section: '6.4.2.6',
    size: 'small',
    item: 0x09,
    content: [3, 3],
    elements: [number('base', 2, NUMBER, { tag: '_BAS' }), number('length', 1, NUMBER, { tag: '_LEN' })],
  },
  {
    type: 'fixed-dma',
    title: 'Fixed DMA Descriptor',
    section: '6.4.2.7',
    size: 'small',
    item: 0x0a,
    content: [5, 5],
    elements: [
      number('requestLines', 2, NUMBER, { tag: '_DMA' }),
      number('channels', 2, NUMBER, { tag: '_TYP' }),
      number(
        'transferWidth',
        1,
        words(['Width8bit', 'Width16bit', 'Width32bit', 'Width64bit', 'Width128bit', 'Width256bit']),
        { tag: '_SIZ' },
      ),
    ],
  },
  {
    type: 'vendor-short',
    title: 'Vendor-Defined Descriptor, Type 0',
    section: '6.4.2.8',
    size: 'small',
    item: 0x0e,
    content: [0, 7],
    elements: [{ kind: 'data', name: 'data' }],
  },
];

/** First byte of the end tag: item 0x0F with one byte of checksum (ACPI 6.5, 6.4.2.9). */
export const END_TAG = 0x79;
/** Item name of the end tag, whatever its length bits. */
export const END_TAG_ITEM = 0x0f;
