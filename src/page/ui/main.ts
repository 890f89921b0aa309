/**
 * The script of an interactive page. It is in one module with the library, which is in scope as `fwmap`; it reads and
 * writes the elements that `assemble.ts` makes, and makes no requests.
 */
import type * as core from '../../core.ts';
import type { CarriedMachine, OpenField, PageSettings } from '../machine.ts';

declare const fwmap: typeof core;

const { page } = fwmap;
/** Steps of a slider. */
const STEPS = 4096;
/** Time without further input before it answers. */
const PAUSE_MS = 120;

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function dataOf(id: string): string | undefined {
  return document.getElementById(id)?.textContent ?? undefined;
}

const version = document.body.dataset.version ?? '';
const carried = dataOf('machine');
let machine = carried === undefined ? page.NO_MACHINE : (page.unpack(carried) as CarriedMachine);
const first = page.settingsOf(machine);
/** Fields that were open once or are set: they stay on the page when another answer does not depend on them. */
const fields = new Map<string, OpenField>();
const values = new Map<string, string>(Object.entries(first.set));
for (const name of values.keys()) fields.set(name, { name, bits: 32, where: '' });

function chosen(): HTMLSelectElement {
  return element<HTMLSelectElement>('which');
}

/** The machines to choose from, where there are several. */
function showMachines(name: string): void {
  const names = page.machineNames(machine);
  chosen().replaceChildren(...names.map((each) => new Option(each, each, false, each === name)));
  element('machines').hidden = names.length < 2;
}

function settings(): PageSettings {
  return {
    question: element<HTMLSelectElement>('question').value as PageSettings['question'],
    machine: chosen().value,
    set: Object.fromEntries(values),
    release: element<HTMLInputElement>('release').value,
    boot: element<HTMLSelectElement>('boot').value,
    framebuffer: element<HTMLInputElement>('framebuffer').value,
    sysfb: element<HTMLSelectElement>('sysfb').value,
  };
}

/** A slider and a text box for a field; an empty box means not set. */
function fieldControl({ name, bits, where }: OpenField): HTMLElement {
  const holder = document.createElement('div');
  const id = `field-${name.replaceAll(/[^\w]/g, '-')}`;
  const label = document.createElement('label');
  label.htmlFor = id;
  label.textContent = `${name}, ${bits} bits${where === '' ? '' : `, ${where}`}`;
  const two = document.createElement('div');
  two.className = 'two';
  const slider = document.createElement('input');
  slider.type = 'range';
  slider.max = String(STEPS);
  slider.value = '0';
  slider.setAttribute('aria-label', `${name}, as a slider`);
  slider.dataset.field = name;
  const box = document.createElement('input');
  box.id = id;
  box.placeholder = 'not set';
  box.spellcheck = false;
  box.autocomplete = 'off';
  box.value = values.get(name) ?? '';
  const stand = (): void => {
    slider.value = String(page.sliderPosition(bits, box.value, STEPS) ?? 0);
    slider.setAttribute('aria-valuetext', box.value === '' ? 'not set' : box.value);
  };
  stand();
  slider.addEventListener('input', () => {
    box.value = page.sliderText(bits, Number(slider.value), STEPS);
    slider.setAttribute('aria-valuetext', box.value);
    values.set(name, box.value);
    soon();
  });
  box.addEventListener('input', () => {
    values.set(name, box.value);
    stand();
    soon();
  });
  two.append(slider, box);
  holder.append(label, two);
  return holder;
}

const shownFields = new Set<string>();

function showFields(): void {
  const holder = element('fields');
  for (const field of fields.values())
    if (!shownFields.has(field.name)) {
      shownFields.add(field.name);
      holder.append(fieldControl(field));
    }
  holder.hidden = shownFields.size === 0;
}

function showInputs(): void {
  const machines = fwmap.machinesOf(machine.artifacts);
  const { artifacts } = machines.find(({ name }) => name === chosen().value) ?? machines[0]!;
  const names = artifacts.map(({ source, kind }) => `${source.name} (${kind})`);
  element('inputs').textContent = names.length === 0 ? 'No inputs yet.' : `Inputs: ${names.join(', ')}`;
  element<HTMLButtonElement>('clear').hidden = names.length === 0;
}

let running = 0;

async function answer(): Promise<void> {
  running += 1;
  const mine = running;
  const status = element('answered');
  if (machine.artifacts.length === 0 && machine.said.length === 0) {
    element('report').innerHTML =
      '<h1>Nothing to read yet</h1><p>Drop a device tree, ACPI tables, a .config or a kernel log on this page, or paste a line.</p>';
    element('sources').textContent = '';
    return;
  }
  const given = settings();
  const result = await page.answerOnPage(machine, given, version);
  // A later answer is being computed.
  if (mine !== running) return;
  if ('fault' in result) {
    status.className = 'bad';
    status.textContent = result.fault;
    return;
  }
  const { parts, json, command } = result;
  // The library escapes all strings of inputs.
  element('report').innerHTML = parts.main;
  element('sources').innerHTML = parts.sources;
  element('json').textContent = json;
  element('command').textContent = command;
  document.title = parts.title;
  status.className = 'note';
  status.textContent = parts.title;
  for (const field of result.fields) if (!fields.has(field.name)) fields.set(field.name, field);
  showFields();
  showInputs();
  document.dispatchEvent(new CustomEvent('fwmap'));
}

let timer: ReturnType<typeof setTimeout> | undefined;

function soon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void now(), PAUSE_MS);
}

async function now(): Promise<void> {
  document.body.dataset.state = 'busy';
  try {
    await answer();
  } catch (error) {
    element('answered').className = 'bad';
    element('answered').textContent = `fwmap failed on this: ${String(error)}`;
  }
  document.body.dataset.state = 'ready';
}

function reset(): void {
  fields.clear();
  values.clear();
  shownFields.clear();
  element('fields').replaceChildren();
}

async function take(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<void> {
  const before = chosen().value;
  const dropped = await page.withDropped(machine, before, files);
  machine = dropped.carried;
  showMachines(dropped.machine);
  if (chosen().value !== before) reset();
  showInputs();
  await now();
}

async function takeFiles(list: Iterable<File>): Promise<void> {
  const files = await Promise.all(
    [...list].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  await take(files);
}

element<HTMLInputElement>('release').value = first.release;
element<HTMLSelectElement>('boot').value = first.boot;
element<HTMLInputElement>('framebuffer').value = first.framebuffer;
chosen().addEventListener('input', () => {
  // The fields belong to the previous machine.
  reset();
  soon();
});
for (const id of ['question', 'release', 'boot', 'framebuffer', 'sysfb'])
  element(id).addEventListener('input', soon);
const drop = element('drop');
for (const kind of ['dragover', 'dragenter'])
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  void takeFiles((event as DragEvent).dataTransfer?.files ?? []);
});
element<HTMLInputElement>('file').addEventListener('change', (event) => {
  const input = event.target as HTMLInputElement;
  void takeFiles(input.files ?? []);
  input.value = '';
});
element('take').addEventListener('click', () => {
  const text = element<HTMLTextAreaElement>('paste').value;
  if (text.trim() !== '') void take([{ name: 'pasted', bytes: new TextEncoder().encode(text) }]);
});
element('clear').addEventListener('click', () => {
  machine = page.NO_MACHINE;
  showMachines('');
  reset();
  showInputs();
  void now();
});
element('controls').hidden = false;
showMachines(first.machine);
showInputs();
showFields();
void now();
