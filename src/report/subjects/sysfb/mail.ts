/** The verdict as a short reply on a list: answer, reason, evidence, assumptions, how to reproduce it. */
import { hex } from '../../../bytes/address.ts';
import type { Verdict } from '../../../verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../../../window/window.ts';
import { type Conditions, withConditions } from '../../conditions.ts';
import { type Block, type Document, plainText } from '../../document.ts';
import { rawLines } from '../../formats/raw-data.ts';
import { clause, sentences } from '../../formats/sentences.ts';
import { wrap } from '../../formats/wrap.ts';
import { originPlace, rangeText, sizeText, whereText } from '../../phrases.ts';
import { decisionClauses } from './decision.ts';
import { assumptionTexts, commandInputs, inferredCells, reasonText } from './document.ts';
import { answerSentence } from './words.ts';

/** The most lines that a reply has, including empty ones. */
const MAX_LINES = 15;
const WIDTH = 72;
/** The most windows that the reply names. */
const MAX_WINDOWS = 2;
/** How many digits of an input's hash are printed. */
const HASH_DIGITS = 12;

/** Rules that are a caveat of the answer and belong into a reply. */
const CAVEATS: ReadonlySet<string> = new Set([
  'same-as-binding-example',
  'observed-contradicts-model',
  'evidence-contradicts',
  'vendor-kernel',
]);

/** How the cells of a device tree entry are read: a sentence that continues the quoted line. */
function readingText(window: AddressWindow): string | undefined {
  if (!('entry' in window.derivation)) return undefined;
  const { base, parent, size, counts } = window.derivation.entry;
  if (parent === null || size === null) return undefined;
  const cells = [counts.childAddress, counts.parentAddress, counts.size]
    .map((count) => count?.cells)
    .join('/');
  const from = cells === '2/2/1' && inferredCells(window) !== undefined ? ', as in microsoft,vmbus.yaml' : '';
  return `is child ${hex(base)}, parent ${hex(parent)}, size ${hex(size)} (${cells} cells${from})`;
}

const NO_EFFECT =
  'vmbus_device_add() never calls vmbus_reserve_fb(), so CONFIG_SYSFB would have no effect on this path.';

/** The quoted line, where the window was read from one line of text, and what follows from it. */
function quotation(verdict: Verdict): ReplyBlock[] {
  const [window, ...others] = verdict.pool;
  const span = window?.origin.span;
  if (window === undefined || span === undefined || others.length > 0 || span.source.form === 'blob')
    return [];
  const lines = rawLines(span);
  const reading = readingText(window);
  if (lines.length !== 1 || lines[0]!.length > WIDTH - 4 || reading === undefined) return [];
  const { answer, effective, machine } = verdict;
  const noEffect = answer === 'not-needed' && effective === false && machine.boot === 'dt';
  const all = sentences(verdict.reason).replace('the Hyper-V framebuffer', 'the framebuffer');
  const reason = noEffect ? `${all.replace(/\.$/, '')}, and ${NO_EFFECT}` : all;
  const given = reason.startsWith('VMBus gets ') ? `: ${reason.slice('VMBus gets '.length)}` : `. ${reason}`;
  return [
    { kind: 'lines', lines },
    { kind: 'paragraph', text: `${reading}${given}` },
  ];
}

