/** The parsers of ASL words whose arguments do not correspond to their opcode's operands. */
import { CONTROL_FORMS } from './control-forms.ts';
import { DATA_FORMS } from './data-forms.ts';
import { DECLARATION_FORMS } from './declaration-forms.ts';
import type { SpecialForm } from './parser.ts';
import { TEMPLATE_FORMS } from './template.ts';

/** By the word in lower case. */
export const SPECIAL_FORMS: ReadonlyMap<string, SpecialForm> = new Map(
  [CONTROL_FORMS, DATA_FORMS, DECLARATION_FORMS, TEMPLATE_FORMS].flatMap((forms) =>
    Object.entries(forms).map(([word, form]) => [word.toLowerCase(), form] as const),
  ),
);
