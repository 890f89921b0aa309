/** Code in the shape of the driver and its Kconfig, written for these tests, as it reads without and with each change. */
import { describe, expect, test } from 'vitest';
import { readEvidence } from '../../src/evidence/read.ts';
import { RELEASE_CHANGES } from '../../src/linux/changes.ts';
import { shownChanges } from '../../src/linux/kernel-code.ts';
import { artifactOf } from '../evidence/artifacts.ts';

const shown = (...texts: string[]): Record<string, boolean | 'open'> => {
  const facts = readEvidence(
    texts.map((text, index) => artifactOf('kernel-source', text, `file${index}`)),
    { add: () => {} },
  );
  return Object.fromEntries(shownChanges(facts).map(({ value }) => [value.commit, value.present]));
};

const driver = (reserve: string, rest = ''): string =>
  `#include <linux/hyperv.h>\nstatic void vmbus_reserve_fb(void)\n{\n${reserve}\n}\n${rest}\nint vmbus_allocate_mmio(struct resource **new)\n{\n\treturn 0;\n}\n`;
const OLD = '\tstart = screen_info.lfb_base;\n\tsize = screen_info.lfb_size;';

describe('the driver', () => {
  test.each([
    ['a07b50d80ab6', OLD, `\tif (IS_ENABLED(CONFIG_SYSFB)) {\n${OLD}\n\t}`],
    ['a07b50d80ab6', OLD, `\tif (!IS_ENABLED(CONFIG_SYSFB))\n\t\treturn;\n${OLD}`],
    [
      'a07b50d80ab6',
      `#if 0\n\tif (IS_ENABLED(CONFIG_SYSFB))\n#endif\n${OLD}`,
      `#if 0\n#if X\n${OLD}\n#endif\n#else\n#ifdef CONFIG_SYSFB\n${OLD}\n#endif\n#endif`,
    ],
    ['a07b50d80ab6', `${OLD} /* CONFIG_SYSFB */`, `#ifdef CONFIG_SYSFB\n${OLD}\n#endif`],
    ['a07b50d80ab6', `\t// IS_ENABLED(CONFIG_SYSFB)\n${OLD}`, `\tif (IS_ENABLED(CONFIG_SYSFB))\n${OLD}`],
    [
      '2a8a8afba0c3',
      OLD,
      `\tpdev = pci_get_device(PCI_VENDOR_ID_MICROSOFT, PCI_DEVICE_ID_HYPERV_VIDEO, NULL);`,
    ],
    ['016a25e4b0df', OLD, `${OLD}\n\tif (!start)\n\t\tstart = low_mmio_base;`],
    ['a41e0ab394e4', OLD, '\tstart = sysfb_primary_display.screen.lfb_base;'],
  ])('%s', (commit, without, having) => {
    expect([shown(driver(without))[commit], shown(driver(having))[commit]]).toEqual([false, true]);
  });

  test.each([
    ['f83705a51275', '', 'static int vmbus_device_add(struct platform_device *pdev)\n{\n\treturn 0;\n}'],
    [
      '1dc5df133b98',
      'static int vmbus_device_add(struct platform_device *pdev)\n{\n\tret = of_range_parser_init(&parser, np);\n\tirq = platform_get_irq(pdev, 0);\n}',
      'static int vmbus_device_add(struct platform_device *pdev)\n{\n\tirq = platform_get_irq(pdev, 0);\n\tret = of_range_parser_init(&parser, np);\n}',
    ],
    [
      '23a0683186b7',
      'static acpi_status vmbus_walk_resources(struct acpi_resource *res)\n{\n\tif ((*old_res)->end < new_res->start) x();\n}',
      'static acpi_status vmbus_walk_resources(struct acpi_resource *res)\n{\n\tif ((*old_res)->start > new_res->end) x();\n}',
    ],
    [
      '73fe9073c0cc',
      'void vmbus_free_mmio(resource_size_t start)\n{\n\trelease_mem_region(start);\n}',
      'void vmbus_free_mmio(resource_size_t start)\n{\n\tif (fb_mmio && start >= fb_mmio->start)\n\t\treturn;\n}',
    ],
    [
      '78e04bbff849',
      'static int vmbus_acpi_add(struct platform_device *pdev)\n{\n\tfor (;;) {}\n}',
      'static int vmbus_acpi_add(struct platform_device *pdev)\n{\n\twhile (ancestor->handle != ACPI_ROOT_OBJECT) {}\n}',
    ],
  ])('%s', (commit, without, having) => {
    expect([shown(driver(OLD, without))[commit], shown(driver(OLD, having))[commit]]).toEqual([false, true]);
  });

  test('a function that is not there says nothing of what would be in it', () => {
    const none = shown('int vmbus_allocate_mmio(struct resource **new)\n{\n\treturn 0;\n}\n');
    expect(none).not.toHaveProperty('a07b50d80ab6');
    expect(none['6d146aefbaa5']).toBe(false);
  });

  test('a mention of another change in another function does not count', () => {
    const elsewhere = driver(OLD, 'static void other(void)\n{\n\tlow_mmio_base = 1;\n}');
    expect(shown(elsewhere)).toMatchObject({ a07b50d80ab6: false, '016a25e4b0df': false });
  });

  // Each of these reserves nothing, or may reserve nothing, without CONFIG_SYSFB.
  test.each([
    [
      'a caller',
      driver(OLD, 'static void init(void)\n{\n\tif (IS_ENABLED(CONFIG_SYSFB))\n\t\tvmbus_reserve_fb();\n}'),
    ],
    [
      'a macro',
      `#define HAVE_FB IS_ENABLED(CONFIG_SYSFB)\n${driver(`\tif (!HAVE_FB)\n\t\treturn;\n${OLD}`)}`,
    ],
    ['#ifdef around it', `#ifdef CONFIG_SYSFB\n${driver(OLD)}#endif\n`],
    [
      'a stub first',
      `#ifndef CONFIG_SYSFB\nstatic void vmbus_reserve_fb(void) { }\n#else\n${driver(OLD)}#endif\n`,
    ],
    [
      'a pointer first',
      driver(
        `\tconst u32 *base = &screen_info.lfb_base;\n\tif (!IS_ENABLED(CONFIG_SYSFB))\n\t\treturn;\n\tstart = *base;`,
      ),
    ],
    ['a function of sysfb', driver(`\tif (!sysfb_available())\n\t\treturn;\n${OLD}`)],
    ['a helper', driver('\tstart = hv_screen_base();')],
    ['another name', driver(OLD).replace('vmbus_reserve_fb', 'hv_reserve_fb')],
    ['a file that is cut', `int vmbus_allocate_mmio(void) { }\n${driver(OLD)}`.split('lfb_size')[0]!],
  ])('%s leaves open whether there is a gate', (_, text) => {
    expect(shown(text).a07b50d80ab6).toBe('open');
    expect(shown(text)['6d146aefbaa5']).not.toBe(false);
  });
});

