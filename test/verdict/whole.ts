/** What every answer has, whatever it is about: held wherever a test asks a question. */
import { expect } from 'vitest';
import type { BridgesVerdict } from '../../src/verdict/host-bridge/result.ts';
import type { EvidenceItem, RuleFinding } from '../../src/verdict/question.ts';
import type { Verdict } from '../../src/verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../../src/window/window.ts';

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isCondition = (value: unknown): boolean =>
  value === 0n || value === 1n || (typeof value === 'object' && value !== null && 'bits' in value);
const isBound = (value: unknown): boolean =>
  value === null || typeof value === 'bigint' || typeof value === 'object';

const PROBLEMS: string[] = [];
function check(is: boolean, what: string): void {
  if (!is) PROBLEMS.push(what);
}

function origin(of: { readonly origin?: EvidenceItem['origin'] }, what: string): void {
  const at = of.origin;
  if (at === undefined) return;
  check(isText(at.artifact?.source?.name), `${what}: its input`);
  check(isText(at.path) && isText(at.item), `${what}: path and item`);
  check(Number.isInteger(at.index) && at.index >= 0, `${what}: index`);
}

function evidence(list: readonly EvidenceItem[], what: string): void {
  for (const item of list) {
    check(isText(item?.text), `${what}: an evidence's text`);
    check(item?.authority === undefined || isText(item.authority), `${what}: an authority`);
    origin(item ?? {}, what);
  }
}

function rules(list: readonly RuleFinding<string>[]): void {
  for (const rule of list) {
    const { id, says } = rule;
    check(isText(id) && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id), `rule ${id}: its name`);
    check(isText(says) && /[.)]$/.test(says), `rule ${id}: a sentence`);
    check(rule.evidence.length > 0, `rule ${id}: what it rests on`);
    evidence(rule.evidence, `rule ${id}`);
  }
  check(new Set(list.map(({ id }) => id)).size > 0 || list.length === 0, 'rules');
}

function windows(list: readonly AddressWindow[], what: string): void {
  for (const window of list) {
    const { space, role, certainty, base, size } = window;
    check(['memory', 'io', 'bus'].includes(space), `${what}: space`);
    check(['window', 'register', 'ram', 'reserved', 'framebuffer'].includes(role), `${what}: role`);
    check(isBound(base) && isBound(size), `${what}: bounds`);
    check(typeof window.flags === 'object', `${what}: flags`);
    if (certainty === 'certain')
      check(typeof base === 'bigint' && typeof size === 'bigint' && size > 0n, `${what}: certain bounds`);
    else if (certainty === 'conditional')
      check(isCondition(window.when) && typeof window.when !== 'bigint', `${what}: when`);
    else check(certainty === 'unknown' && isText(window.why), `${what}: why`);
    origin(window, what);
    if (!('entry' in window.derivation))
      for (const step of window.derivation) check(isText(step.what) && isText(step.text), `${what}: a step`);
  }
}

function answered(verdict: Verdict | BridgesVerdict): void {
  check(isText(verdict.question) && isText(verdict.summary), 'question and summary');
  check(verdict.summary.endsWith('.'), 'the summary is a sentence');
  for (const { text, defeatedBy } of verdict.premises) check(isText(text) && isText(defeatedBy), 'a premise');
  check(verdict.premises.length > 0, 'premises');
  for (const { text, authority, otherwise } of verdict.assumptions)
    check(
      isText(text) && isText(authority) && (otherwise === undefined || isText(otherwise)),
      'an assumption',
    );
  for (const { id, kind, text, source, defeatedBy } of verdict.authorities) {
    check(kind === 'authority' && isText(id) && isText(text) && isText(source), 'an authority');
    check(defeatedBy === undefined || isText(defeatedBy), 'what defeats an authority');
  }
  for (const { what, how, decides } of verdict.toSettle) {
    check(isText(what) && isText(how), 'what would settle it');
    check(decides.rows > 0 && decides.rows <= decides.of, 'how much that decides');
  }
  rules(verdict.rules);
  check(verdict.kernel.presumed === (verdict.kernel.release === null), 'the kernel');
  for (const gap of verdict.gaps) check(isText(gap.reason) && isText(gap.code), 'a gap');
}

/** Throws where a part of the answer is missing or is none. @returns the answer */
export function whole<T extends Verdict | BridgesVerdict>(verdict: T): T {
  PROBLEMS.length = 0;
  answered(verdict);
  if ('bridges' in verdict) {
    for (const bridge of verdict.bridges) {
      check(isText(bridge.device) && isCondition(bridge.when), 'a bridge');
      windows(bridge.windows, `windows of ${bridge.device}`);
      windows(
        bridge.changed.map(({ window }) => window),
        `changed windows of ${bridge.device}`,
      );
      for (const { did, why, when, source, into, line } of bridge.changed) {
        check(
          isText(did) && isText(why) && isText(source) && isCondition(when),
          `a change of ${bridge.device}`,
        );
        check(
          [into, line].every((text) => text === undefined || isText(text)),
          `texts of a change of ${bridge.device}`,
        );
      }
      for (const { text, when, source } of bridge.notes)
        check(isText(text) && isText(source) && isCondition(when), `a note of ${bridge.device}`);
      for (const { start, end, by, when, evidence: item } of bridge.keptFree) {
        check(start <= end && isText(by) && isCondition(when), `what ${bridge.device} keeps free`);
        if (item !== undefined) evidence([item], `what ${bridge.device} keeps free`);
      }
      check(bridge.prints.every(isText), `what is printed of ${bridge.device}`);
      for (const { text } of bridge.observed?.contradictions.map((said) => ({ text: said })) ?? [])
        check(isText(text), `a contradiction of ${bridge.device}`);
    }
  } else {
    const { reason, conditions, pool, framebuffer, hazard } = verdict;
    check(isText(reason), 'the reason');
    check(['none', 'framebuffer-unprotected', 'boot-failure', 'unknown'].includes(hazard), 'the hazard');
    for (const { when, because, answer } of conditions)
      check(isCondition(when) && isText(because) && isText(answer), 'a row of the table');
    for (const row of verdict.matrix ?? [])
      check(
        isText(row.releases) && isText(row.when) && isText(row.answer) && isText(row.because),
        'a row by release',
      );
    windows(pool, 'the pool');
    windows(verdict.windows, 'windows');
    if (framebuffer !== null) {
      check(isText(framebuffer.text) && isText(framebuffer.from), 'the framebuffer');
      check(framebuffer.base === null || typeof framebuffer.base === 'bigint', 'where the framebuffer is');
      origin(framebuffer, 'the framebuffer');
    }
    check(verdict.wouldChange.every(isText), 'what would change it');
    check(verdict.kconfig?.explanation.every(isText) ?? true, 'the line of Kconfig');
    check(Object.values(verdict.kernel.config).every(isText), 'the configuration');
  }
  expect(PROBLEMS).toEqual([]);
  return verdict;
}
