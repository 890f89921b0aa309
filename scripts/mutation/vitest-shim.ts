/**
 * What tests import from vitest, for a process that runs one test many times: tests are kept in a list and run singly, by
 * number. Expectations are vitest's own.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

type Hook = () => unknown;
type Body = (...values: never[]) => unknown;

interface Suite {
  readonly name: string;
  readonly parent: Suite | undefined;
  readonly skipped: boolean;
  readonly beforeAll: Hook[];
  readonly beforeEach: Hook[];
  readonly afterEach: Hook[];
}

/** A test as it was declared; its index in `declared` is its number. */
export interface DeclaredTest {
  /** File and titles. */
  readonly name: string;
  readonly suite: Suite;
  readonly run: Hook;
}

export const declared: DeclaredTest[] = [];
/** To be run once, at the process's end: what they remove is needed as long as tests are run again. */
export const atEnd: Hook[] = [];

let current: Suite = suiteBelow(undefined, '', false);

/** Tests declared from here on are those of a file. */
export function beginFile(name: string): void {
  current = suiteBelow(undefined, name, false);
}

function suiteBelow(parent: Suite | undefined, name: string, skipped: boolean): Suite {
  return {
    name,
    parent,
    skipped: skipped || parent?.skipped === true,
    beforeAll: [],
    beforeEach: [],
    afterEach: [],
  };
}

/** Suites from the file's down to the one given. */
export function suitesOf(suite: Suite): readonly Suite[] {
  return suite.parent === undefined ? [suite] : [...suitesOf(suite.parent), suite];
}

const SKIP = Symbol('skip');

/** @returns whether the error is that of a test that left itself out */
export function isSkip(error: unknown): boolean {
  return error === SKIP;
}

const context = {
  skip(): never {
    throw SKIP;
  },
};

/** vitest takes a title, then options and a body in either order; a number is a limit on time. */
function bodyOf(rest: readonly unknown[]): Body {
  return rest.find((part): part is Body => typeof part === 'function') ?? (() => {});
}

function titleOf(title: string, values: readonly unknown[]): string {
  return values.length === 0 ? title : format(title, ...values).slice(0, 200);
}

type Declare = (title: string, values: readonly unknown[], body: Body) => void;

/** `test` or `describe`, with the forms of it that tests use. */
function declarer(declare: Declare) {
  const plain =
    (values: readonly unknown[]) =>
    (title: string, ...rest: readonly unknown[]): void =>
      declare(title, values, bodyOf(rest));
  const each =
    (rows: readonly unknown[]) =>
    (title: string, ...rest: readonly unknown[]): void => {
      for (const row of rows) declare(title, Array.isArray(row) ? row : [row], bodyOf(rest));
    };
  const none = (): void => {};
  const all = Object.assign(plain([]), { each });
  const nothing = Object.assign(none, { each: () => none });
  return Object.assign(plain([]), {
    each,
    skip: nothing,
    todo: nothing,
    skipIf: (condition: unknown) => (condition ? nothing : all),
    runIf: (condition: unknown) => (condition ? all : nothing),
  });
}

export const test = declarer((title, values, body) => {
  const suite = current;
  if (suite.skipped) return;
  const names = [...suitesOf(suite).map(({ name }) => name), titleOf(title, values)];
  declared.push({
    name: names.filter((name) => name !== '').join(' > '),
    suite,
    run: () => (body as (...all: unknown[]) => unknown)(...(values.length === 0 ? [context] : values)),
  });
});
export const it = test;

export const describe = declarer((title, values, body) => {
  const outer = current;
  current = suiteBelow(outer, titleOf(title, values), false);
  try {
    (body as (...all: unknown[]) => unknown)(...values);
  } finally {
    current = outer;
  }
});

export function beforeAll(hook: Hook): void {
  current.beforeAll.push(hook);
}
export function beforeEach(hook: Hook): void {
  current.beforeEach.push(hook);
}
export function afterEach(hook: Hook): void {
  current.afterEach.push(hook);
}
export function afterAll(hook: Hook): void {
  atEnd.push(hook);
}

export const vi = { setConfig(): void {} };

/** vitest's own, as it puts them together for its tests. */
async function expectations() {
  const require = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'));
  const {
    ASYMMETRIC_MATCHERS_OBJECT,
    chai,
    JestAsymmetricMatchers,
    JestChaiExpect,
    JestExtend,
  }: typeof import('@vitest/expect') = await import(pathToFileURL(require.resolve('@vitest/expect')).href);
  for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
  const matchers: object =
    (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT] ?? {};
  return Object.assign(
    (value: unknown, message?: string) => chai.expect(value, message),
    chai.expect,
    matchers,
  );
}
export const expect = await expectations();
