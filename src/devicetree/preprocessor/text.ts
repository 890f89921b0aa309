/** Text between directives: copied, except for the macros named in it. */
import { limit, moreThan } from '../../limits/limits.ts';
import type { Directives } from './directives.ts';
import type { Expander, TokenSource } from './expand.ts';
import type { Macro } from './macros.ts';
import { INCLUDES, type TextRun } from './scan.ts';
import type { Frame, PreprocessorState } from './state.ts';
import { EDGE_FREE, type Edge, edgeOf, lexToken, type Token, wouldPaste } from './tokens.ts';

/** The text run being copied. */
interface Cursor {
  run: TextRun;
  /** Everything before this offset has been copied or expanded. */
  at: number;
  /** Index into `run.names`. */
  name: number;
}

export class TextCopier {
  readonly #state: PreprocessorState;
  readonly #directives: Directives;
  readonly #expander: Expander;

  constructor(state: PreprocessorState, directives: Directives) {
    this.#state = state;
    this.#directives = directives;
    this.#expander = state.expander(true);
  }

  copyRun(frame: Frame, run: TextRun): void {
    if (this.#state.output.length > limit('preprocessed-bytes')) {
      this.#state.from = run.start;
      this.#state.to = run.start;
      this.#state.report('dt/too-large', {
        problem: moreThan('preprocessed-bytes', 'characters of preprocessed text'),
      });
      this.#state.stopped = true;
      return;
    }
    const { distinct } = run;
    const macros = this.#state.macros;
    let any = false;
    for (let index = 0; index < distinct.length && !any; index += 1)
      any = macros[distinct[index]!] !== undefined;
    if (!any) {
      this.#state.output.copy(frame.inclusion, run.start, run.end);
      return;
    }
    const cursor: Cursor = { run, at: run.start, name: 0 };
    /** Edge of the last token printed by a macro, while the text continues right after it. */
    let edge: Edge = EDGE_FREE;
    while (cursor.name < cursor.run.names.length && !this.#state.stopped) {
      const { names } = cursor.run;
      const start = names[cursor.name + 1]!;
      const macro = macros[names[cursor.name]!];
      if (!macro || start < cursor.at) {
        cursor.name += 3;
        continue;
      }
      const touching = start === cursor.at && edge !== EDGE_FREE;
      if (!touching) {
        this.#copyText(frame, cursor, start, edge);
        edge = names[cursor.name + 2]!;
      }
      cursor.name += 3;
      edge = this.#expandAt(frame, cursor, macro, start, edge, touching);
    }
    this.#copyText(frame, cursor, cursor.run.end, edge);
  }

  /** Copies up to `to`, after a space where the text would otherwise paste to the last token of an expansion. */
  #copyText(frame: Frame, cursor: Cursor, to: number, edge: Edge): void {
    if (to > cursor.at && edge !== EDGE_FREE) {
      const next = lexToken(frame.file.text, cursor.at, to, this.#state.names, false);
      if (!next.white && next.kind !== 'end' && wouldPaste(edge, next.kind, next.text)) {
        this.#state.output.expansion(frame.inclusion, cursor.at, cursor.at, '', ' ');
      }
    }
    this.#state.output.copy(frame.inclusion, cursor.at, to);
    cursor.at = to;
  }

  /**
   * Expands the macro named at `start`; returns the edge of the last token printed.
   * @param edge of the token printed right before it @param touching whether that token came from a macro, too
   */
  #expandAt(frame: Frame, cursor: Cursor, macro: Macro, start: number, edge: Edge, touching: boolean): Edge {
    const nameEnd = start + macro.name.length;
    this.#state.from = start;
    this.#state.to = nameEnd;
    if (macro.plain !== undefined) {
      const first = macro.body[0]!;
      if (!this.#state.spend('macro-characters', macro, macro.plain.length)) return EDGE_FREE;
      const text = wouldPaste(edge, first.kind, first.text) ? ` ${macro.plain}` : macro.plain;
      this.#state.output.expansion(frame.inclusion, start, nameEnd, macro.name, text);
      cursor.at = nameEnd;
      return macro.lastEdge;
    }
    const source = this.#runSource(frame, cursor, nameEnd);
    const expander = this.#expander;
    expander.base = source;
    const invocation: Token = {
      kind: 'name',
      text: macro.name,
      name: this.#state.names.numberOf(macro.name),
      white: false,
      start,
      end: nameEnd,
    };
    if (!expander.enter(macro, invocation)) {
      expander.reset();
      const space = touching && wouldPaste(edge, 'name', macro.name) ? ' ' : '';
      this.#state.output.expansion(frame.inclusion, start, nameEnd, macro.name, space + macro.name);
      cursor.at = source.mark();
      // Nothing was expanded: the text after the name needs no space.
      return EDGE_FREE;
    }
    const printed = this.#print(expander, macro, invocation, edge);
    expander.reset();
    cursor.at = source.mark();
    const to = cursor.at > start ? cursor.at : nameEnd;
    this.#state.output.expansion(frame.inclusion, start, to, macro.name, printed.text);
    return printed.edge;
  }

  /** The text of an expansion, with a space exactly where GNU cpp prints one (c-ppoutput.cc, scan_translation_unit). */
  #print(expander: Expander, macro: Macro, invocation: Token, before: Edge): { text: string; edge: Edge } {
    const pieces: string[] = [];
    let edge = before;
    let avoidPaste = true;
    let origin: Token | undefined = invocation;
    while (!expander.atBase) {
      const token = expander.next();
      if (token.kind === 'padding') {
        avoidPaste = true;
        if (!origin || (!origin.white && token.origin === undefined)) origin = token.origin;
        continue;
      }
      if (token.kind === 'end') break;
      const space = avoidPaste
        ? (origin ?? token).white || wouldPaste(edge, token.kind, token.text)
        : token.white;
      if (space) pieces.push(' ');
      pieces.push(token.text);
      if (!this.#state.spend('macro-characters', macro, token.text.length + 1)) break;
      avoidPaste = false;
      origin = undefined;
      edge = edgeOf(token.kind, token.text);
    }
    return { text: pieces.join(''), edge };
  }

  /** Tokens of the text from `from` on. Inside an argument list they continue in the next run, past directives. */
  #runSource(frame: Frame, cursor: Cursor, from: number): TokenSource {
    let at = from;
    let inArguments = false;
    const next = (): Token => {
      for (;;) {
        const token = lexToken(frame.file.text, at, cursor.run.end, this.#state.names, true);
        if (token.kind !== 'end') {
          at = token.end;
          this.#state.to = at;
          return token;
        }
        const following = inArguments ? this.#nextRun(frame) : undefined;
        if (!following) return token;
        cursor.run = following;
        cursor.name = 0;
        at = following.start;
      }
    };
    return {
      next,
      mark: () => at,
      back: (mark) => {
        at = mark;
        this.#state.to = mark;
      },
      enterArguments: () => {
        inArguments = true;
      },
      leaveArguments: () => {
        inArguments = false;
      },
    };
  }

  /** The next text run of the same file; directives before it are executed, except `#include`, which is an error here. */
  #nextRun(frame: Frame): TextRun | undefined {
    const from = this.#state.from;
    const to = this.#state.to;
    for (
      let item = frame.file.items[frame.item];
      item && !this.#state.stopped;
      item = frame.file.items[frame.item]
    ) {
      frame.item += 1;
      if (item.kind === 'text') {
        this.#state.from = from;
        this.#state.to = to;
        return item;
      }
      if (INCLUDES.has(item.name)) {
        this.#state.setPlace(item);
        this.#state.report('dt/macro-arguments', {
          problem: `#${item.name} inside the arguments of a macro`,
        });
      } else {
        this.#directives.execute(frame, item);
      }
    }
    return undefined;
  }
}
