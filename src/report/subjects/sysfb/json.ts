/** The verdict of `sysfb` as JSON. */

import { type Names, withNames } from '../../../symbolic/index.ts';
import type { EvidenceItem, Verdict } from '../../../verdict/sysfb/verdict.ts';
import { derivationOf } from '../../../window/derivation.ts';
import {
  conditionJson,
  diagnosticJson,
  fieldsJson,
  gapJson,
  hexOrNull,
  inputsJson,
  type JsonObject,
  originJson,
  windowJson,
} from '../../formats/json-parts.ts';
import { releaseJson } from '../answer.ts';
import { headlineOf } from './words.ts';

export const SYSFB_SCHEMA = 'fwmap/sysfb@1';

export function sysfbJson(verdict: Verdict): JsonObject {
  return withNames((names) => verdictJson(verdict, names));
}

function verdictJson(verdict: Verdict, names: Names): JsonObject {
  const { inputs, framebuffer, kconfig, matrix } = verdict;
  const evidence = (item: EvidenceItem): JsonObject => ({
    text: item.text,
    ...(item.origin === undefined ? {} : { origin: originJson(item.origin, inputs) }),
    ...(item.authority === undefined ? {} : { authority: item.authority }),
  });
  const conditions = verdict.conditions.map(({ when, answer, effective, because }) => ({
    ...conditionJson(when, names),
    answer,
    effective,
    because,
  }));
  // Fields are what all of these name.
  const pool = verdict.pool.map((window) => ({
    ...windowJson(window, inputs, names),
    derivation: derivationOf(window).map(({ what, text }) => ({ what, text })),
  }));
  const windows = verdict.windows.map((window) => windowJson(window, inputs, names));
  return {
    schema: SYSFB_SCHEMA,
    question: verdict.question,
    answer: verdict.answer,
    summary: verdict.summary,
    headline: headlineOf(verdict),
    reason: verdict.reason,
    effective: verdict.effective,
    hazard: verdict.hazard,
    conditions,
    fields: fieldsJson(names),
    premises: verdict.premises.map(({ text, defeatedBy }) => ({ text, defeatedBy })),
    gaps: verdict.gaps.map((gap) => gapJson(gap)),
    authorities: verdict.authorities.map(({ id, text, source, defeatedBy }) => ({
      id,
      text,
      source,
      ...(defeatedBy === undefined ? {} : { defeatedBy }),
    })),
    toSettle: verdict.toSettle.map(({ what, how, decides }) => ({ what, how, decides: { ...decides } })),
    ...(matrix === undefined ? {} : { matrix: matrix.map((row) => ({ ...row })) }),
    rules: verdict.rules.map((rule) => ({
      id: rule.id,
      says: rule.says,
      evidence: rule.evidence.map(evidence),
    })),
    assumptions: verdict.assumptions.map(({ text, authority, otherwise }) => ({
      text,
      authority,
      ...(otherwise === undefined ? {} : { otherwise }),
    })),
    wouldChange: verdict.wouldChange,
    machine: { ...verdict.machine },
    kernel: { ...verdict.kernel, release: releaseJson(verdict.kernel.release, verdict) },
    pool,
    framebuffer:
      framebuffer === null
        ? null
        : {
            base: hexOrNull(framebuffer.base),
            size: hexOrNull(framebuffer.size),
            from: framebuffer.from,
            text: framebuffer.text,
            ...(framebuffer.expression === undefined ? {} : { expression: framebuffer.expression }),
            ...(framebuffer.origin === undefined ? {} : { origin: originJson(framebuffer.origin, inputs) }),
          },
    ...(kconfig === undefined
      ? {}
      : { kconfig: { proposal: kconfig.proposal, explanation: kconfig.explanation } }),
    windows,
    inputs: inputsJson(inputs),
    diagnostics: verdict.diagnostics.map(diagnosticJson),
  };
}
