/**
 * Parses device tree source: the language of dtc 1.8.1, whose grammar is grammars/dts.ebnf. One run tells every
 * error of a file: after one, reading goes on behind the next `;` of the same depth.
 */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source, Span } from '../bytes/source.ts';
import { parseInteger } from './expression.ts';
import { Lexer, type TokenKind } from './lexer.ts';
import {
  addLabel,
  deleteNode,
  type LiveLabel,
  type LiveNode,
  type LiveProperty,
  type LiveReservation,
  type LiveTree,
  liveChildOf,
  liveNode,
  liveProperty,
  livePropertyOf,
} from './live-tree.ts';
import { GrowingTree } from './merge.ts';
import type { SourceText } from './source-text.ts';
import { MAX_NODE_DEPTH, MAX_NODES, MAX_PROPERTIES } from './tree.ts';
import { ValueBuilder } from './value-builder.ts';
import { type FileAccess, syntaxError, ValueParser } from './value-parser.ts';

/** `loader` opens what `/include/` and `/incbin/` name; without one both are errors. */
export interface ParseOptions extends FileAccess {
  /** The file that the tree is said to come from; else the one in which the text begins. */
  readonly source?: Source | undefined;
}

/**
 * Parses a source file. The tree comes also with errors, from what could be read: whoever must not go on then looks
 * at the sink. Undefined when there is no root node. References are markers; references.ts resolves them.
 */
export function parseDts(
  text: SourceText,
  sink: DiagnosticSink,
  options: ParseOptions = {},
): LiveTree | undefined {
  return new Parser(text, new Lexer(text, options, sink), options).file();
}

/**
 * Parses the inside of a node's body without its braces, to the end of the text: the properties (and nodes, if any)
 * become the root's.
 */
export function parseBody(text: SourceText, sink: DiagnosticSink, options: ParseOptions = {}): LiveTree {
  return new Parser(text, new Lexer(text, { ...options, mode: 'name' }, sink), options).body();
}

/** Labels and `/omit-if-no-ref/` before a property or node. */
interface Prefix {
  readonly labels: readonly string[];
  readonly omit: boolean;
}

/** A body that is still open. */
interface OpenBody {
  readonly node: LiveNode;
  /** Its `{`. */
  readonly file: SourceText;
  readonly start: number;
}

class Parser {
  readonly #text: SourceText;
  readonly #lexer: Lexer;
  readonly #builder = new ValueBuilder();
  readonly #values: ValueParser;
  readonly #source: Source;
  #tree: GrowingTree | undefined;
  #plugin = false;
  #fragments = 0;
  #nodes = 0;
  #properties = 0;

  constructor(text: SourceText, lexer: Lexer, options: ParseOptions) {
    this.#text = text;
    this.#lexer = lexer;
    this.#values = new ValueParser(lexer, this.#builder, options);
    this.#source = options.source ?? text.spanOf(0, 0).source;
  }

  file(): LiveTree | undefined {
    const lexer = this.#lexer;
    lexer.next();
    this.#headers();
    const reservations = this.#reservations();
    while (lexer.kind !== 'end') this.#topLevel();
    if (!this.#tree) {
      syntaxError(lexer, 'a root node "/ { … };"');
      return undefined;
    }
    return this.#finished('dts', this.#tree.root, reservations);
  }

  body(): LiveTree {
    this.#lexer.next();
    const root = liveNode('');
    this.#contents([{ node: root, file: this.#text, start: 0 }], true);
    return this.#finished('dts-fragment', root, []);
  }

