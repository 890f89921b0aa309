import { FIELDS } from './programs/fields.ts';
import { FLOW } from './programs/flow.ts';
import { VALUES } from './programs/values.ts';

/** ASL programs by subject: what stands inside a DefinitionBlock. Methods T… are evaluated in their order. */
export const PROGRAMS: Readonly<Record<string, string>> = { ...VALUES, ...FIELDS, ...FLOW };
