/**
 * What a report says, apart from how it looks. A subject (a verdict, a list of windows) is laid out once as a document;
 * text, mail and Markdown each render documents, so a new medium is one new file and a new subject is one too.
 *
 * Strings are as they came from the input: every medium escapes for itself.
 */

import type { Span } from '../bytes/source.ts';

/** What a piece of text is, for media that can show it. */
export type Tone = 'strong' | 'code' | 'good' | 'bad' | 'warn' | 'faint';

export type Phrase =
  | string
  | {
      readonly text: string;
      readonly tone: Tone;
      /** The place in an input that it names: media that can show the place itself link to it. */
      readonly span?: Span;
    };
export type Text = string | readonly Phrase[];

/** A point, with points below it. */
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
  /** One of a single cell goes across the columns. */
  readonly rows: readonly (readonly Text[])[];
  /** What there is more and isn't listed, below the rows. */
  readonly note?: string;
}

export type Block =
  | { readonly kind: 'title'; readonly text: Text }
  | { readonly kind: 'heading'; readonly text: string }
  | {
      readonly kind: 'paragraph';
      readonly text: Text;
      /** It belongs to what follows. */
      readonly heads?: true;
    }
  | {
      readonly kind: 'facts';
      readonly rows: readonly { readonly label: string; readonly text: Text }[];
      /** In a terminal and a mail they stand in from their heading, as rows do. */
      readonly inset?: true;
    }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      /** One of a single cell goes across the columns. */
      readonly rows: readonly (readonly Text[])[];
      /** Rows that speak for themselves: a terminal and a mail show them indented and without the titles. */
      readonly untitled?: true;
    }
  /** Rows under what they have in common, their columns in line throughout. */
  | {
      readonly kind: 'groups';
      /** What the groups are: the title of their column where a medium has one table of all. */
      readonly title: string;
      readonly columns: readonly Column[];
      readonly groups: readonly RowGroup[];
    }
  /** Lines to be kept as they are: raw data, a quotation. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** Lines that make a picture: in line with each other, none of them broken. */
  | { readonly kind: 'drawing'; readonly lines: readonly Text[] }
  /** What is long and comes last: folded where a medium can fold. */
  | { readonly kind: 'details'; readonly summary: string; readonly blocks: Document }
  /** What the numbers in brackets stand for, the first is 1. */
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

/** A place in an input, by the name that a person finds it with. */
export function linked(text: string, span: Span | undefined): Phrase {
  return span === undefined ? code(text) : { text, tone: 'code', span };
}

export function strong(text: string): Phrase {
  return { text, tone: 'strong' };
}

/** Whether what follows is close to it. */
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

/** Whether a row of a table with so many columns goes across them. */
export function isAcross(row: readonly unknown[], columns: number): boolean {
  return row.length === 1 && columns > 1;
}

/** Texts a line each below their heading; nothing where there are none. */
export function linesSection(heading: string, texts: readonly Text[]): Block[] {
  return rowsSection(
    heading,
    [heading.toLowerCase()],
    texts.map((text) => [text]),
  );
}
