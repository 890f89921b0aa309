/** Parses node bodies: properties, children, and the directives that delete or omit them. */

import type { Span } from '../../bytes/source.ts';
import { limit, moreThan, overLimit } from '../../limits/limits.ts';
import {
  type LiveLabel,
  type LiveNode,
  type LiveProperty,
  liveNode,
  liveProperty,
} from '../live/live-tree.ts';
import type { Lexer } from './lexer.ts';
import type { SourceText } from './source-text.ts';
import type { ValueBuilder } from './value-builder.ts';
import { type FileAccess, syntaxError, ValueParser } from './value-parser.ts';

/** Labels and `/omit-if-no-ref/` before a property or node. */
interface Prefix {
  readonly labels: readonly string[];
  readonly omit: boolean;
}

const NO_PREFIX: Prefix = { labels: [], omit: false };

/** A body whose `}` has not been read yet. */
interface OpenBody {
  readonly node: LiveNode;
  /** The file and offset of its `{`. */
  readonly file: SourceText;
  readonly start: number;
}

export class BodyParser {
  readonly #lexer: Lexer;
  readonly #builder: ValueBuilder;
  readonly #values: ValueParser;
  #nodes = 0;
  #properties = 0;

  /** @param builder is empty between values */
  constructor(lexer: Lexer, builder: ValueBuilder, files: FileAccess) {
    this.#lexer = lexer;
    this.#builder = builder;
    this.#values = new ValueParser(lexer, builder, files);
  }

  /** Consumes a token of that kind; false, reported, when it is missing. @param expected for the message */
  expect(kind: string, expected: string): boolean {
    if (this.#lexer.kind !== kind) {
      syntaxError(this.#lexer, expected);
      return false;
    }
    this.#lexer.next();
    return true;
  }

  /** Error recovery: skips past the next `;` of this depth, or up to the `}` that ends it. */
  recover(): void {
    const lexer = this.#lexer;
    lexer.quiet = true;
    for (let depth = 0; lexer.kind !== 'end'; lexer.next()) {
      if (lexer.kind === '{') {
        depth += 1;
      } else if (lexer.kind === '}') {
        if (depth === 0) break;
        depth -= 1;
      } else if (lexer.kind === ';' && depth === 0) {
        lexer.next();
        break;
      }
    }
    lexer.quiet = false;
  }

  /** The span from `start` in `file` to `end` in the file being read. */
  spanFrom(file: SourceText, start: number, end: number): Span {
    // A construct that ends in another file than it began in gets the span of its first character.
    return file.spanOf(start, this.#lexer.file === file ? Math.max(start, end) : start + 1);
  }

  /** Parses a node from its `{` through its `;`. Undefined, reported and skipped, when there is no `{`. */
  node(name: string): LiveNode | undefined {
    const lexer = this.#lexer;
    const { file, start } = lexer;
    if (!this.expect('{', '"{"')) {
      this.recover();
      return undefined;
    }
    const node = liveNode(name);
    this.#nodes += 1;
    this.#contents([{ node, file, start }], false);
    return node;
  }

  /** Parses a whole text as the contents of a node. */
  wholeText(file: SourceText): LiveNode {
    const node = liveNode('');
    this.#contents([{ node, file, start: 0 }], true);
    return node;
  }

  /** Parses the open bodies, the innermost last, until the outermost is closed; an `unclosed` outermost ends with the text. */
  #contents(open: OpenBody[], unclosed: boolean): void {
    const lexer = this.#lexer;
    for (let body = open.at(-1); body; body = open.at(-1)) {
      const atOutermost = unclosed && open.length === 1;
      if (lexer.kind === 'end') {
        if (!atOutermost) syntaxError(lexer, `"}" to end ${describeNode(body.node)}`);
        for (const { node, file, start } of open) node.spans.push(this.spanFrom(file, start, lexer.start));
        return;
      }
      if (lexer.kind === '}') {
        if (atOutermost) {
          syntaxError(lexer, 'a property');
          lexer.next();
          if ((lexer.kind as string) === ';') lexer.next();
        } else {
          this.#close(body);
          open.pop();
        }
        continue;
      }
      const prefix = this.#prefix();
      switch (lexer.kind) {
        case 'name': {
          const below = this.#named(body.node, prefix, open.length);
          if (below) open.push(below);
          break;
        }
        case '/delete-property/':
          this.#deleteProperty(body.node, prefix);
          break;
        case '/delete-node/':
          this.#deleteChild(body.node);
          break;
        default:
          syntaxError(lexer, 'a property, a node or "}"');
          this.recover();
      }
      if (this.#nodes > limit('tree-nodes') || this.#properties > limit('tree-properties')) {
        const reached = this.#nodes > limit('tree-nodes') ? 'tree-nodes' : 'tree-properties';
        lexer.report('dt/too-large', { problem: `${overLimit(reached)}; the rest is not read` }, lexer.span);
        for (const { node, file, start } of open) node.spans.push(this.spanFrom(file, start, lexer.start));
        lexer.abandon();
        lexer.next();
        return;
      }
    }
  }

  #prefix(): Prefix {
    const lexer = this.#lexer;
    if (lexer.kind !== 'label' && lexer.kind !== '/omit-if-no-ref/') return NO_PREFIX;
    const labels: string[] = [];
    let omit = false;
    do {
      if (lexer.kind === 'label') labels.push(lexer.text);
      else omit = true;
      lexer.next();
    } while (lexer.kind === 'label' || lexer.kind === '/omit-if-no-ref/');
    return { labels, omit };
  }