  #finished(form: 'dts' | 'dts-fragment', root: LiveNode, reservations: LiveReservation[]): LiveTree {
    return {
      source: this.#source,
      form,
      root,
      reservations,
      bootCpuid: guessedBootCpuid(root),
      plugin: this.#plugin,
    };
  }

  /** Steps over a token of that kind, or reports that it is missing. */
  #expect(kind: string, expected: string): boolean {
    if (this.#lexer.kind !== kind) {
      syntaxError(this.#lexer, expected);
      return false;
    }
    this.#lexer.next();
    return true;
  }

  /** After an error: to behind the next `;` of this depth, or to the `}` that ends it. */
  #recover(): void {
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

  #spanFrom(file: SourceText, start: number, end: number): Span {
    // A construct that ends in another file than it began in is placed where it began.
    return file.spanOf(start, this.#lexer.file === file ? Math.max(start, end) : start + 1);
  }

  #headers(): void {
    const lexer = this.#lexer;
    if (lexer.kind !== '/dts-v1/')
      lexer.report(
        'error',
        'dt/syntax',
        'syntax error',
        lexer.span,
        'a source file starts with "/dts-v1/;"; a version 0 file has to be converted first (dtc has convert-dtsv0)',
      );
    let first: boolean | undefined;
    while (lexer.kind === '/dts-v1/') {
      const { span } = lexer;
      lexer.next();
      if (!this.#expect(';', '";" after /dts-v1/')) return;
      let plugin = false;
      if ((lexer.kind as string) === '/plugin/') {
        plugin = true;
        lexer.next();
        if (!this.#expect(';', '";" after /plugin/')) return;
      }
      if (first !== undefined && first !== plugin)
        lexer.report('error', 'dt/header-flags', "Header flags don't match earlier ones", span);
      first ??= plugin;
    }
    this.#plugin = first ?? false;
  }

  #reservations(): LiveReservation[] {
    const lexer = this.#lexer;
    const reservations: LiveReservation[] = [];
    for (;;) {
      const labels: string[] = [];
      for (; lexer.kind === 'label'; lexer.next()) labels.push(lexer.text);
      if (lexer.kind !== '/memreserve/') {
        if (labels.length > 0) syntaxError(lexer, '/memreserve/ after the label');
        return reservations;
      }
      const { file, start } = lexer;
      lexer.next();
      const address = parseInteger(lexer);
      const size = address === undefined ? undefined : parseInteger(lexer);
      if (address === undefined || size === undefined) {
        syntaxError(lexer, 'an address and a size after /memreserve/');
        this.#recover();
        continue;
      }
      const span = this.#spanFrom(file, start, lexer.end);
      if (!this.#expect(';', '";" after the size')) this.#recover();
      reservations.push({ address, size, labels: liveLabels(labels).map(({ name }) => name), span });
    }
  }

  #topLevel(): void {
    const lexer = this.#lexer;
    switch (lexer.kind) {
      case '/': {
        lexer.next();
        const body = this.#node('');
        if (!body) return;
        if (this.#tree) this.#tree.merge(this.#tree.root, body);
        else this.#tree = new GrowingTree(body);
        return;
      }
      case 'label':
      case 'label-reference':
      case 'path-reference':
        this.#referenced();
        return;
      case '/delete-node/':
      case '/omit-if-no-ref/':
        this.#directive(lexer.kind);
        return;
      default:
        syntaxError(lexer, '"/ {", a reference to a node, /delete-node/ or /omit-if-no-ref/');
        if (lexer.kind === '}') lexer.next();
        this.#recover();
    }
  }

  /** `label: &reference { … };` */
  #referenced(): void {
    const lexer = this.#lexer;
    let label: string | undefined;
    if (lexer.kind === 'label') {
      label = lexer.text;
      lexer.next();
    }
    const isPath = lexer.kind === 'path-reference';
    if (!isPath && lexer.kind !== 'label-reference') {
      syntaxError(lexer, 'a reference to a node after the label');
      this.#recover();
      return;
    }
    const reference = lexer.text;
    const { span } = lexer;
    lexer.next();
    const body = this.#node('');
    if (!body) return;
    const isFirst = !this.#tree;
    this.#tree ??= new GrowingTree(liveNode(''));
    const relative = this.#plugin && !reference.startsWith('/') && reference.includes('/', 1);
    if (relative)
      lexer.report(
        'error',
        'dt/plugin-reference',
        `Label-relative reference ${reference} not supported in plugin`,
        span,
      );
    // In a plugin a path is a path of the tree it will be applied to, even when this one has the same.
    const target =
      isFirst || (this.#plugin && isPath && label === undefined) ? undefined : this.#tree.find(reference);
    if (target) {
      if (label !== undefined) this.#tree.label(target, label);
      this.#tree.merge(target, body);
    } else if (this.#plugin && label === undefined) {
      this.#tree.add(this.#tree.root, this.#overlayFragment(reference, span, body));
    } else {
      this.#notFound(reference, span);
    }
  }

  #notFound(reference: string, span: Span): void {
    this.#lexer.report('error', 'dt/reference-missing', `Label or path ${reference} not found`, span);
  }

  /** What `&label { … }` in a plugin stands for: `fragment@0 { target = <&label>; __overlay__ { … }; };`. */
  #overlayFragment(reference: string, span: Span, body: LiveNode): LiveNode {
    const fragment = liveNode(`fragment@${this.#fragments}`);
    this.#fragments += 1;
    const isPath = reference.startsWith('/');
    if (isPath) {
      this.#builder.mark('string');
      this.#builder.bytes(Buffer.from(`${reference}\0`, 'latin1'));
    } else {
      this.#builder.phandleReference(reference, span);
    }
    const { value, markers } = this.#builder.take();
    fragment.properties.push(liveProperty(isPath ? 'target-path' : 'target', value, markers));
    body.name = '__overlay__';
    body.parent = fragment;
    fragment.children.push(body);
    return fragment;
  }

  /** `/delete-node/ &reference;` or `/omit-if-no-ref/ &reference;` outside all nodes. */
  #directive(directive: TokenKind): void {
    const lexer = this.#lexer;
    lexer.next();
    if (lexer.kind !== 'label-reference' && lexer.kind !== 'path-reference') {
      syntaxError(lexer, `a reference to a node after ${directive}`);
      this.#recover();
      return;
    }
    const reference = lexer.text;
    const { span } = lexer;
    lexer.next();
    if (!this.#expect(';', '";" after the reference')) this.#recover();
    const target = this.#tree?.find(reference);
    if (!target) this.#notFound(reference, span);
    else if (directive === '/delete-node/') deleteNode(target);
    else target.omitIfUnused = true;
  }

  /** A node from its `{` to behind its `;`. */
  #node(name: string): LiveNode | undefined {
    const lexer = this.#lexer;
    const { file, start } = lexer;
    if (!this.#expect('{', '"{"')) {
      this.#recover();
      return undefined;
    }
    const node = liveNode(name);
    this.#nodes += 1;
    this.#contents([{ node, file, start }], false);
    return node;
  }

  /** Contents of the bodies given, the innermost last, until the outermost is closed; `unclosed` ones end with the text. */
  #contents(open: OpenBody[], unclosed: boolean): void {
    const lexer = this.#lexer;
    for (let body = open.at(-1); body; body = open.at(-1)) {
      const atOutermost = unclosed && open.length === 1;
      if (lexer.kind === 'end') {
        if (!atOutermost) syntaxError(lexer, `"}" to end ${describeNode(body.node)}`);
        for (const { node, file, start } of open) node.spans.push(this.#spanFrom(file, start, lexer.start));
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
          this.#recover();
      }
      if (this.#nodes > MAX_NODES || this.#properties > MAX_PROPERTIES) {
        const limit = this.#nodes > MAX_NODES ? `${MAX_NODES} nodes` : `${MAX_PROPERTIES} properties`;
        lexer.report('error', 'dt/too-large', `More than ${limit}; the rest is not read`, lexer.span);
        for (const { node, file, start } of open) node.spans.push(this.#spanFrom(file, start, lexer.start));
        lexer.abandon();
        lexer.next();
        return;
      }
    }
  }

  #prefix(): Prefix {
    const lexer = this.#lexer;
    const labels: string[] = [];
    let omit = false;
    for (; lexer.kind === 'label' || lexer.kind === '/omit-if-no-ref/'; lexer.next()) {
      if (lexer.kind === 'label') labels.push(lexer.text);
      else omit = true;
    }
    return { labels, omit };
  }

  #close({ node, file, start }: OpenBody): void {
    const lexer = this.#lexer;
    lexer.next();
    const end = lexer.kind === ';' ? lexer.end : lexer.start;
    node.spans.push(this.#spanFrom(file, start, end));
    if (!this.#expect(';', '";" after "}"')) return;
  }

  /** What begins with a name: a property, or a node, whose body is given back for its contents to be read. */
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
        this.#recover();
        return undefined;
      }
      const { value, markers } = this.#builder.take();
      property.value = value;
      property.markers = markers;
      property.valueSpan = this.#spanFrom(valueFile, valueStart, lexer.start);
    } else if (lexer.kind !== ';') {
      syntaxError(lexer, `"=", ";" or "{" after "${name}"`);
      this.#recover();
      return undefined;
    }
    property.span = this.#spanFrom(file, start, lexer.kind === ';' ? lexer.end : lexer.start);
    property.labels = liveLabels(labels);
    if (omit) {
      lexer.report(
        'error',
        'dt/syntax',
        'syntax error',
        property.span,
        'only a node can be omitted: /omit-if-no-ref/',
      );
    } else {
      this.#addProperty(parent, property, property.span);
    }
    this.#endProperty(name);
    return undefined;
  }

  /** A forgotten `;` at the end of a line costs no more than its message. */
  #endProperty(name: string): void {
    const lexer = this.#lexer;
    const { beginsLine } = lexer;
    if (this.#expect(';', `";" after the value of "${name}"`)) return;
    if (beginsLine) lexer.rereadAsName();
    else this.#recover();
  }

  #addProperty(parent: LiveNode, property: LiveProperty, span: Span): void {
    if (parent.children.length > 0)
      this.#lexer.report('error', 'dt/property-order', 'Properties must precede subnodes', span);
    this.#properties += 1;
    parent.properties.push(property);
  }

  #openChild(parent: LiveNode, name: string, { labels, omit }: Prefix, depth: number): OpenBody | undefined {
    const lexer = this.#lexer;
    const { file, start } = lexer;
    if (depth >= MAX_NODE_DEPTH) {
      lexer.report(
        'error',
        'dt/too-deep',
        `Nodes nest deeper than ${MAX_NODE_DEPTH}; those below are not read`,
        lexer.span,
      );
      this.#recover();
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
    if (omit || !this.#expect('name', 'the name of a property after /delete-property/')) {
      if (omit) syntaxError(lexer, 'a node after /omit-if-no-ref/');
      this.#recover();
      return;
    }
    const property = liveProperty(name, EMPTY);
    property.deleted = true;
    property.labels = liveLabels(labels);
    this.#addProperty(parent, property, this.#spanFrom(file, start, lexer.end));
    if (!this.#expect(';', '";" after the name')) this.#recover();
  }

  #deleteChild(parent: LiveNode): void {
    const lexer = this.#lexer;
    const { file, start } = lexer;
    lexer.next();
    const name = lexer.text;
    if (!this.#expect('name', 'the name of a node after /delete-node/')) {
      this.#recover();
      return;
    }
    const node = liveNode(name, parent);
    node.deleted = true;
    node.spans.push(this.#spanFrom(file, start, lexer.end));
    parent.children.push(node);
    if (!this.#expect(';', '";" after the name')) this.#recover();
  }
}

const EMPTY = new Uint8Array(0);

/** Labels as written before a thing, in the order dtc keeps them: its parser adds the innermost first, each in front. */
function liveLabels(names: readonly string[]): LiveLabel[] {
  const labels: LiveLabel[] = [];
  for (let index = names.length - 1; index >= 0; index -= 1) addLabel(labels, names[index]!);
  return labels;
}

function describeNode(node: LiveNode): string {
  return node.name === '' ? 'the node' : `the node "${node.name}"`;
}

/** The boot CPU's number as dtc guesses it: `reg` of the first node in `/cpus`, if that is one cell; else 0. */
function guessedBootCpuid(root: LiveNode): number {
  const first = liveChildOf(root, 'cpus')?.children[0];
  const value = first && livePropertyOf(first, 'reg')?.value;
  return value?.length === 4 ? new DataView(value.buffer, value.byteOffset).getUint32(0) : 0;
}
