/** Every code with its row. */
import { ARTIFACT_ROWS } from './rows/artifact.ts';
import { DT_BLOB_ROWS } from './rows/dt-blob.ts';
import { DT_PREPROCESSOR_ROWS } from './rows/dt-preprocessor.ts';
import { DT_SOURCE_ROWS } from './rows/dt-source.ts';
import { DT_TREE_ROWS } from './rows/dt-tree.ts';
import { EVIDENCE_ROWS } from './rows/evidence.ts';
import { LINUX_ROWS } from './rows/linux.ts';

export const REGISTRY = {
  ...ARTIFACT_ROWS,
  ...DT_SOURCE_ROWS,
  ...DT_PREPROCESSOR_ROWS,
  ...DT_BLOB_ROWS,
  ...DT_TREE_ROWS,
  ...EVIDENCE_ROWS,
  ...LINUX_ROWS,
};
