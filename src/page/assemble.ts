/** Assembles the interactive page: the report, the controls, the library and the machine in one file. */
import { type PageParts, pageOf } from '../report/formats/html/page.ts';
import type { CarriedMachine } from './machine.ts';
import { pack } from './pack.ts';

/** Suggested releases; any other can be typed. */
const RELEASES = ['5.10', '5.15', '6.1', '6.6', '6.12', '6.18', '7.1'];

const CONTROLS = `<section class="controls" id="controls" hidden aria-label="Question and inputs">
<div class="drop" id="drop"><p id="inputs"></p>
<p><label for="file">Add files, or drop them anywhere on this page:</label> <input type="file" id="file" multiple> <button type="button" id="clear" hidden>Start over</button></p>
<details><summary>Paste text</summary><label for="paste">A ranges line, a log, hex</label><br><textarea id="paste" rows="4" cols="60" spellcheck="false"></textarea><br><button type="button" id="take">Read it</button></details>
<p class="note">Nothing leaves this page: its content security policy blocks all connections.</p></div>
<div class="set"><div id="machines" hidden><label for="which">Machine</label><select id="which"></select></div><div><label for="question">Question</label><select id="question"><option value="sysfb">Is CONFIG_SYSFB needed?</option><option value="windows">The address windows</option><option value="bridges">PCI host bridges</option><option value="simulate">VMBus allocations</option></select></div>
<div><label for="release">Kernel release</label><input id="release" list="releases" placeholder="any" autocomplete="off"><datalist id="releases">${RELEASES.map((release) => `<option value="${release}"></option>`).join('')}</datalist></div>
<div><label for="sysfb">CONFIG_SYSFB</label><select id="sysfb"><option value="">as the inputs say</option><option value="y">y</option><option value="n">not set</option></select></div>
<div><label for="boot">Boot</label><select id="boot"><option value="">as the inputs show</option><option value="efi">EFI</option><option value="bios">BIOS</option><option value="dt">device tree</option></select></div>
<div><label for="framebuffer">Framebuffer, BASE+SIZE</label><input id="framebuffer" placeholder="as the inputs show" spellcheck="false" autocomplete="off"></div></div>
<div class="set" id="fields" hidden role="group" aria-label="Firmware fields"></div>
<p id="answered" class="note" role="status"></p>
<p class="note">On the command line: <code id="command"></code></p>
<details><summary>JSON</summary><pre id="json" tabindex="0" aria-label="The answer as JSON"></pre></details>
</section>
`;

/**
 * `fwmap/core` as an expression: the statement that exports its names, at its end, becomes the value.
 * @param core text of dist/core.js @throws where it isn't a bundle of this shape
 */
export function libraryExpression(core: string): string {
  const found = /\bexport\s*\{([^{}]*)\}\s*;?\s*$/.exec(core);
  if (found === null) throw new Error('dist/core.js has no list of exports at its end');
  const names = found[1]!.split(',').map((pair) => {
    const [local, exported = local] = pair.trim().split(/\s+as\s+/);
    return `${exported}:${local}`;
  });
  return `(()=>{${core.slice(0, found.index)};return{${names.join(',')}}})()`;
}

/** Removes the reference to a source map, which a page does not have but a browser's tools would request. */
function withoutMap(bundle: string): string {
  return bundle.replace(/\n\/\/# sourceMappingURL=\S*\s*$/, '');
}

/** Escapes text that would end a script element: in strings and patterns `\\x3c` is the same character as `<`. */
function scriptText(text: string): string {
  return text.replace(/<(?=\/script|script|!--)/gi, '\\x3c');
}

export interface PageBundles {
  /** Text of dist/core.js. */
  readonly core: string;
  /** Text of dist/page.js. */
  readonly ui: string;
}

/** @param machine the machine that the page carries; without one the page is empty, and inputs can be dropped on it */
export function interactivePage(
  parts: PageParts | undefined,
  machine: CarriedMachine | undefined,
  { core, ui }: PageBundles,
  version: string,
): string {
  const shown = parts ?? {
    title: 'fwmap',
    main: '<h1>fwmap</h1><p>This page needs JavaScript.</p>',
    sources: '',
  };
  return pageOf(shown, {
    controls: CONTROLS,
    version,
    data: machine === undefined ? {} : { machine: pack(machine) },
    modules: [scriptText(`const fwmap=${libraryExpression(withoutMap(core))};\n${withoutMap(ui)}`)],
  });
}