/** What VMBus gets, with places: used where there is no line to quote. */
function windowsText(verdict: Verdict, conditions: Conditions): string | undefined {
  if (verdict.pool.length === 0) return undefined;
  const told = verdict.pool.slice(0, MAX_WINDOWS).map((window) => {
    const range = rangeText(window, conditions);
    const size = sizeText(window);
    return `${range}${size === '' ? '' : `, ${size}`} (${whereText(window.origin)}, ${originPlace(window.origin)})`;
  });
  const more = verdict.pool.length - told.length;
  return `VMBus gets ${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

function inputText({ inputs }: Verdict): string {
  const [first] = inputs;
  // Members of one archive: its name once, then theirs.
  const isOne = inputs.length > 1 && inputs.every(({ path }) => path === first!.path);
  const told = inputs.slice(0, 2).map(({ path, source, sha256 }, index) => {
    const member = isOne ? source.name.slice(path.length).replace(/^[!/]/, '') : '';
    const name = member === '' ? path : index === 0 ? `${path}: ${member}` : member;
    return `${path === '-' ? 'input' : name} sha256 ${sha256.slice(0, HASH_DIGITS)}`;
  });
  const more = inputs.length - told.length;
  return `${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** As many of the texts as fit on `lines` lines together with `after`, and the number of the others. */
function fitting(start: string, texts: readonly string[], after: string, lines: number): string {
  for (let count = texts.length; count > 0; count -= 1) {
    const more = texts.length - count;
    const shown = `${start}${texts.slice(0, count).join('; ')}${more > 0 ? `; and ${more} more (--full)` : ''}.`;
    const whole = after === '' ? shown : `${shown} ${after}`;
    if (wrap(whole, WIDTH).length <= lines) return whole;
  }
  return after;
}

/** The blocks of a reply. */
type ReplyBlock = Extract<Block, { readonly kind: 'paragraph' | 'lines' }>;

/** How many lines blocks take in a mail, including the empty ones between them. */
function linesOf(blocks: readonly ReplyBlock[]): number {
  let count = 0;
  for (const block of blocks) {
    if (count > 0) count += 1;
    if (block.kind === 'lines') count += block.lines.length;
    else count += wrap(plainText(block.text), WIDTH).length;
  }
  return count;
}

/** The sentences that fit on `lines` lines; at least the first, cut if it has to be. */
function shortened(text: string, lines: number): string {
  const parts = text.split(/(?<=\.) (?=[A-Z])/);
  while (parts.length > 1 && wrap(parts.join(' '), WIDTH).length > lines) parts.pop();
  const [first] = parts;
  if (parts.length > 1 || wrap(first!, WIDTH).length <= lines) return parts.join(' ');
  const room = wrap(first!, WIDTH - 12)
    .slice(0, lines)
    .join(' ');
  return `${room} ... (--full)`;
}

/** The assumptions and caveats that fit on `lines` lines. */
function assumptionText(verdict: Verdict, lines: number): string {
  const own = verdict.rules
    .filter(({ id }) => CAVEATS.has(id))
    .map(({ says }) => says)
    .join(' ');
  const assumed = [...new Set(assumptionTexts(verdict, undefined, false).map(clause))];
  return assumed.length === 0 ? own : fitting('This assumes that ', assumed, own, lines);
}

/** The inputs and how to reproduce the answer. */
function lastLine(verdict: Verdict, version: string): string {
  const inputs = commandInputs(verdict);
  const whole = `fwmap ${version}, ${inputText(verdict)}; derivation: fwmap sysfb --full ${inputs}`;
  const [only] = verdict.inputs;
  if (whole.length <= WIDTH || verdict.inputs.length !== 1 || only === undefined) return whole;
  // Shorter: the name of the file once.
  return `fwmap ${version}: sysfb --full ${inputs}, sha256 ${only.sha256.slice(0, HASH_DIGITS)}`;
}

/** Lines that are kept free for assumptions. */
const ASSUMPTION_LINES = 3;

/** The reply, of at most fifteen lines; it counts what doesn't fit and refers to --full. */
export function sysfbReply(verdict: Verdict, version: string): Document {
  return withConditions((conditions) => replyOf(verdict, version, conditions));
}

function replyOf(verdict: Verdict, version: string, conditions: Conditions): Document {
  const last: ReplyBlock = { kind: 'paragraph', text: lastLine(verdict, version) };
  const first: ReplyBlock = { kind: 'paragraph', text: answerSentence(verdict) };
  const least: ReplyBlock = { kind: 'paragraph', text: assumptionText(verdict, ASSUMPTION_LINES) };
  const fixed = [first, least, last];
  /** Lines that are left for one more block. */
  const room = (blocks: readonly ReplyBlock[]): number => MAX_LINES - linesOf(blocks) - 1;
  const body: ReplyBlock[] = [];
  const quoted = quotation(verdict);
  if (quoted.length > 0 && linesOf([...fixed, ...quoted]) <= MAX_LINES) body.push(...quoted);
  else if (verdict.answer === 'depends' && verdict.conditions.length > 0)
    body.push({ kind: 'lines', lines: tableLines(verdict, conditions, room(fixed)) });
  else {
    body.push({ kind: 'paragraph', text: shortened(reasonText(verdict), room(fixed)) });
    const windows = /VMBus gets/.test(verdict.reason) ? undefined : windowsText(verdict, conditions);
    if (windows !== undefined && wrap(windows, WIDTH).length <= room([...fixed, ...body]))
      body.push({ kind: 'paragraph', text: windows });
  }
  const assumed = assumptionText(verdict, room([first, ...body, last]));
  return [first, ...body, ...(assumed === '' ? [] : [{ kind: 'paragraph', text: assumed } as const]), last];
}

/** The rows of the decision table that fit, and the number of the others. */
function tableLines(verdict: Verdict, conditions: Conditions, room: number): string[] {
  const rows = decisionClauses(verdict, conditions).map((row) => wrap(row, WIDTH - 4, '', '  '));
  const shown: string[] = [];
  for (const [at, row] of rows.entries()) {
    const left = rows.length - at - 1;
    if (shown.length + row.length + (left > 0 ? 1 : 0) > room)
      return [...shown, `and ${left + 1} more (--full)`];
    shown.push(...row);
  }
  return shown;
}