describe('Kconfig', () => {
  const hv = (hyperv: string, vmbus?: string): string =>
    `menu "Microsoft Hyper-V guest support"\n\nconfig HYPERV\n\tbool "x"\n${hyperv}\thelp\n\t  select SYSFB in words.\n\n${vmbus === undefined ? '' : `config HYPERV_VMBUS\n\ttristate "y"\n${vmbus}\n`}endmenu\n`;

  test.each([
    [hv(''), { '96959283a58d': false, '94b04355e639': false, d33db956c961: false }],
    [
      hv('\tselect SYSFB if !HYPERV_VTL_MODE\n'),
      { '96959283a58d': true, '7b89a44b2e8c': false, d33db956c961: false },
    ],
    [hv('\tselect SYSFB if EFI && !HYPERV_VTL_MODE\n'), { '96959283a58d': true, '7b89a44b2e8c': true }],
    [
      hv('', '\tselect SYSFB if EFI && \\\n\t\t!HYPERV_VTL_MODE\n'),
      { '96959283a58d': true, '7b89a44b2e8c': true, d33db956c961: true, '94b04355e639': true },
    ],
  ])('%j', (text, expected) => {
    expect(shown(text)).toMatchObject(expected);
  });

  test('CONFIG_SYSFB itself', () => {
    expect(shown('config FIRMWARE_MEMMAP\n\tbool "x"\n')).toMatchObject({ d391c5827107: false });
    expect(shown('config SYSFB\n\tbool\n\tdefault y\n\tdepends on X86 || EFI\n')).toMatchObject({
      d391c5827107: true,
      a4a072d98d8c: false,
    });
    expect(shown('config SYSFB\n\tbool\n\tselect SCREEN_INFO\n')).toMatchObject({ a4a072d98d8c: true });
  });
});

test.each([
  ['', false],
  ['static bool pci_use_e820 = true;\n', true],
])('whether host bridge windows are kept off E820 by choice: %j', (declared, present) => {
  const code = `${declared}void pci_acpi_crs_quirks(void)\n{\n\tpci_use_crs = true;\n}\n`;
  expect(shown(code)).toEqual({ '0ae084d5a674': present });
});

