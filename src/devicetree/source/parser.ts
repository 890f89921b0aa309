/**
 * Parses device tree source: the language of dtc 1.8.1, with the grammar in grammars/dts.ebnf. One run reports all errors of
 * a file: after an error, parsing continues after the next `;` of the same depth.
 */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source, Span } from '../../bytes/source.ts';
import { latin1Bytes } from '../../bytes/text-encoding.ts';
import {
  deleteNode,
  guessedBootCpuid,
  type LiveNode,
  type LiveReservation,
  type LiveTree,
  liveNode,
  liveProperty,
} from '../live/live-tree.ts';
import { BodyParser, liveLabels } from './body-parser.ts';
import { parseInteger } from './expression.ts';
import { Lexer, type TokenKind } from './lexer.ts';
import { GrowingTree } from './merge.ts';
import type { SourceText } from './source-text.ts';
import { ValueBuilder } from './value-builder.ts';
import { type FileAccess, syntaxError } from './value-parser.ts';

/** Hint for a source that refers to nodes of another tree. */
export const OVERLAY_HINT = 'an overlay starts with "/dts-v1/; /plugin/;"';

/** `loader` opens what `/include/` and `/incbin/` name; without one both are errors. */
export interface ParseOptions extends FileAccess {
  /** The source of the tree; by default the file in which the text begins. */
  readonly source?: Source | undefined;
}

/**
 * Parses a source file. With errors in `sink` the tree has what could be parsed; callers that must not use it then have to
 * check the sink. Undefined when there is no root node. References are markers, which live/references.ts resolves.
 */
export function parseDts(
  text: SourceText,
  sink: DiagnosticSink,
  options: ParseOptions = {},
): LiveTree | undefined {
  return new Parser(text, new Lexer(text, options, sink), options).file();
}

/**
 * Parses the contents of a node, without braces, to the end of the text. Its properties and nodes become those of the root.
 */
export function parseBody(text: SourceText, sink: DiagnosticSink, options: ParseOptions = {}): LiveTree {
  return new Parser(text, new Lexer(text, { ...options, mode: 'name' }, sink), options).body();
}

class Parser {
  readonly #text: SourceText;
  readonly #lexer: Lexer;
  readonly #builder = new ValueBuilder();
  readonly #bodies: BodyParser;
  readonly #source: Source;
  #tree: GrowingTree | undefined;
  #plugin = false;
  #fragments = 0;

  constructor(text: SourceText, lexer: Lexer, options: ParseOptions) {
    this.#text = text;
    this.#lexer = lexer;
    this.#bodies = new BodyParser(lexer, this.#builder, options);
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
    return this.#finished('dts-fragment', this.#bodies.wholeText(this.#text), []);
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

  #headers(): void {
    const lexer = this.#lexer;
    if (lexer.kind !== '/dts-v1/')
      lexer.report(
        'dt/syntax',
        {
          advice:
            'a source file starts with "/dts-v1/;"; a version 0 file has to be converted first (dtc has convert-dtsv0)',
        },
        lexer.span,
      );
    let first: boolean | undefined;
    while (lexer.kind === '/dts-v1/') {
      const { span } = lexer;
      lexer.next();
      if (!this.#bodies.expect(';', '";" after /dts-v1/')) return;
      let plugin = false;
      if ((lexer.kind as string) === '/plugin/') {
        plugin = true;
        lexer.next();
        if (!this.#bodies.expect(';', '";" after /plugin/')) return;
      }
      if (first !== undefined && first !== plugin) lexer.report('dt/header-flags', {}, span);
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
        this.#bodies.recover();
        continue;
      }
      const span = this.#bodies.spanFrom(file, start, lexer.end);
      if (!this.#bodies.expect(';', '";" after the size')) this.#bodies.recover();
      reservations.push({ address, size, labels: liveLabels(labels).map(({ name }) => name), span });
    }
  }

  #topLevel(): void {
    const lexer = this.#lexer;
    switch (lexer.kind) {
      case '/': {
        lexer.next();
        const body = this.#bodies.node('');
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
        this.#bodies.recover();
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
      this.#bodies.recover();
      return;
    }
    const reference = lexer.text;
    const { span } = lexer;
    lexer.next();
    const body = this.#bodies.node('');
    if (!body) return;
    const isFirst = !this.#tree;
    this.#tree ??= new GrowingTree(liveNode(''));
    const relative = this.#plugin && !reference.startsWith('/') && reference.includes('/', 1);
    if (relative) lexer.report('dt/plugin-reference', { reference }, span);
    // In a plugin a path is one of the base tree, even when this tree has the same path.
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
    // A source that only changes nodes and defines none is probably an overlay.
    const advice = !this.#plugin && !this.#tree?.root.children.length ? OVERLAY_HINT : undefined;
    this.#lexer.report('dt/reference-missing', { reference, advice }, span);
  }

  /** The fragment for `&label { … }` in a plugin: `fragment@0 { target = <&label>; __overlay__ { … }; };`. */
  #overlayFragment(reference: string, span: Span, body: LiveNode): LiveNode {
    const fragment = liveNode(`fragment@${this.#fragments}`);
    this.#fragments += 1;
    const isPath = reference.startsWith('/');
    if (isPath) {
      this.#builder.mark('string');
      this.#builder.bytes(latin1Bytes(`${reference}\0`));
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
      this.#bodies.recover();
      return;
    }
    const reference = lexer.text;
    const { span } = lexer;
    lexer.next();
    if (!this.#bodies.expect(';', '";" after the reference')) this.#bodies.recover();
    const target = this.#tree?.find(reference);
    if (!target) this.#notFound(reference, span);
    else if (directive === '/delete-node/') deleteNode(target);
    else target.omitIfUnused = true;
  }
}
