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
  /** Of a machine in an image, as --select takes it. */
  readonly name?: string;
  readonly space: 'memory' | 'io';
  readonly address: Hex;
  /** Of a range the last address, else the address again. */
  readonly last: Hex;
  readonly summary: string;
  /** What surely has it first, and of that the smallest. */
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
  /** When it has the address; absent where it surely has. */
  readonly when?: string;
  readonly condition?: ConditionJson;
  /** Why it is not known whether it has the address. */
  readonly why?: string;
  /** It holds all that was asked about. */
  readonly whole: boolean;
  readonly note?: string;
  readonly origin?: OriginJson;
  readonly evidence?: EvidenceJson;
};
