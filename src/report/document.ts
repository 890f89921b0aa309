/**
 * What a report says, apart from how it looks. A subject (a verdict, a list of windows) is laid out once as a document;
 * text, mail and Markdown each render documents, so a new medium is one new file and a new subject is one too.
 *
 * Strings are as they came from the input: every medium escapes for itself.
 */

/** What a piece of text is, for media that can show it. */
export type Tone = 'strong' | 'code' | 'good' | 'bad' | 'warn' | 'faint';

export type Phrase = string | { readonly text: string; readonly tone: Tone };
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

export type Block =
  | { readonly kind: 'title'; readonly text: Text }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: Text }
  | { readonly kind: 'facts'; readonly rows: readonly { readonly label: string; readonly text: Text }[] }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Text[])[];
    }
  /** Lines to be kept as they are: raw data, a quotation. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] };

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

export function strong(text: string): Phrase {
  return { text, tone: 'strong' };
}
