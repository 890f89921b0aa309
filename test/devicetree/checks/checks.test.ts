import { describe, expect, it } from 'vitest';
import { CHECKS, CheckLevels } from '../../../src/devicetree/checks/run-checks.ts';
import { compile, levels, said } from '../compiled.ts';

/** The text that findings of one check have for the body of a root node; other checks are left out. */
function findings(check: string, body: string, options: { plugin?: boolean } = {}): string[] {
  const header = options.plugin ? '/dts-v1/; /plugin/;' : '/dts-v1/;';
  const { findings: all } = compile(`${header} ${body.includes('/ {') ? body : `/ { ${body} };`}`, {
    levels: levels(check),
    force: true,
  });
  return said(all.filter((finding) => finding.check === check)).map((line) => line.slice(check.length + 1));
}

const BUS = '#address-cells = <1>; #size-cells = <1>;';

/** check, a body that passes, a body that fails, and what dtc 1.8.1 says of it */
const CASES: readonly [string, string, string, readonly string[]][] = [
  ['duplicate_node_names', 'a {}; b {};', 'a {}; a {};', ['/a Duplicate node name']],
  ['duplicate_property_names', 'a; b;', 'a; a;', ['/:a Duplicate property name']],
  ['node_name_chars', 'a-b_c@1 {};', 'a#b {};', ["/a#b Bad character '#' in node name"]],
  ['node_name_format', 'a@1 {};', 'a@1@2 {};', ["/a@1@2 multiple '@' characters in node name"]],
  ['node_name_not_empty', 'a {};', '@1 {};', ['/@1 Empty node name']],
  ['property_name_chars', 'a?b#;', 'a@b;', ["/:a@b Bad character '@' in property name"]],
  ['name_is_string', 'n { name = "n"; };', 'n { name = <1 2>; };', ['/n:name property is not a string']],
  [
    'name_properties',
    'n@1 { name = "n"; };',
    'n@1 { name = "m"; };',
    ['/n@1 "name" property is incorrect ("m" instead of base node name)'],
  ],
  ['node_name_vs_property_name', 'a; b {};', 'a; a {};', ['/a node name and property name conflict']],
  [
    'duplicate_label',
    'l: a {}; m: b {};',
    'a { p = <l: 1>; }; l: b {}; l: c {};',
    ["/a Duplicate label 'l' on value of 'p' in /a and /b", "/c Duplicate label 'l' on /c and /b"],
  ],
  [
    'explicit_phandles',
    'a { phandle = <1>; }; b { phandle = <2>; };',
    'a { phandle = <1>; }; b { phandle = <1>; }; c { phandle = <0>; }; d { phandle = "ab"; };',
    [
      '/b duplicated phandle 0x1 (seen before at /a)',
      '/c:phandle bad value (0x0) in phandle property',
      '/d:phandle bad length (3) phandle property',
    ],
  ],
  [
    'phandle_references',
    'p = <&l>; l: a {};',
    'p = <&l>;',
    ['/ Reference to non-existent node or label "l"\n'],
  ],
  ['path_references', 'p = &l; l: a {};', 'p = &l;', ['/ Reference to non-existent node or label "l"\n']],
  [
    'address_cells_is_cell',
    '#address-cells = <1>;',
    '#address-cells = <1 2>;',
    ['/:#address-cells property is not a single cell'],
  ],
  ['model_is_string', 'model = "x";', 'model = "x", "y";', ['/:model property is not a string']],
  [
    'compatible_is_string_list',
    'compatible = "x", "y";',
    'compatible = [61];',
    ['/:compatible property is not a string list'],
  ],
  [
    'names_is_string_list',
    'a-names = "x", "y";',
    'a-names = [61];',
    ['/:a-names property is not a string list'],
  ],
  [
    'property_name_chars_strict',
    'a,#b; device_type = "x";',
    'a_b;',
    ["/:a_b Character '_' not recommended in property name"],
  ],
  ['node_name_chars_strict', 'a@1_2 {};', 'a_b {};', ["/a_b Character '_' not recommended in node name"]],
  [
    'reg_format',
    `${BUS} a@1 { reg = <1 2>; };`,
    `${BUS} a@1 { reg = <1 2 3>; }; b { reg; };`,
    [
      '/a@1:reg property has invalid length (12 bytes) (#address-cells == 1, #size-cells == 1)',
      '/b:reg property is empty',
    ],
  ],
  [
    'ranges_format',
    `${BUS} b { ${BUS} ranges = <1 2 3>; };`,
    `${BUS} a { #address-cells = <2>; #size-cells = <1>; ranges; }; b { ${BUS} ranges = <1>; };`,
    [
      '/a:ranges empty "ranges" property but its #address-cells (2) differs from / (1)',
      '/b:ranges "ranges" property has invalid length (4 bytes) (parent #address-cells == 1, child #address-cells == 1, #size-cells == 1)',
    ],
  ],
  [
    'unit_address_vs_reg',
    `${BUS} a@1 { reg = <1 1>; }; b {};`,
    `${BUS} a { reg = <1 1>; }; b@1 {};`,
    [
      '/a node has a reg or ranges property, but no unit name',
      '/b@1 node has a unit name, but no reg or ranges property',
    ],
  ],
  [
    'unit_address_format',
    'a@1f {}; b@0 {};',
    'a@0x1 {}; b@01 {}; c@0x01 {};',
    [
      '/a@0x1 unit name should not have leading "0x"',
      '/b@01 unit name should not have leading 0s',
      '/c@0x01 unit name should not have leading "0x"',
      '/c@0x01 unit name should not have leading 0s',
    ],
  ],
  [
    'pci_bridge',
    'pcie { device_type = "pci"; #address-cells = <3>; #size-cells = <2>; ranges; bus-range = <0 255>; };',
    'bridge { device_type = "pci"; bus-range = <2 1>; };',
    [
      '/bridge node name is not "pci" or "pcie"',
      '/bridge missing ranges for PCI bridge (or not a bridge)',
      '/bridge incorrect #address-cells for PCI bridge',
      '/bridge incorrect #size-cells for PCI bridge',
      '/bridge:bus-range 1st cell must be less than or equal to 2nd cell',
    ],
  ],
  [
    'simple_bus_reg',
    `${BUS} soc { compatible = "simple-bus"; ${BUS} a@10 { reg = <0x10 1>; }; };`,
    `${BUS} soc { compatible = "simple-bus"; ${BUS} a@11 { reg = <0x10 1>; }; b {}; };`,
    [
      '/soc/a@11 simple-bus unit address format error, expected "10"',
      '/soc/b missing or empty reg/ranges property',
    ],
  ],
  [
    'i2c_bus_reg',
    'i2c { #address-cells = <1>; #size-cells = <0>; a@50 { reg = <0x50>; }; b@800003ff { reg = <0x800003ff>; }; };',
    'i2c { #address-cells = <1>; #size-cells = <0>; a@80 { reg = <0x80>; }; b {}; };',
    [
      '/i2c/a@80:reg I2C address must be less than 7-bits, got "0x80". Set I2C_TEN_BIT_ADDRESS for 10 bit addresses or fix the property',
      '/i2c/b missing or empty reg property',
    ],
  ],
  [
    'spi_bus_bridge',
    'spi { #address-cells = <1>; #size-cells = <0>; a@0 { reg = <0>; }; };',
    'spi { a {}; };',
    ['/spi incorrect #address-cells for SPI bus', '/spi incorrect #size-cells for SPI bus'],
  ],
  [
    'avoid_default_addr_size',
    `${BUS} a@1 { reg = <1 1>; };`,
    'a@1 { reg = <1 1 1>; };',
    ['/a@1 Relying on default #address-cells value', '/a@1 Relying on default #size-cells value'],
  ],
  [
    'avoid_unnecessary_addr_size',
    `a { ${BUS} b@1 { reg = <1 1>; }; };`,
    `a { ${BUS} b {}; };`,
    [
      '/a unnecessary #address-cells/#size-cells without "ranges", "dma-ranges" or child "reg" or "ranges" property',
    ],
  ],
  [
    'unique_unit_address',
    `${BUS} a@1 {}; a@2 {};`,
    `${BUS} a@1 {}; b@1 {}; c@1 {};`,
    [
      '/a@1 duplicate unit-address (also used in node /b@1)',
      '/a@1 duplicate unit-address (also used in node /c@1)',
      '/b@1 duplicate unit-address (also used in node /c@1)',
    ],
  ],
  [
    'unique_unit_address_if_enabled',
    `${BUS} a@1 { status = "disabled"; }; b@1 {};`,
    `${BUS} a@1 {}; b@1 {};`,
    ['/a@1 duplicate unit-address (also used in node /b@1)'],
  ],
  ['chosen_node_is_root', 'chosen {};', 'a { chosen {}; };', ['/a/chosen chosen node must be at root node']],
  [
    'chosen_node_stdout_path',
    'chosen { stdout-path = "x"; };',
    'chosen { linux,stdout-path = "x"; };',
    ["/chosen:linux,stdout-path Use 'stdout-path' instead"],
  ],
  [
    'clocks_property',
    'c: c { #clock-cells = <1>; }; a { clocks = <&c 3>, <0>, <&c 4>; };',
    'c: c { #clock-cells = <2>; }; d: d {}; a { clocks = <&c 3>; }; b { clocks = <&d>; }; e { clocks = <1 2>; };',
    [
      '/a:clocks property size (8) too small for cell size 2',
      "/b Missing property '#clock-cells' in node /d or bad phandle (referred from clocks[0])",
      '/e:clocks cell 0 is not a phandle reference',
      '/e:clocks property size (8) too small for cell size 2',
    ],
  ],
  [
    'msi_parent_property',
    'm: m {}; a { msi-parent = <&m>; };',
    'a { msi-parent = [00]; };',
    ['/a:msi-parent property size (1) is invalid, expected multiple of 4'],
  ],
  [
    'gpios_property',
    'g: g { #gpio-cells = <1>; }; a { x-gpios = <&g 1>; }; h { gpio-hog; gpios = <1 2>; }; i { a,nr-gpios = <5>; };',
    'a { x-gpio = <5>; };',
    ['/a:x-gpio cell 0 is not a phandle reference', '/a:x-gpio Could not get phandle node for (cell 0)'],
  ],
  [
    'deprecated_gpio_property',
    'x-gpios;',
    'x-gpio;',
    ["/:x-gpio '[*-]gpio' is deprecated, use '[*-]gpios' instead"],
  ],
  [
    'interrupts_property',
    'interrupt-parent = <&i>; i: i { interrupt-controller; #interrupt-cells = <2>; }; a { interrupts = <1 2>; };',
    'i: i { interrupt-controller; #interrupt-cells = <2>; }; a { interrupts = <1>; interrupt-parent = <&i>; }; b { interrupts = <1>; };',
    ['/a:#interrupt-cells size is (4), expected multiple of 8', '/b Missing interrupt-parent'],
  ],
  [
    'interrupt_provider',
    'i { interrupt-controller; #interrupt-cells = <1>; };',
    'i { interrupt-controller; }; j { #interrupt-cells = <1>; };',
    [
      "/i Missing '#interrupt-cells' in interrupt provider",
      "/j '#interrupt-cells' found, but node is not an interrupt provider",
    ],
  ],
  [
    'interrupt_map',
    'i: i { #address-cells = <0>; interrupt-controller; #interrupt-cells = <1>; }; m { #address-cells = <1>; #interrupt-cells = <1>; interrupt-map = <0 1 &i 5>; };',
    'i: i { interrupt-controller; #interrupt-cells = <1>; }; m { #address-cells = <1>; #interrupt-cells = <1>; interrupt-map-mask = <1>; interrupt-map = <0 1 &i>; };',
    [
      '/m:interrupt-map-mask property size (4) is invalid, expected 8',
      "/m:interrupt-map Missing property '#address-cells' in node /i, using 0 as fallback",
      '/m:interrupt-map property size (12) mismatch, expected 16',
    ],
  ],
  [
    'alias_paths',
    'aliases { a0 = "/n"; }; n {};',
    'aliases { a_b = "/n"; c = "/m"; }; n {};',
    [
      "/aliases aliases property name must include only lowercase and '-'",
      '/aliases:c aliases property is not a valid node (/m)',
    ],
  ],
  [
    'graph_endpoint',
    'a { port { x: endpoint { remote-endpoint = <&y>; }; }; }; b { port { y: endpoint { remote-endpoint = <&x>; }; }; };',
    'a { port { x: endpoint { remote-endpoint = <&y>; }; }; }; b { port { y: endpoint {}; }; };',
    ["/a/port/endpoint graph connection to node '/b/port/endpoint' is not bidirectional"],
  ],
  [
    'graph_port',
    'a { port { endpoint {}; }; };',
    'a { plug { endpoint {}; }; };',
    ["/a/plug graph port node name should be 'port'"],
  ],
];

