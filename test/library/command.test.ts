/** The command is an embedder as any other: what it takes from the rooms inside, the library offers everybody. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, describe as group, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');
const CLI = join(SRC, 'cli');

interface Use {
  readonly name: string;
  readonly by: string;
}

const read = new Map<string, ts.SourceFile>();

function parsed(file: string): ts.SourceFile {
  const known = read.get(file) ?? parsedText(file, readFileSync(file, 'utf8'));
  read.set(file, known);
  return known;
}

function parsedText(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** The file that a relative specifier names; undefined for packages and for modules of Node. */
function moduleAt(from: string, specifier: ts.Expression | undefined): string | undefined {
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.'))
    return undefined;
  return resolve(dirname(from), specifier.text);
}

/** `file#name` where something is declared, behind what only passes it on. */
function declaredAt(file: string, name: string): string {
  for (const statement of parsed(file).statements) {
    if (
      !ts.isExportDeclaration(statement) ||
      !statement.exportClause ||
      !ts.isNamedExports(statement.exportClause)
    )
      continue;
    const passed = statement.exportClause.elements.find((element) => element.name.text === name);
    const from = moduleAt(file, statement.moduleSpecifier);
    if (passed && from) return declaredAt(from, (passed.propertyName ?? passed.name).text);
  }
  return `${relative(SRC, file)}#${name}`;
}

/** Everything that an entry exports, by where it is declared. */
function exportsOf(entry: string): Set<string> {
  const found = new Set<string>();
  for (const statement of parsed(entry).statements) {
    if (!ts.isExportDeclaration(statement)) {
      const isExported =
        ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      if (!isExported) continue;
      if (ts.isVariableStatement(statement))
        for (const { name } of statement.declarationList.declarations)
          found.add(`${relative(SRC, entry)}#${name.getText()}`);
      else if ('name' in statement && statement.name)
        found.add(`${relative(SRC, entry)}#${(statement.name as ts.Identifier).text}`);
      continue;
    }
    const from = moduleAt(entry, statement.moduleSpecifier);
    if (from === undefined) continue;
    // `export * from` and `export * as name from`.
    if (!statement.exportClause || ts.isNamespaceExport(statement.exportClause))
      for (const name of exportsOf(from)) found.add(name);
    else
      for (const { name, propertyName } of statement.exportClause.elements)
        found.add(declaredAt(from, (propertyName ?? name).text));
  }
  return found;
}

/** The names that are taken of what `await import(…)` gives; undefined where that isn't seen. */
function namesTaken(call: ts.CallExpression): readonly string[] | undefined {
  const bound = (pattern: ts.BindingName | undefined): readonly string[] | undefined =>
    pattern && ts.isObjectBindingPattern(pattern)
      ? pattern.elements.map(({ name, propertyName }) => (propertyName ?? name).getText())
      : undefined;
  let at: ts.Node = call.parent;
  if (ts.isAwaitExpression(at)) {
    at = at.parent;
    while (ts.isParenthesizedExpression(at)) at = at.parent;
    if (ts.isPropertyAccessExpression(at)) return [at.name.text];
    return ts.isVariableDeclaration(at) ? bound(at.name) : undefined;
  }
  if (!ts.isArrayLiteralExpression(at)) return undefined;
  // const [{ a }, { b }] = await Promise.all([import(…), import(…)])
  const index = at.elements.indexOf(call);
  const promised = at.parent.parent.parent;
  if (!ts.isVariableDeclaration(promised) || !ts.isArrayBindingPattern(promised.name)) return undefined;
  const element = promised.name.elements[index];
  return element && ts.isBindingElement(element) ? bound(element.name) : undefined;
}

/** What a file of the command takes from elsewhere in `src`, by where it is declared. */
function usesOf(file: string, text?: string): Use[] {
  const uses: Use[] = [];
  const by = relative(SRC, file);
  const note = (module: string | undefined, name: string): void => {
    // What is in the package itself: its version.
    if (module === undefined || module.startsWith(`${CLI}/`) || !module.endsWith('.ts')) return;
    if (!existsSync(module)) throw new Error(`${by} imports ${module}, which isn't there`);
    uses.push({ name: declaredAt(module, name), by });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && node.importClause) {
      const module = moduleAt(file, node.moduleSpecifier);
      const { namedBindings } = node.importClause;
      if (namedBindings && ts.isNamedImports(namedBindings))
        for (const { name, propertyName } of namedBindings.elements)
          note(module, (propertyName ?? name).text);
      else note(module, '*');
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const module = moduleAt(file, node.arguments[0]);
      for (const name of namesTaken(node) ?? ['*']) note(module, name);
    }
    ts.forEachChild(node, visit);
  };
  visit(text === undefined ? parsed(file) : parsedText(file, text));
  return uses;
}

const offered = exportsOf(join(SRC, 'index.ts'));

function notOffered(uses: readonly Use[]): string[] {
  const missing = uses.filter(({ name }) => !offered.has(name));
  return [...new Set(missing.map(({ name, by }) => `${name}, in ${by}`))].sort();
}

group('the command uses nothing that the library does not export', () => {
  const files = readdirSync(CLI, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(CLI, file));

  test('in no file', () => {
    const uses = files.flatMap((file) => usesOf(file));
    // A reader that sees nothing would find nothing wrong either.
    expect(new Set(uses.map(({ name }) => name)).size).toBeGreaterThan(100);
    expect(notOffered(uses)).toEqual([]);
  });

  test.each([
    ['as a type', "import type { utf16Of } from '../bytes/text-encoding.ts';"],
    ['statically', "import { utf16Of } from '../bytes/text-encoding.ts';"],
    ['on demand', "const { utf16Of } = await import('../bytes/text-encoding.ts');"],
    ['on demand, by name', "const of = (await import('../bytes/text-encoding.ts')).utf16Of;"],
    ['with others', "const [{ utf16Of }] = await Promise.all([import('../bytes/text-encoding.ts')]);"],
  ])('what is taken %s is seen', (_how, text) => {
    expect(notOffered(usesOf(join(CLI, 'planted.ts'), text))).toEqual([
      'bytes/text-encoding.ts#utf16Of, in cli/planted.ts',
    ]);
  });

  test('a module that is taken whole is seen', () => {
    const text = "const engine = await import('../bytes/text-encoding.ts');";
    expect(notOffered(usesOf(join(CLI, 'planted.ts'), text))).toEqual([
      'bytes/text-encoding.ts#*, in cli/planted.ts',
    ]);
  });
});
