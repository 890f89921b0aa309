/** An example of every function that the library exports, run. A new export needs one here. */
import { expect, describe as group, test } from 'vitest';
import * as core from '../../src/core.ts';
import * as fwmap from '../../src/index.ts';
import { ANSWERS } from './examples/answers.ts';
import { COMMAND } from './examples/command.ts';
import { DESCRIPTIONS } from './examples/descriptions.ts';
import type { Examples } from './examples/made.ts';

const EXAMPLES: Examples = { ...ANSWERS, ...DESCRIPTIONS, ...COMMAND };

group('the library', () => {
  test('every exported function has an example', () => {
    const functionsOf = (names: object, before = ''): string[] =>
      Object.entries(names).flatMap(([name, value]) =>
        typeof value === 'function' ? [`${before}${name}`] : [],
      );
    const functions = [...functionsOf(fwmap), ...functionsOf(fwmap.page, 'page.')];
    expect(Object.keys(EXAMPLES).sort()).toEqual(functions.sort());
  });

  test('fwmap has all of fwmap/core', () => {
    for (const name of Object.keys(core)) expect(fwmap).toHaveProperty(name);
  });

  test.each(Object.entries(EXAMPLES))('%s', async (_name, example) => {
    await example();
  });
});