describe('dtc’s checks', () => {
  it.each(CASES)('%s', (check, pass, fail, expected) => {
    expect(findings(check, pass)).toEqual([]);
    expect(findings(check, fail)).toEqual(expected);
  });

  it('are those of dtc 1.8.1, by name', () => {
    expect(CHECKS.filter(({ name }) => !name.startsWith('fwmap_'))).toHaveLength(89);
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
    for (const { requires } of CHECKS) {
      for (const name of requires)
        expect(
          CHECKS.some((check) => check.name === name),
          name,
        ).toBe(true);
    }
  });

  it('do not run when a prerequisite failed', () => {
    const { findings: all } = compile(
      '/dts-v1/; / { #address-cells = "wxyz"; p = "x"; n@1 { reg = <1>; }; };',
    );
    expect(said(all)).toContain("addr_size_cells Failed prerequisite 'address_cells_is_cell'");
    expect(said(all)).toContain("reg_format Failed prerequisite 'addr_size_cells'");
  });

  it('end at the first error', () => {
    const { findings: all, failed } = compile('/dts-v1/; / { a {}; a {}; b@0x1 {}; };');
    expect(said(all)).toEqual(['duplicate_node_names /a Duplicate node name']);
    expect(failed).toBe(true);
  });

  it('give up in an overlay where only the base tree knows', () => {
    expect(
      findings('clocks_property', '/ { f { __overlay__ { a { clocks = <&x 3>; }; }; }; };', { plugin: true }),
    ).toEqual([]);
  });
});

