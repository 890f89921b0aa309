/** The verdict of `sysfb` as JSON. */

import { type Names, withNames } from '../../../symbolic/index.ts';
import type { Verdict } from '../../../verdict/sysfb/verdict.ts';
import { derivationOf } from '../../../window/derivation.ts';
import {
  conditionJson,
  diagnosticJson,
  fieldsJson,
  hexOrNull,
  inputsJson,
  originJson,
  windowJson,
} from '../../formats/json-parts.ts';
import type { SysfbJson } from '../../json/sysfb.ts';
import { answeredJson, releaseJson } from '../answer.ts';
import { headlineOf } from './words.ts';

export function sysfbJson(verdict: Verdict): SysfbJson {
  return withNames((names) => verdictJson(verdict, names));
}

function verdictJson(verdict: Verdict, names: Names): SysfbJson {
  const { inputs, framebuffer, kconfig, matrix } = verdict;
  const conditions = verdict.conditions.map(({ when, answer, effective, because }) => ({
    ...conditionJson(when, names),
    answer,
    effective,
    because,
  }));
  // Made before `fields`, which has every name in them.
  const pool = verdict.pool.map((window) => ({
    ...windowJson(window, inputs, names),
    derivation: derivationOf(window).map(({ what, text }) => ({ what, text })),
  }));
  const windows = verdict.windows.map((window) => windowJson(window, inputs, names));
  return {
    schema: 'fwmap/sysfb@1',
    question: verdict.question,
    answer: verdict.answer,
    summary: verdict.summary,
    headline: headlineOf(verdict),
    reason: verdict.reason,
    effective: verdict.effective,
    hazard: verdict.hazard,
    conditions,
    fields: fieldsJson(names),
    ...answeredJson(verdict, inputs),
    ...(matrix === undefined ? {} : { matrix }),
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
