/**
 * Calls of methods that no given table declares. AML does not encode the argument count of a call, so such a call is
 * decoded as a bare name followed by unused values. They are taken for its arguments: no compiler emits such statements.
 */

import type { DeclaredNamespace, DeclaredObject } from '../../namespace/declared.ts';
import type { NamePath } from '../../terms/name.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';

/** Maximum arguments of a method (ACPI 6.5, 19.6.85). */
const MAX_ARGUMENTS = 7;

/** Terms without side effects. */
const PURE =
  /^(Zero|One|Ones|Byte|Word|DWord|QWord|String|Buffer|Package|Local\d|Arg\d|RefOf|DerefOf|Index)$/;

/** Whether no given table declares a name. */
export function isUnknownName(namespace: DeclaredNamespace, scope: DeclaredObject, name: NamePath): boolean {
  const object = namespace.resolve(scope, name);
  return object === undefined || (object.kind === undefined && object.declarations.length === 0);
}

/** The list with such names and values combined into calls. The AML bytes stay the same. */
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
