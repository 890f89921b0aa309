/**
 * The ASL in the hunks of patches, as text that can be read by itself. The reader finds resource templates in any text, so
 * only those are completed: a template that begins before a hunk is opened, one that ends after it is closed, and an
 * incomplete macro is left out.
 */
import type { Segment } from './known-lines.ts';
import { blank, type CutValue, pastQuoted, SegmentText, type ShownText, TextBuilder } from './shown-text.ts';

/** Resource descriptor macros, which occur in resource templates only (ACPI 6.5, section 19.6). */
const MACRO =
  /\b(?:DMA|FixedDMA|FixedIO|IO|IRQ|IRQNoFlags|Interrupt|Memory24|Memory32|Memory32Fixed|Register|WordBusNumber|(?:Word|DWord|QWord|Extended)(?:IO|Memory|Space|PCC)|I2CSerialBus\w*|SPISerialBus\w*|UARTSerialBus\w*|CSI2Bus|GpioInt|GpioIo|Pin(?:Function|Config|Group\w*)|ClockInput|VendorLong|VendorShort|StartDependentFn\w*)\s*\(/g;

interface Nesting {
  readonly bracket: '{' | '(';
  readonly at: number;
  readonly isTemplate: boolean;
}

class ShownPart extends SegmentText {
  readonly cut: CutValue[] = [];
  /** Whether a template has to be opened before the part, and how many closed after it. */
  opens = false;
  closes = 0;

  constructor(segment: Segment) {
    super(segment);
    this.#shape(this.text);
  }

  #shape(text: string): void {
    const open: Nesting[] = [];
    let unseenEnd: number | undefined;
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const past = pastQuoted(text, at);
      if (past > at) {
        at = past - 1;
        continue;
      }
      const character = text[at]!;
      if (character === '{' || character === '(') {
        const isTemplate =
          character === '{' &&
          /ResourceTemplate\s*(?:\(\s*\))?\s*$/i.test(text.slice(Math.max(0, at - 80), at));
        open.push({ bracket: character, at, isTemplate });
      } else if (character === ')') {
        if (open.at(-1)?.bracket === '(') open.pop();
        else if (open.length === 0 && unseenEnd === undefined) {
          // The arguments of a macro that begins before the part.
          this.#cutBefore(at + 1);
          start = at + 1;
        }
      } else if (character === '}') {
        if (open.at(-1)?.bracket === '{') open.pop();
        else unseenEnd ??= at;
      }
    }
    this.#cutEnd(text, open);
    const unseen = text.slice(start, unseenEnd ?? text.length);
    MACRO.lastIndex = 0;
    const macro = MACRO.exec(unseen);
    this.opens = macro !== null && !/ResourceTemplate/i.test(unseen.slice(0, macro.index));
    this.closes += open.filter(({ isTemplate }) => isTemplate).length;
    if (this.opens && unseenEnd === undefined) this.closes += 1;
  }

  #cutBefore(end: number): void {
    const from = this.characters.findIndex((character) => character.trim() !== '');
    this.cut.push({ at: this.placeAt(Math.max(from, 0)), name: undefined });
    blank(this.characters, 0, end);
  }

  /** Leaves out a macro whose arguments continue after the part. */
  #cutEnd(text: string, open: readonly Nesting[]): void {
    const outer = open.findIndex(({ bracket }) => bracket === '(');
    if (outer < 0) return;
    const { at } = open[outer]!;
    const head = /(\w+)\s*$/.exec(text.slice(Math.max(0, at - 80), at));
    const from = head ? at - head[0].length : at;
    // The bracket of `Name (_CRS, ResourceTemplate () {` contains a template, which is closed instead.
    if (open.slice(outer).some(({ isTemplate }) => isTemplate)) return;
    this.cut.push({ at: this.placeAt(from), name: head?.[1] });
    blank(this.characters, from, text.length);
  }

  write(builder: TextBuilder): void {
    const { at, lines } = this.segment;
    if (this.opens) builder.line('ResourceTemplate () {', at, false);
    const text = this.characters.join('').split('\n');
    for (const [index, line] of lines.entries()) builder.line(text[index] ?? '', line, true);
    for (let left = this.closes; left > 0; left -= 1) builder.line('}', lines.at(-1) ?? at, false);
  }
}

/** The ASL that the hunks show, completed where necessary. */
export function shownAsl(segments: readonly Segment[]): ShownText {
  const builder = new TextBuilder();
  const cut: CutValue[] = [];
  for (const segment of segments) {
    const part = new ShownPart(segment);
    part.write(builder);
    cut.push(...part.cut);
  }
  return { text: builder.text, places: builder.places, cut };
}
