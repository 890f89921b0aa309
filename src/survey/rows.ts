/** From a described and judged machine to its rows. */
import type { Artifact } from '../artifact/artifact.ts';
import { type Diagnostic, IGNORED } from '../bytes/diagnostic.ts';
import { type DtNode, propertyOf } from '../devicetree/tree.ts';
import {
  conditionJson,
  diagnosticJson,
  gapJson,
  type Json,
  type JsonObject,
  windowJson,
} from '../report/formats/json-parts.ts';
import { resourcesJson } from '../report/subjects/resources.ts';
import { allOf, formatCondition, Names } from '../symbolic/index.ts';
import type { BridgesVerdict } from '../verdict/host-bridge/result.ts';
import { subjectsOf } from '../verdict/sysfb/subject.ts';
import type { Verdict } from '../verdict/sysfb/verdict.ts';
import type { Machine } from '../window/describe.ts';
import { type AddressWindow, windowClass } from '../window/window.ts';
import type { MachineRows, Row } from './tables.ts';

/** The outcome of examining an input. */
export interface Outcome {
  readonly status: 'ok' | 'none' | 'unreadable' | 'failed' | 'time' | 'memory';
  /** The reason of any status other than `ok`. */
  readonly reason?: string;
}

/** An input of the plan. */
export interface Subject {
  /** See the column `machine`. */
  readonly machine: string;
  readonly path: string;
  readonly bytes: bigint;
}

/** The rows of a machine that couldn't be read or judged. */
export function rowsOfFailure(
  subject: Subject,
  outcome: Outcome,
  diagnostics: readonly Diagnostic[],
): MachineRows {
  return {
    machines: [{ ...subject, status: outcome.status, reason: outcome.reason ?? null }],
    windows: [],
    descriptors: [],
    bridges: [],
    findings: findingRows(subject.machine, diagnostics),
    answers: [],
    gaps: [],
  };
}

/** The rows of a machine that was read. */
export function rowsOf(
  subject: Subject,
  machine: Machine,
  verdict: Verdict,
  bridges: BridgesVerdict,
): MachineRows {
  const { machine: id } = subject;
  return {
    machines: [machineRow(subject, machine, verdict)],
    windows: windowRows(id, machine, verdict),
    descriptors: descriptorRows(id, machine),
    bridges: bridgeRows(id, bridges),
    findings: findingRows(id, verdict.diagnostics),
    answers: [answerRow(id, verdict)],
    gaps: verdict.gaps.map((gap, number) => {
      const { code, why, mayHide, what } = gapJson(gap);
      return {
        machine: id,
        number,
        code: text(code),
        why: text(why),
        may_hide: gap.hides.size === 0 ? null : listed(mayHide),
        place: text(what),
      };
    }),
  };
}

function machineRow(subject: Subject, machine: Machine, verdict: Verdict): Row {
  const root = machine.trees[0]?.tree.root;
  const dsdt = machine.acpi?.tables.find(({ signature }) => signature === 'DSDT');
  return {
    ...subject,
    status: 'ok',
    reason: null,
    kinds: kindsOf(machine.artifacts),
    platform: verdict.machine.platform,
    boot: verdict.machine.boot,
    model: stringsOf(root, 'model')[0] ?? null,
    compatible: stringsOf(root, 'compatible').join(',') || null,
    oem_id: dsdt === undefined ? null : dsdt.oemId.trimEnd(),
    oem_table_id: dsdt === undefined ? null : dsdt.oemTableId.trimEnd(),
    oem_revision: dsdt === undefined ? null : BigInt(dsdt.oemRevision),
  };
}

/** The strings of a node's property; none without it. */
function stringsOf(node: DtNode | undefined, name: string): string[] {
  const property = node && propertyOf(node, name);
  if (property === undefined || property.value.length === 0) return [];
  return new TextDecoder().decode(property.value).replace(/\0$/, '').split('\0');
}

function kindsOf(artifacts: readonly Artifact[]): string {
  return [...new Set(artifacts.map(({ kind }) => kind))].sort().join(',');
}

/**
 * Tells windows that VMBus gets, or may: those that the verdict shows, the `ranges` of its node, and the memory windows of
 * the device or of the next one above it that has any; of more above where these depend on something.
 */
function vmbusWindows(machine: Machine, { pool }: Verdict): (window: AddressWindow) => boolean {
  const placeOf = ({ origin: { path, item, index } }: AddressWindow): string => `${path} ${item} ${index}`;
  const given = new Set(pool.map(placeOf));
  // The driver takes nothing below 1 MiB (vmbus_walk_resources() in drivers/hv/vmbus_drv.c).
  const memory = machine.windows.filter(
    (window) => window.space === 'memory' && window.role === 'window' && windowClass(window) !== 'below-1m',
  );
  for (const subject of subjectsOf(machine, IGNORED)) {
    const paths = subject.kind === 'acpi' ? subject.levels.map(({ path }) => path) : [subject.path];
    for (const path of paths) {
      const own = memory.filter(({ origin }) => origin.path === path);
      for (const window of own) given.add(placeOf(window));
      if (own.some(({ certainty }) => certainty === 'certain')) break;
    }
  }
  return (window) => given.has(placeOf(window));
}

