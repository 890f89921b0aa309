/** Diagnostics made from rows of the registry, and their wording. */
import type { Arguments, Diagnostic, RelatedPlace, Where } from '../bytes/diagnostic.ts';
import { formatPlace } from '../bytes/source.ts';
import { REGISTRY } from './registry.ts';
import type { Row } from './row.ts';
import type { Problem } from './rows/problem.ts';

export type Code = keyof typeof REGISTRY;
export type ArgsOf<C extends Code> = (typeof REGISTRY)[C] extends Row<infer Args> ? Args : never;

/** Codes whose wording is the problem as its reader words it. */
export type ProblemCode = {
  [C in Code]: ArgsOf<C> extends Problem ? (Problem extends ArgsOf<C> ? C : never) : never;
}[Code];

/** A diagnostic; its severity is that of the row. */
export function finding<C extends Code>(code: C, args: ArgsOf<C>, where: Where = {}): Diagnostic {
  return { severity: REGISTRY[code].severity, code, args: args as Arguments, ...where };
}

/** The row of a code; undefined for an unknown code. */
export function rowOf(code: string): Row<Arguments> | undefined {
  return Object.hasOwn(REGISTRY, code) ? (REGISTRY[code as Code] as Row<never> as Row<Arguments>) : undefined;
}

/** All codes, in the order of the registry. */
export const CODES = Object.keys(REGISTRY) as readonly Code[];

/** Codes of files that are left out and are of a kind that hides nothing. */
export const UNUSED_CODES: ReadonlySet<string> = new Set<Code>([
  'artifact/unknown-text',
  'artifact/irrelevant',
]);

/** Codes of inputs that no reader recognises: naming their kind with --as may help. */
export const UNRECOGNISED_CODES: ReadonlySet<string> = new Set<Code>([
  'artifact/unknown-kind',
  'artifact/unknown-text',
  'artifact/mail-nothing-known',
]);

/** The message: one sentence without a full stop. Strings of the firmware are not yet escaped. */
export function messageOf({ code, args }: Diagnostic): string {
  return rowOf(code)?.text(args) ?? code;
}

/** What to do about it, without a full stop; undefined where the code has no advice. */
export function hintOf({ code, args }: Diagnostic): string | undefined {
  return rowOf(code)?.hint?.(args);
}

const RELATED_TEXT: Readonly<Record<RelatedPlace['what'], string>> = {
  'included-from': 'included from here',
  'other-window': 'the other window',
  framebuffer: 'the framebuffer',
  evidence: 'the evidence',
  before: 'the state before',
};

export function relatedText({ what }: RelatedPlace): string {
  return RELATED_TEXT[what];
}

/** Codes whose path, without a place in it, is the name of an input. */
const OF_FILES: ReadonlySet<string> = new Set<Code>([
  'dt/directory-empty',
  'dt/kind',
  'dt/overlay-empty',
  'dt/overlay-not-applied',
  'dt/patch-changes',
]);

function isOfFile(code: string): boolean {
  return code.startsWith('artifact/') || OF_FILES.has(code);
}

/** One line: `file:3.7: error: message [code]`. Not escaped for any medium. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { span, path, severity, code } = diagnostic;
  const message = messageOf(diagnostic);
  if (!span && path && isOfFile(code) && !message.includes(path))
    return `${path}: ${severity}: ${message} [${code}]`;
  const where = span ? `${formatPlace(span)}: ` : '';
  const about = path && !message.includes(path) ? `${path}: ` : '';
  return `${where}${severity}: ${about}${message} [${code}]`;
}

/** The same with what to do about it: `board.dts:12.3: error: cannot open "soc.dtsi" [code]; try -I DIR`. */
export function diagnosticText(diagnostic: Diagnostic): string {
  const hint = hintOf(diagnostic);
  return hint === undefined ? formatDiagnostic(diagnostic) : `${formatDiagnostic(diagnostic)}; ${hint}`;
}

/** The subject, the message and the hint in one line, for media that show place and code elsewhere. */
export function diagnosticTail({
  path,
  message,
  hint,
}: {
  readonly path: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}): string {
  const about = path === undefined || message.includes(path) ? '' : `${path}: `;
  return `${about}${message}${hint === undefined ? '' : `; ${hint}`}`;
}