  #close({ node, file, start }: OpenBody): void {
    const lexer = this.#lexer;
    lexer.next();
    const end = lexer.kind === ';' ? lexer.end : lexer.start;
    node.spans = [this.spanFrom(file, start, end)];
    this.expect(';', '";" after "}"');
  }

  /** Parses a property, or the start of a node, whose open body is returned. */
  #named(parent: LiveNode, { labels, omit }: Prefix, depth: number): OpenBody | undefined {
    const lexer = this.#lexer;
    const { text: name, file, start } = lexer;
    lexer.next();
    if (lexer.kind === '{') return this.#openChild(parent, name, { labels, omit }, depth);
    const property = liveProperty(name, EMPTY);
    if (lexer.kind === '=') {
      lexer.next();
      const valueFile = lexer.file;
      const valueStart = lexer.start;
      if (!this.#values.parse()) {
        this.#builder.take();
        this.recover();
        return undefined;
      }
      const { value, markers } = this.#builder.take();
      property.value = value;
      property.markers = markers;
      property.valueSpan = this.spanFrom(valueFile, valueStart, lexer.start);
    } else if (lexer.kind !== ';') {
      syntaxError(lexer, `"=", ";" or "{" after "${name}"`);
      this.recover();
      return undefined;
    }
    property.span = this.spanFrom(file, start, lexer.kind === ';' ? lexer.end : lexer.start);
    property.labels = liveLabels(labels);
    if (omit) {
      lexer.report('dt/syntax', { advice: '/omit-if-no-ref/ applies to nodes only' }, property.span);
    } else {
      this.#addProperty(parent, property, property.span);
    }
    this.#endProperty(name);
    return undefined;
  }

  /** The `;` of a property. When it is missing at the end of a line, parsing continues with the next line. */
  #endProperty(name: string): void {
    const lexer = this.#lexer;
    const { beginsLine } = lexer;
    if (this.expect(';', `";" after the value of "${name}"`)) return;
    if (beginsLine) lexer.rereadAsName();
    else this.recover();
  }

  #addProperty(parent: LiveNode, property: LiveProperty, span: Span): void {
    if (parent.children.length > 0) this.#lexer.report('dt/property-order', {}, span);
    this.#properties += 1;
    parent.properties.push(property);
  }

  #openChild(parent: LiveNode, name: string, { labels, omit }: Prefix, depth: number): OpenBody | undefined {
    const lexer = this.#lexer;
    const { file, start } = lexer;
    if (depth >= limit('tree-depth')) {
      const problem = `Nodes nest ${moreThan('tree-depth')}; those below are not read`;
      lexer.report('dt/too-deep', { problem }, lexer.span);
      this.recover();
      return undefined;
    }
    lexer.next();
    const node = liveNode(name, parent);
    this.#nodes += 1;
    node.labels = liveLabels(labels);
    node.omitIfUnused = omit;
    parent.children.push(node);
    return { node, file, start };
  }

  #deleteProperty(parent: LiveNode, { labels, omit }: Prefix): void {
    const lexer = this.#lexer;
    const { file, start } = lexer;
    lexer.next();
    const name = lexer.text;
    if (omit || !this.expect('name', 'the name of a property after /delete-property/')) {
      if (omit) syntaxError(lexer, 'a node after /omit-if-no-ref/');
      this.recover();
      return;
    }
    const property = liveProperty(name, EMPTY);
    property.deleted = true;
    property.labels = liveLabels(labels);
    this.#addProperty(parent, property, this.spanFrom(file, start, lexer.end));
    if (!this.expect(';', '";" after the name')) this.recover();
  }

  #deleteChild(parent: LiveNode): void {
    const lexer = this.#lexer;
    const { file, start } = lexer;
    lexer.next();
    const name = lexer.text;
    if (!this.expect('name', 'the name of a node after /delete-node/')) {
      this.recover();
      return;
    }
    const node = liveNode(name, parent);
    node.deleted = true;
    node.spans.push(this.spanFrom(file, start, lexer.end));
    parent.children.push(node);
    if (!this.expect(';', '";" after the name')) this.recover();
  }
}

const EMPTY = new Uint8Array(0);

/** Labels from source order to dtc's order: its parser adds the innermost first, each in front of the others. */
export function liveLabels(names: readonly string[]): LiveLabel[] {
  if (names.length === 0) return [];
  return [...new Set(names.toReversed())].reverse().map((name) => ({ name, deleted: false }));
}

function describeNode(node: LiveNode): string {
  return node.name === '' ? 'the node' : `the node "${node.name}"`;
}
