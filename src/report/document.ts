/**
 * The content of a report, independent of its format. A subject (a verdict, a list of windows) is laid out once as a
 * document; text, mail, Markdown and HTML render documents, so a new format is one new file and so is a new subject.
 *
 * Strings are as they came from the input: each format escapes them.
 */

import type { Span } from '../bytes/source.ts';

/** The role of a piece of text, for formats that can show it. */
export type Tone = 'strong' | 'code' | 'good' | 'bad' | 'warn' | 'faint';

export type Phrase =
  | string
  | {
      readonly text: string;
      readonly tone: Tone;
      /** The place in an input that it names: formats that show the place link to it. */
      readonly span?: Span;
    };
export type Text = string | readonly Phrase[];

/** An item of a list, with items below it. */
export interface Item {
  readonly text: Text;
  readonly below?: readonly Item[];
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

export interface RowGroup {
  readonly title: Text;
  /** A row of a single cell spans the columns. */
  readonly rows: readonly (readonly Text[])[];
  /** A line below the rows. */
  readonly note?: string;
}

export type Block =
  | { readonly kind: 'title'; readonly text: Text }
  | { readonly kind: 'heading'; readonly text: string }
  | {
      readonly kind: 'paragraph';
      readonly text: Text;
      /** No empty line between it and the next block. */
      readonly heads?: true;
    }
  | {
      readonly kind: 'facts';
      readonly rows: readonly { readonly label: string; readonly text: Text }[];
      /** Indented below their heading in text, as rows are. */
      readonly inset?: true;
    }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      /** A row of a single cell spans the columns. */
      readonly rows: readonly (readonly Text[])[];
      /** Rows that need no titles: text and mail indent them and omit the titles. */
      readonly untitled?: true;
    }
  /** Groups of rows, each with a title; their columns are aligned throughout. */
  | {
      readonly kind: 'groups';
      /** What the groups are: the title of their column in formats that make one table of all. */
      readonly title: string;
      readonly columns: readonly Column[];
      readonly groups: readonly RowGroup[];
      /** Text and mail print the titles of the columns too. */
      readonly titled?: true;
    }
  /** Lines that are never wrapped: raw data, a quotation. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** The lines of a drawing, which are never wrapped. */
  | { readonly kind: 'drawing'; readonly lines: readonly Text[] }
  /** Long parts, folded in formats that can fold. */
  | { readonly kind: 'details'; readonly summary: string; readonly blocks: Document }
  /** The sources that numbers in brackets refer to, from 1. */
  | { readonly kind: 'references'; readonly items: readonly string[] };

export type Document = readonly Block[];

/** The pieces of a text. */
export function phrasesOf(text: Text): readonly Phrase[] {
  return typeof text === 'string' ? [text] : text;
}

/** A text without its tones. */
export function plainText(text: Text): string {
  return phrasesOf(text)
    .map((phrase) => (typeof phrase === 'string' ? phrase : phrase.text))
    .join('');
}

export function code(text: string): Phrase {
  return { text, tone: 'code' };
}

/** A place in an input: its text, and the span that it links to. */
export function linked(text: string, span: Span | undefined): Phrase {
  return span === undefined ? code(text) : { text, tone: 'code', span };
}

export function strong(text: string): Phrase {
  return { text, tone: 'strong' };
}

/** Whether no empty line follows it. */
export function headsNext(block: Block | undefined): boolean {
  return block?.kind === 'heading' || (block?.kind === 'paragraph' && block.heads === true);
}

/** A heading and what is below it; nothing where there is nothing. */
export function section(heading: string, ...blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'heading', text: heading }, ...blocks];
}

/** A list with its heading; nothing where it is empty. */
export function listSection(heading: string, items: readonly Item[]): Block[] {
  return items.length === 0 ? [] : section(heading, { kind: 'list', items });
}

/** Rows under a heading; nothing where there are none. @param titles of the columns, where a medium shows them */
export function rowsSection(
  heading: string,
  titles: readonly string[],
  rows: readonly (readonly Text[])[],
): Block[] {
  return rows.length === 0
    ? []
    : section(heading, {
        kind: 'table',
        untitled: true,
        columns: titles.map((title) => ({ title })),
        rows,
      });
}

/** Whether a row spans the columns of its table. @param columns how many columns the table has */
export function isAcross(row: readonly unknown[], columns: number): boolean {
  return row.length === 1 && columns > 1;
}

/** Texts under a heading, each on a line of its own; nothing where there are none. */
export function linesSection(heading: string, texts: readonly Text[]): Block[] {
  return rowsSection(
    heading,
    [heading.toLowerCase()],
    texts.map((text) => [text]),
  );
}
