/** Executes directives: macros, conditional groups, line numbers. `#include` is in inclusion.ts. */

import { lineAndColumn } from '../../bytes/source.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import { type ConditionHost, evaluateCondition } from './condition.ts';
import { Inclusions } from './inclusion.ts';
import { readDefinition, sameMacro } from './macros.ts';
import type { Directive } from './scan.ts';
import type { Frame, PreprocessorState } from './state.ts';
import { lexLine, lexToken, type Token } from './tokens.ts';

export class Directives implements ConditionHost {
  readonly #state: PreprocessorState;
  readonly #inclusions: Inclusions;

  constructor(state: PreprocessorState) {
    this.#state = state;
    this.#inclusions = new Inclusions(state);
  }

  execute(frame: Frame, directive: Directive): void {
    this.#state.setPlace(directive);
    const { text } = frame.file;
    switch (directive.name) {
      case 'define':
        this.#define(text, directive);
        return;
      case 'undef':
        this.#undefine(this.#macroName(text, directive));
        return;
      case 'if':
      case 'ifdef':
      case 'ifndef':
        if (frame.taken.length >= limit('conditional-depth')) {
          this.#state.report('dt/too-deep', {
            problem: `#${directive.name} nested ${moreThan('conditional-depth')}`,
          });
          this.#state.stopped = true;
          return;
        }
        frame.taken.push(false);
        this.#group(frame, directive);
        return;
      case 'elif':
      case 'elifdef':
      case 'elifndef':
      case 'else':
      case 'endif':
        this.#nextGroup(frame, directive);
        return;
      case 'include':
      case 'include_next':
      case 'import':
        this.#inclusions.include(frame, directive);
        return;
      case 'line':
        this.#line(frame, directive);
        return;
      case 'error':
        this.#state.report('dt/error-directive', { text: this.#bodyText(text, directive) });
        return;
      case 'warning':
        this.#state.report('dt/warning-directive', { text: this.#bodyText(text, directive) });
        return;
      case 'pragma':
        if (this.#bodyText(text, directive).trim() === 'once') this.#state.once.add(frame.file.source);
        return;
      case 'assert':
      case 'unassert':
        this.#state.report('dt/unsupported-directive', { name: directive.name });
        return;
      default:
        // The null directive, #ident and #sccs have no effect here.
        return;
    }
  }

  #bodyText(text: string, directive: Directive): string {
    return text
      .slice(directive.bodyStart, directive.bodyEnd)
      .replace(/[ \t\n\v\f\r]+/g, ' ')
      .replace(/ $/, '');
  }

  #define(text: string, directive: Directive): void {
    if (directive.macro === undefined) {
      const macro = readDefinition(text, directive.bodyStart, directive.bodyEnd, this.#state.names);
      if ('problem' in macro) {
        this.#state.report('dt/macro-definition', { problem: macro.problem });
        directive.macro = null;
      } else {
        directive.macro = macro;
      }
    }
    const { macro } = directive;
    if (!macro) return;
    const name = this.#state.names.numberOf(macro.name);
    const before = this.#state.macros[name];
    if (before && !sameMacro(before, macro)) {
      this.#state.report('dt/macro-redefined', { name: macro.name });
    }
    this.#state.macros[name] = macro;
  }

  #macroName(text: string, directive: Directive): Token | undefined {
    const token = lexToken(text, directive.bodyStart, directive.bodyEnd, this.#state.names, false);
    if (token.kind === 'name') return token;
    this.#state.report('dt/directive', { problem: `#${directive.name} requires a macro name` });
    return undefined;
  }

  #undefine(name: Token | undefined): void {
    if (name) this.#state.macros[name.name] = undefined;
  }

  /** Enters the group that `directive` opens if its condition holds, else skips to the next one. */
  #group(frame: Frame, directive: Directive): void {
    if (this.#holds(frame, directive)) {
      frame.taken[frame.taken.length - 1] = true;
    } else {
      this.#skipTo(frame, directive.next);
    }
  }

  #skipTo(frame: Frame, next: number): void {
    // Without a next group the file ends inside the conditional, which leaveFile() reports.
    frame.item = next < 0 ? frame.file.items.length : next;
  }

  /** The next directive of a conditional, reached at the end of the group before it or by skipping that group. */
  #nextGroup(frame: Frame, directive: Directive): void {
    if (directive.stray || frame.taken.length === 0) {
      this.#state.report('dt/stray-conditional', { name: directive.name });
    } else if (directive.name === 'endif') {
      frame.taken.pop();
    } else if (frame.taken.at(-1)) {
      this.#skipTo(frame, directive.next);
    } else {
      this.#group(frame, directive);
    }
  }

  #holds(frame: Frame, directive: Directive): boolean {
    const { text } = frame.file;
    switch (directive.name) {
      case 'else':
        return true;
      case 'ifdef':
      case 'elifdef':
      case 'ifndef':
      case 'elifndef': {
        const name = this.#macroName(text, directive);
        if (!name) return false;
        return (this.#state.macros[name.name] !== undefined) === directive.name.endsWith('ifdef');
      }
      default: {
        const tokens = lexLine(text, directive.bodyStart, directive.bodyEnd, this.#state.names);
        const result = evaluateCondition(this.#state.directiveExpander(tokens), this);
        if ('truth' in result) return result.truth;
        this.#state.report('dt/condition', { problem: result.problem });
        return false;
      }
    }
  }

  isDefined(name: string): boolean {
    return (
      this.#state.macros[this.#state.names.numberOf(name)] !== undefined || name.startsWith('__has_include')
    );
  }

  hasInclude(name: string, form: 'quote' | 'angle', next: boolean): boolean {
    return this.#inclusions.finds(name, form, next);
  }

  #line(frame: Frame, directive: Directive): void {
    const tokens = this.#inclusions.expandedLine(frame.file.text, directive);
    const [number, name] = tokens;
    if (!number || !/^[0-9]+$/.test(number.text)) {
      this.#state.report('dt/directive', { problem: '#line requires a line number' });
      return;
    }
    const { line } = lineAndColumn(frame.file.source, frame.file.originalOffset(directive.start));
    frame.lineDelta = Number.parseInt(number.text, 10) - line - 1;
    if (name?.kind === 'string') frame.fileName = name.text.slice(1, -1);
  }
}