function windowRows(machine: string, described: Machine, verdict: Verdict): Row[] {
  const { windows, artifacts } = described;
  const isOfVmbus = vmbusWindows(described, verdict);
  const names = new Names();
  return windows.map((window, number): Row => {
    const json = windowJson(window, artifacts, names);
    const { expressions, origin, flags } = json;
    return {
      machine,
      number,
      space: window.space,
      role: window.role,
      class: text(json.class),
      certainty: window.certainty,
      base: uint64(json.base),
      size: uint64(json.size),
      last: uint64(json.last),
      base_expression: text(member(expressions, 'base')),
      size_expression: text(member(expressions, 'size')),
      condition: text(json.when),
      why: text(json.why),
      prefetchable: truth(member(flags, 'prefetchable')),
      available: window.flags.available !== false,
      path: text(member(origin, 'path')),
      item: text(member(origin, 'item')),
      item_index: window.origin.index,
      vmbus: isOfVmbus(window),
    };
  });
}

function descriptorRows(machine: string, { trees, acpi, artifacts }: Machine): Row[] {
  const json = resourcesJson({ inputs: artifacts, trees, crs: acpi?.crs ?? [], diagnostics: [] });
  return [
    ...objects(json.deviceTree).map((entry) => treeRow(machine, entry)),
    ...objects(json.acpi).flatMap((crs) => crsRows(machine, crs)),
  ];
}

function treeRow(machine: string, entry: JsonObject): Row {
  return {
    machine,
    source: 'tree',
    device: text(entry.node),
    item: text(entry.item),
    number: integer(entry.index),
    space: text(member(entry.flags, 'space')),
    min: uint64(entry.base),
    length: uint64(entry.size),
    parent: uint64(entry.parent),
    cpu: uint64(entry.cpu),
    text: JSON.stringify(entry),
  };
}

function crsRows(machine: string, crs: JsonObject): Row[] {
  const ids = [text(crs.hid), ...strings(crs.cid)].filter((id) => id !== null).join(',');
  const common = {
    machine,
    source: 'acpi',
    device: text(crs.device),
    ids: ids === '' ? null : ids,
    item: text(crs.object),
    status: text(crs.status),
  };
  const descriptors = (list: Json | undefined, more: Row): Row[] =>
    objects(list).map((descriptor, number) => ({
      ...common,
      ...more,
      number,
      type: text(descriptor.type),
      space: text(descriptor.space),
      min: uint64(descriptor.min ?? descriptor.base),
      max: uint64(descriptor.max),
      length: uint64(descriptor.length),
      translation: uint64(descriptor.translation),
      producer: truth(descriptor.producer),
      text: JSON.stringify(descriptor),
    }));
  const rows =
    crs.alternatives === undefined
      ? descriptors(crs.resources, {})
      : objects(crs.alternatives).flatMap((alternative, index) =>
          descriptors(alternative.resources, { alternative: index, condition: text(alternative.when) }),
        );
  return rows.length > 0 ? rows : [{ ...common, text: text(crs.why) }];
}

function bridgeRows(machine: string, { bridges, inputs }: BridgesVerdict): Row[] {
  const names = new Names();
  return bridges.flatMap(({ device, windows, changed, when }) => {
    const given = windows.map((window) => {
      const json = windowJson(window, inputs, names);
      const there = allOf([when, window.certainty === 'conditional' ? window.when : 1n]);
      return { did: 'given', json, into: null, why: text(json.why), condition: there };
    });
    const changes = changed.map((change) => ({
      did: change.did,
      json: windowJson(change.window, inputs, names),
      into: change.into ?? null,
      why: change.why,
      condition: change.when,
    }));
    return [...given, ...changes].map(
      ({ did, json, into, why, condition }, number): Row => ({
        machine,
        bridge: device,
        number,
        did,
        space: text(json.space),
        base: uint64(json.base),
        size: uint64(json.size),
        last: uint64(json.last),
        base_expression: text(member(json.expressions, 'base')),
        size_expression: text(member(json.expressions, 'size')),
        into,
        why,
        condition: condition === 1n ? null : formatCondition(condition, names),
      }),
    );
  });
}

function findingRows(machine: string, diagnostics: readonly Diagnostic[]): Row[] {
  return diagnostics.map((diagnostic, number) => {
    const { severity, code, message, path, at } = diagnosticJson(diagnostic);
    return {
      machine,
      number,
      severity: text(severity),
      code: text(code),
      message: text(message),
      path: text(path),
      place: at === undefined ? null : JSON.stringify(at),
    };
  });
}

function answerRow(machine: string, verdict: Verdict): Row {
  const { answer, effective, hazard, summary, conditions } = verdict;
  const names = new Names();
  const table = conditions.map(({ when, ...row }) => ({
    when: conditionJson(when, names).when,
    answer: row.answer,
    effective: row.effective,
    because: row.because,
  }));
  return {
    machine,
    question: 'sysfb',
    answer,
    effective,
    hazard,
    summary,
    conditions: table.length === 0 ? null : JSON.stringify(table),
  };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function truth(value: Json | undefined): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function integer(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** A hexadecimal number; null for an expression and for what has more than 64 bits. */
function uint64(value: Json | undefined): bigint | null {
  if (typeof value !== 'string' || !/^0x[0-9a-f]{1,16}$/.test(value)) return null;
  return BigInt(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function listed(value: Json | undefined): string {
  return strings(value).join(',');
}
