/** When a method may be called. */
import { InnerLimit, moreThan } from '../../limits/limits.ts';
import type { Term } from '../terms/term.ts';
import { fault } from './state/fault.ts';
import type { MethodObject, NamespaceNode } from './state/objects.ts';

const CALL_DEPTH = new InnerLimit('call-depth');

/** Running calls of one method: ACPICA counts them in a byte. */
const MAX_RECURSION = 255;

/**
 * What runs when a method is called. A fault where it has no body, calls are nested too deep, or its sync level is
 * below one that is held.
 *
 * @param depth how many frames there are
 * @param level the sync level that is held
 */
export function bodyToRun(node: NamespaceNode, method: MethodObject, depth: number, level: number): Term {
  const { term } = method;
  if (term === undefined) fault('AE_AML_INTERNAL', `${node.path} has no body`);
  if (method.running >= MAX_RECURSION)
    fault('AE_AML_METHOD_LIMIT', `${node.path} calls itself more than ${MAX_RECURSION} deep`);
  if (depth >= CALL_DEPTH.now) fault('NOT_FOLLOWED', `calls are nested ${moreThan('call-depth')}`);
  if (method.serialized && level > method.syncLevel)
    fault('AE_AML_MUTEX_ORDER', `${node.path} has sync level ${method.syncLevel}, ${level} is held`);
  return term;
}
