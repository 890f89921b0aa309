/**
 * Calls of methods that no table given declares. AML doesn't say how many arguments a call has, so what is read is a
 * name alone and then values that nobody uses: the arguments, for no compiler writes such statements.
 */

import type { DeclaredNamespace, DeclaredObject } from '../../namespace/declared.ts';
import type { NamePath } from '../../terms/name.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';

/** Most arguments a method has (ACPI 6.5, 19.6.85). */
const MAX_ARGUMENTS = 7;

/** Values without any effect. */
const PURE =
  /^(Zero|One|Ones|Byte|Word|DWord|QWord|String|Buffer|Package|Local\d|Arg\d|RefOf|DerefOf|Index)$/;

/** True for a name that nothing given declares. */
export function isUnknownName(namespace: DeclaredNamespace, scope: DeclaredObject, name: NamePath): boolean {
  const object = namespace.resolve(scope, name);
  return object === undefined || (object.kind === undefined && object.declarations.length === 0);
}

/** The list with such names and values put together as calls. The bytes of a call are those of its parts in a row. */
export function withGuessedCalls(
  terms: readonly Term[],
  namespace: DeclaredNamespace,
  scope: DeclaredObject,
): readonly Term[] {
  let changed = false;
  const result: Term[] = [];
  for (let index = 0; index < terms.length; index += 1) {
    const term = terms[index]!;
    const [name] = term.operands as [NamePath];
    if (term.op.name !== 'NamePath' || !isUnknownName(namespace, scope, name)) {
      result.push(term);
      continue;
    }
    const given: Term[] = [];
    while (given.length < MAX_ARGUMENTS && PURE.test(terms[index + 1]?.op.name ?? '')) {
      index += 1;
      given.push(terms[index]!);
    }
    changed = true;
    const { end } = given.at(-1) ?? term;
    result.push(new Term(OPCODES.MethodCall, [name, given], term.start, end));
  }
  return changed ? result : terms;
}
