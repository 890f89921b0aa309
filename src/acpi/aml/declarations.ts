/** Enters scopes and names into the declared namespace while terms are decoded. */

import type { Declaration, DeclaredNamespace, DeclaredObject } from '../namespace/declared.ts';
import type { NamePath } from '../terms/name.ts';
import { OPCODES, type Opcode } from '../terms/opcodes.ts';
import type { FieldElement, Term } from '../terms/term.ts';

/** ObjectType of an External that is a method (ACPI 6.5, table 19.39). */
const EXTERNAL_METHOD = 8;

/** The scope that a term opens: names in its body are resolved there. @param scope where `name` is used */
export function openedScope(
  namespace: DeclaredNamespace,
  op: Opcode,
  scope: DeclaredObject,
  name: NamePath,
): DeclaredObject {
  if (op.defines === 'reopen') return namespace.resolve(scope, name) ?? namespace.locate(scope, name);
  const object = namespace.locate(scope, name);
  if (object.kind === undefined) object.kind = op.name;
  return object;
}

/** Whether terms of that opcode declare names. */
export function declares(op: Opcode): boolean {
  return op.defines !== 'nothing' || op === OPCODES.External;
}

/**
 * Enters what a term declares into the declared namespace. Its opcode must be one that {@link declares} names.
 * @param operands of the term; of a method, those that are decoded already
 * @param scope the scope that the term opened, otherwise the scope around it
 */
export function declare(
  namespace: DeclaredNamespace,
  declaration: Declaration,
  operands: Term['operands'],
  scope: DeclaredObject,
): void {
  const { op } = declaration.term;
  switch (op.defines) {
    case 'reopen':
      return;
    case 'scope':
      scope.declare(declaration);
      return;
    case 'fields':
      for (const element of operands.at(-1) as readonly FieldElement[]) {
        if (element.kind !== 'named') continue;
        const object = scope.child(element.name);
        object.kind ??= op.name;
        object.declare(declaration, element);
      }
      return;
    default:
  }
  if (op === OPCODES.External) {
    const object = namespace.locate(scope, operands[0] as NamePath);
    object.external ??= operands[1] as number;
    if (object.kind === undefined && operands[1] === EXTERNAL_METHOD)
      object.argumentCount ??= operands[2] as number;
    return;
  }
  // The name comes first, save for Alias and the Create…Field terms, where it comes last.
  const first = op.operands[0] === 'NameString' && op !== OPCODES.Alias;
  const name = (first ? operands[0] : operands.at(-1)) as NamePath;
  const object = namespace.locate(scope, name);
  if (op === OPCODES.Alias && object.kind === undefined) object.target = operands[0] as NamePath;
  object.kind ??= op.name;
  object.declare(declaration);
}
