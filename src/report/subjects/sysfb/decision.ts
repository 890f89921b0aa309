/** What the answer depends on as a table, and what would settle it. */
import { hex } from '../../../bytes/address.ts';
import { firstRelease } from '../../../linux/change-text.ts';
import { type Condition, formatCover, Names, printedCover, variablesOf } from '../../../symbolic/index.ts';
import type { Case, Verdict } from '../../../verdict/sysfb/verdict.ts';
import { type Conditions, releaseText } from '../../conditions.ts';
import { type Block, code, plainText, section, type Text } from '../../document.ts';
import { ANSWER_WORDS } from './words.ts';

/** Conditions in the decision table are printed in full up to this many characters. */
const MAX_ROW = 160;

/** A condition in two parts: firmware fields, and everything else that is open. */
function halves(when: Condition, conditions: Conditions): readonly [string, string] {
  const { alternatives, complete } = printedCover(when);
  const [only] = alternatives;
  if (alternatives.length !== 1 || only === undefined || !complete)
    return [conditions.text(when, MAX_ROW), ''];
  const isChoice = (literal: (typeof only)[number]): boolean =>
    variablesOf(literal.left, literal.right).some(({ kind }) => kind === 'choice');
  const text = (literals: typeof only): string =>
    literals.length === 0 ? '' : formatCover({ alternatives: [literals], complete: true }, conditions.names);
  const [fields, choices] = [
    only.filter((literal) => !isChoice(literal)),
    only.filter((literal) => isChoice(literal)),
  ];
  const both: readonly [string, string] = [text(fields), releaseText(choices) ?? text(choices)];
  return both[0].length + both[1].length > MAX_ROW ? [conditions.text(when, MAX_ROW), ''] : both;
}

function outcomeText({ answer, effective, because }: Case): Text {
  const [text, tone] = ANSWER_WORDS[answer];
  // A row that covers several cases says what decides between them.
  if (answer === 'depends') return [{ text, tone }, `: ${because}`];
  const caveat = answer === 'needed' && effective === false ? ' (CONFIG_SYSFB has no effect)' : '';
  return [{ text, tone }, caveat];
}

/** Both halves in one cell. */
function whole(when: Condition, [fields, rest]: readonly [string, string], conditions: Conditions): string {
  if (fields !== '' && rest !== '') return conditions.text(when, MAX_ROW);
  return /^\d|^before /.test(rest) ? `Linux ${rest}` : fields + rest;
}

/** Each row as a clause by itself: `needed if MG2L > 0 and release >= 6.7`. */
export function decisionClauses(verdict: Verdict, conditions: Conditions): string[] {
  return verdict.conditions.map((row) => {
    return `${plainText(outcomeText(row))} ${conditions.when(row.when, MAX_ROW)}`;
  });
}

/** The decision table; empty where all cases have one outcome. A condition that rows share is printed at the first. */
export function decisionTable(verdict: Verdict, conditions: Conditions, full: boolean): Block[] {
  if (verdict.conditions.length === 0) return [];
  const told = verdict.conditions.map((row) => ({ row, when: halves(row.when, conditions) }));
  // Rows with the same fields are grouped, in the order of the first of them.
  const firsts = [...new Set(told.map(({ when }) => when[0]))];
  const ordered = firsts.flatMap((first) => told.filter(({ when }) => when[0] === first));
  // Two columns where rows share the first part.
  const split = firsts.length < told.length || told.every(({ when }) => when[1] === '');
  let before: string | undefined;
  const rows = ordered.map(({ row, when: [fields, rest] }): Text[] => {
    const repeated = fields !== '' && fields === before;
    before = fields;
    const when = split ? [repeated ? '' : fields, rest] : [whole(row.when, [fields, rest], conditions)];
    return [...when, outcomeText(row), ...(full ? [row.because] : [])];
  });
  const table: Block = {
    kind: 'table',
    untitled: true,
    columns: [
      { title: 'if' },
      ...(split ? [{ title: 'and' }] : []),
      { title: 'CONFIG_SYSFB' },
      ...(full ? [{ title: 'because' }] : []),
    ],
    rows,
  };
  return verdict.answer === 'depends' ? [table] : section('Case by case', table);
}

/** How to settle what is open: firmware fields together, the rest as the verdict says. */
export function settleTable(verdict: Verdict): Block[] {
  const names = new Names();
  const fields = new Map<string, bigint | undefined>();
  for (const variable of variablesOf(...verdict.conditions.map(({ when }) => when))) {
    const name = names.of(variable);
    if (variable.kind !== 'field') continue;
    const { space, address } = variable.field;
    fields.set(name, space === 'SystemMemory' ? address : undefined);
  }
  const settled = verdict.toSettle.filter(({ what }) => fields.has(what)).map(({ what }) => what);
  const rows: Text[][] = [];
  if (settled.length > 0) {
    const addresses = settled.flatMap((name) => fields.get(name) ?? []);
    const least = addresses.reduce((a, b) => (b < a ? b : a), addresses[0] ?? 0n);
    const ways = [
      ...(addresses.length === settled.length ? [[code(`--memory DUMP@${hex(least)}`)]] : []),
      [
        code(
          settled
            .slice(0, MAX_SET)
            .map((name) => `--set ${name}=...`)
            .join(' '),
        ),
      ],
    ];
    const more = settled.length > MAX_SET ? ' and so on' : '';
    const printed =
      verdict.machine.platform.startsWith('hyperv-') && verdict.machine.boot !== 'dt'
        ? [
            '; ',
            code('dmesg | grep hv_mmio'),
            ` on ${firstRelease('016a25e4b0df')} and newer shows the result`,
          ]
        : [];
    rows.push([
      settled.join(', '),
      [...ways.flatMap((way, at) => (at === 0 ? way : [', or ', ...way])), more, ...printed],
    ]);
  }
  for (const { what, how } of verdict.toSettle) if (!fields.has(what)) rows.push([what, how]);
  return rows.length === 0
    ? []
    : section('To settle it', {
        kind: 'table',
        untitled: true,
        columns: [{ title: 'what' }, { title: 'how' }],
        rows,
      });
}

/** How many fields are named with `--set`. */
const MAX_SET = 3;
