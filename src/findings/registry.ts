/** Every code with its row. */
import { ARTIFACT_ROWS } from './rows/artifact.ts';
import { EVIDENCE_ROWS } from './rows/evidence.ts';
import { LINUX_ROWS } from './rows/linux.ts';

export const REGISTRY = { ...ARTIFACT_ROWS, ...EVIDENCE_ROWS, ...LINUX_ROWS };