describe('levels', () => {
  it('raised raise what they require, lowered lower what requires them', () => {
    const set = new CheckLevels();
    expect(set.of('reg_format')).toEqual({ warning: true, error: false });
    set.set('error', 'reg_format');
    expect(set.of('addr_size_cells')).toEqual({ warning: true, error: true });
    set.set('warning', 'no-address_cells_is_cell');
    expect(set.of('reg_format')).toEqual({ warning: false, error: true });
    expect(set.of('size_cells_is_cell')).toEqual({ warning: true, error: true });
    expect(set.set('warning', 'no_such_check')).toBe(false);
  });
});

describe('fwmap’s own checks', () => {
  const ROOT = '#address-cells = <1>; #size-cells = <1>;';
  it.each([
    [
      'fwmap_overlapping_windows',
      `${ROOT} a { ${BUS} ranges = <0 0x1000 0x1000>; }; b { ${BUS} ranges = <0 0x2000 0x1000>; };`,
      `${ROOT} a { ${BUS} ranges = <0 0x1000 0x1000>; }; b { ${BUS} ranges = <0 0x1800 0x1000>; };`,
      [
        "/b:ranges /b ranges[0] and /a ranges[0] both claim [mem 0x00001800-0x000027ff] of the parent's addresses",
      ],
    ],
    [
      'fwmap_reg_outside_ranges',
      `${ROOT} a { ${BUS} ranges = <0 0x1000 0x800>, <0x800 0x8000 0x800>; d@400 { reg = <0x400 0x800>; }; };`,
      `${ROOT} a { ${BUS} ranges = <0 0x1000 0x1000>; d@2000 { reg = <0x2000 1>; }; e@fff { reg = <0xfff 2>; }; };`,
      [
        '/a/d@2000:reg reg[0] at 0x2000 is in none of the ranges of /a',
        '/a/e@fff:reg reg[0] ends at 0x1001, past 0x1000, the end of what the ranges of /a translate',
      ],
    ],
    [
      'fwmap_framebuffer_in_window',
      `${ROOT} v { ${BUS} ranges = <0 0x1000 0x1000>; }; f@2000 { compatible = "simple-framebuffer"; reg = <0x2000 0x10>; };`,
      `${ROOT} v { ${BUS} ranges = <0 0x1000 0x1000>; }; f@1800 { compatible = "simple-framebuffer"; reg = <0x1800 0x10>; };`,
      [
        '/f@1800:reg the framebuffer of reg[0], [mem 0x00001800-0x0000180f], is in the window [mem 0x00001000-0x00001fff] that /v ranges[0] passes to its children',
      ],
    ],
    [
      'fwmap_ranges_cells',
      `#address-cells = <2>; #size-cells = <2>; v { #address-cells = <2>; #size-cells = <1>; ranges = <1 2 3 4 5>; };`,
      `#address-cells = <2>; #size-cells = <2>; v { #address-cells = <2>; #size-cells = <2>; ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>; };`,
      [
        '/v:ranges 20 bytes of ranges do not fit the cell counts 2/2/2 (child/parent/size); these would fit: 2/2/1, 2/1/2, 3/1/1',
      ],
    ],
  ] as const)('%s', (check, pass, fail, expected) => {
    expect(findings(check, pass)).toEqual([]);
    expect(findings(check, fail)).toEqual(expected);
  });

  it('are off unless asked for', () => {
    const set = new CheckLevels();
    for (const { name } of CHECKS)
      if (name.startsWith('fwmap_')) expect(set.of(name)).toEqual({ warning: false, error: false });
  });
});
