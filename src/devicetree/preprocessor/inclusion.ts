/** `#include`, `#include_next` and `#import`: finding the file, and the limits of inclusion. */

import type { Source } from '../../bytes/source.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import { isFailure, openOnPath } from '../source/source-loader.ts';
import type { Directive } from './scan.ts';
import type { Frame, PreprocessorState } from './state.ts';
import { lexLine, type Token } from './tokens.ts';

export class Inclusions {
  readonly #state: PreprocessorState;
  #includes = 0;

  constructor(state: PreprocessorState) {
    this.#state = state;
  }

  include(frame: Frame, directive: Directive): void {
    const wanted = this.#includeName(frame.file.text, directive);
    if (!wanted) {
      const problem = `#${directive.name} expects "FILENAME" or <FILENAME>`;
      this.#state.report('dt/directive', { problem });
      return;
    }
    const found = this.#search(wanted.name, wanted.form, directive.name === 'include_next');
    if (!('source' in found)) {
      const code = found.reason === 'refused' ? 'dt/include-refused' : 'dt/include-missing';
      this.#state.report(code, { name: wanted.name, why: found.text });
      // Without the file, errors about what it should have defined would bury this one.
      this.#state.stopped = true;
      return;
    }
    if (this.#state.once.has(found.source)) return;
    if (directive.name === 'import') this.#state.once.add(found.source);
    const { depth } = frame.inclusion;
    if (depth + 1 >= limit('include-depth')) {
      const problem = `#include nested ${moreThan('include-depth')}; check whether the file includes itself`;
      this.#state.report('dt/include-depth', { problem });
      this.#state.stopped = true;
      return;
    }
    this.#includes += 1;
    if (this.#includes > limit('includes')) {
      this.#state.report('dt/include-depth', { problem: moreThan('includes') });
      this.#state.stopped = true;
      return;
    }
    this.#state.files.add(found.source);
    const file = this.#state.cache.scan(found.source);
    this.#state.enterFile(
      { file, parent: frame.inclusion, at: this.#state.span(), depth: depth + 1 },
      found.nextPath,
    );
  }

  /** Whether a file exists, for `__has_include` and `__has_include_next`. */
  finds(name: string, form: 'quote' | 'angle', next: boolean): boolean {
    return 'source' in this.#search(name, form, next);
  }

  /** The file name of a `#include`, macro-expanded when it is neither `"…"` nor `<…>`; undefined when malformed. */
  #includeName(text: string, directive: Directive): { name: string; form: 'quote' | 'angle' } | undefined {
    const body = text.slice(directive.bodyStart, directive.bodyEnd).replace(/^(?:\s|\/\*[\s\S]*?\*\/)+/, '');
    const direct = /^"([^"\n]*)"|^<([^>\n]*)>/.exec(body);
    if (direct) {
      return direct[1] !== undefined
        ? { name: direct[1], form: 'quote' }
        : { name: direct[2]!, form: 'angle' };
    }
    const tokens = this.expandedLine(text, directive);
    const first = tokens[0];
    if (first?.kind === 'string' && first.text.startsWith('"'))
      return { name: first.text.slice(1, -1), form: 'quote' };
    const close = tokens.findIndex((token) => token.text === '>');
    if (first?.text === '<' && close > 0) {
      const inner = tokens.slice(1, close);
      return {
        name: inner
          .map((token) => (token.white ? ` ${token.text}` : token.text))
          .join('')
          .trim(),
        form: 'angle',
      };
    }
    return undefined;
  }

  #search(
    name: string,
    form: 'quote' | 'angle',
    next: boolean,
  ): { source: Source; nextPath: number } | { reason: string; text: string } {
    const { loader, includePaths = [] } = this.#state.options;
    if (!loader) return { reason: 'refused', text: 'no other file may be opened' };
    const frame = this.#state.frame;
    const firstPath = next ? frame.nextPath : 0;
    const paths = firstPath > 0 ? includePaths.slice(firstPath) : includePaths;
    const from = form === 'quote' && !next ? frame.file.source.name : undefined;
    let tried = 0;
    const opened = openOnPath(name, from, paths, (path) => {
      tried += 1;
      return loader.open(path);
    });
    if (isFailure(opened)) return opened;
    const nextPath = firstPath + tried - (from === undefined ? 0 : 1);
    return { source: opened, nextPath };
  }

  /** The tokens of a directive's line, macro-expanded. */
  expandedLine(text: string, directive: Directive): Token[] {
    const expander = this.#state.directiveExpander(
      lexLine(text, directive.bodyStart, directive.bodyEnd, this.#state.names),
    );
    const tokens: Token[] = [];
    for (let token = expander.next(); token.kind !== 'end'; token = expander.next()) tokens.push(token);
    return tokens;
  }
}
