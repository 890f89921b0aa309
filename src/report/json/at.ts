/** `fwmap at --format json`. */
import type { ClaimKind } from '../../verdict/address/claims.ts';
import type { Certainty } from '../../window/window.ts';
import type {
  ConditionJson,
  DiagnosticJson,
  EvidenceJson,
  ExpressionsJson,
  FieldJson,
  Hex,
  InputJson,
  OriginJson,
} from './parts.ts';

export type AtJson = {
  readonly schema: 'fwmap/at@1';
  /** The machine's name, as --select takes it, where there are several. */
  readonly name?: string;
  readonly space: 'memory' | 'io';
  readonly address: Hex;
  /** The last address of a range; equal to `address` where one address was asked about. */
  readonly last: Hex;
  readonly summary: string;
  /** Certain claims first, the smallest of them first. */
  readonly claims: readonly ClaimJson[];
  readonly fields: readonly FieldJson[];
  readonly inputs: readonly InputJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type ClaimJson = {
  readonly kind: ClaimKind;
  readonly who: string;
  readonly base: Hex | null;
  readonly size: Hex | null;
  readonly last: Hex | null;
  readonly expressions?: ExpressionsJson;
  readonly certainty: Certainty;
  /** The condition under which it has the address; absent where that is certain. */
  readonly when?: string;
  readonly condition?: ConditionJson;
  /** Why it is not known whether it has the address. */
  readonly why?: string;
  /** It contains the whole range that was asked about. */
  readonly whole: boolean;
  readonly note?: string;
  readonly origin?: OriginJson;
  readonly evidence?: EvidenceJson;
};