describe('a kernel for OpenHCL', () => {
  // As Microsoft's OHCL-Linux-Kernel has it at 082a316e2272 and 6bf73aa56c9a, in words of this test.
  const OHCL = `#ifdef CONFIG_ACPI
static acpi_status vmbus_walk_resources(struct acpi_resource *res, void *ctx)
{
	do {
		if (((*old_res)->end + 1) == new_res->start) { join(); break; }
		if ((*old_res)->start > new_res->end) { new_res->sibling = *old_res; break; }
	} while (1);
}
#endif
static void __maybe_unused vmbus_reserve_fb(void)
{
	if (efi_enabled(EFI_BOOT)) {
		if (IS_ENABLED(CONFIG_SYSFB))
			start = screen_info.lfb_base;
	} else {
		pdev = pci_get_device(PCI_VENDOR_ID_MICROSOFT, PCI_DEVICE_ID_HYPERV_VIDEO, NULL);
	}
}
int vmbus_allocate_mmio(struct resource **new, resource_size_t min, bool fb_overlap_ok)
{
	if (!fb_overlap_ok && fb_mmio && start >= fb_mmio->start)
		return 1;
}
void vmbus_free_mmio(resource_size_t start, resource_size_t size)
{
	release_mem_region(start, size);
}
#ifdef CONFIG_ACPI
static int vmbus_acpi_add(struct platform_device *pdev)
{
	for (a = parent(d); a && a->handle != ACPI_ROOT_OBJECT; a = parent(a)) { walk(a); }
}
#else
static int vmbus_acpi_add(struct platform_device *pdev)
{
	return 0;
}
#endif
static int vmbus_device_add(struct platform_device *pdev)
{
	ret = of_range_parser_init(&parser, np);
#ifndef HYPERVISOR_CALLBACK_VECTOR
	vmbus_irq = of_irq_get(np, 0);
#endif
}
`;
  const DRIVER = {
    '7f163a6fd957': true,
    '40f26f3168bf': true,
    '23a0683186b7': true,
    '6d146aefbaa5': true,
    '78e04bbff849': true,
    '2a8a8afba0c3': true,
    f0880e2cb7e1: true,
    f83705a51275: true,
    a07b50d80ab6: true,
    '73fe9073c0cc': false,
    '1dc5df133b98': false,
    a41e0ab394e4: false,
    '016a25e4b0df': false,
  };

  test('its driver', () => {
    expect(shown(OHCL)).toEqual(DRIVER);
  });

  test('its Kconfig, in which the driver for VTL2 selects the mode, and the later one with a symbol for VMBus', () => {
    const older =
      'config HYPERV\n\ttristate "client drivers"\n\tselect PARAVIRT\n\nconfig HYPERV_VTL_MODE\n\tbool "VTL"\n\tdepends on HYPERV\n\nconfig MSHV_VTL\n\ttristate "VTL driver"\n\tselect HYPERV_VTL_MODE\n';
    expect(shown(older)).toEqual({ '94b04355e639': false, '96959283a58d': false, d33db956c961: false });
    // At 241b7dcba8f3.
    const later = `${older}\nconfig HYPERV_VMBUS\n\ttristate "VMBus driver"\n\tdepends on HYPERV\n\tdefault HYPERV\n\tselect SYSFB if EFI && !HYPERV_VTL_MODE\n`;
    expect(shown(OHCL, later)).toEqual({
      ...DRIVER,
      '94b04355e639': true,
      '96959283a58d': true,
      '7b89a44b2e8c': true,
      d33db956c961: true,
    });
  });
});

test('every sign is of a row of the release table', () => {
  const rows = new Set(RELEASE_CHANGES.map(({ commit }) => commit));
  const functions = ['vmbus_walk_resources', 'vmbus_acpi_add', 'vmbus_device_add', 'vmbus_free_mmio']
    .map(
      (name) =>
        `int ${name}(struct acpi_resource *res)\n{\n\tif ((*old_res)->end < new_res->start) x();\n}\n`,
    )
    .join('');
  const all = {
    ...shown(driver(OLD, functions)),
    ...shown(
      'config HYPERV\n\tbool\n\tselect SYSFB\n',
      'config SYSFB\n\tbool\n',
      'config DRM_SYSFB_HELPER\n\ttristate\n',
    ),
  };
  expect(Object.keys(all).length).toBeGreaterThan(15);
  for (const commit of Object.keys(all)) expect(rows, commit).toContain(commit);
});

test('the Makefile says the release', () => {
  const facts = readEvidence(
    [
      artifactOf(
        'kernel-source',
        'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION = -rc1\nNAME = x\n',
      ),
    ],
    { add: () => {} },
  );
  expect(facts.releases[0]!.value).toEqual({ release: '6.12.117-rc1' });
});

test('hostile code costs no more than its length', () => {
  const start = performance.now();
  shown(
    `${'/*'.repeat(200_000)}\nint vmbus_allocate_mmio(x)\n{`,
    driver('{'.repeat(200_000)),
    driver('"\\'.repeat(200_000)),
  );
  expect(performance.now() - start).toBeLessThan(2000);
});
