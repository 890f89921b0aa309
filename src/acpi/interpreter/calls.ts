/** Checks before a method call. */
import { InnerLimit, moreThan } from '../../limits/limits.ts';
import type { Term } from '../terms/term.ts';
import { fault } from './state/fault.ts';
import type { MethodObject, NamespaceNode } from './state/objects.ts';

const CALL_DEPTH = new InnerLimit('call-depth');

/** Maximum active calls of one method: ACPICA counts them in a byte (dsmethod.c, ACPI_MAX_METHOD_RECURSION). */
const MAX_RECURSION = 255;

/**
 * The term of a method that is called. Faults if it has no body, calls are nested too deeply, or its sync level is below
 * the current one.
 *
 * @param depth number of frames
 * @param level current sync level
 */
export function bodyToRun(node: NamespaceNode, method: MethodObject, depth: number, level: number): Term {
  const { term } = method;
  if (term === undefined) fault('AE_AML_INTERNAL', `${node.path} has no body`);
  if (method.running >= MAX_RECURSION)
    fault('AE_AML_METHOD_LIMIT', `more than ${MAX_RECURSION} nested calls of ${node.path}`);
  if (depth >= CALL_DEPTH.now) fault('NOT_FOLLOWED', `calls are nested ${moreThan('call-depth')}`);
  if (method.serialized && level > method.syncLevel)
    fault(
      'AE_AML_MUTEX_ORDER',
      `${node.path} has sync level ${method.syncLevel}, but level ${level} is held`,
    );
  return term;
}
