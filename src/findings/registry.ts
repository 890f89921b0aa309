/** Every code with its row. */
import { ACPI_RESOURCE_ROWS } from './rows/acpi-resources.ts';
import { ACPI_TABLE_ROWS } from './rows/acpi-tables.ts';
import { ANSWER_ROWS } from './rows/answers.ts';
import { ARTIFACT_ROWS } from './rows/artifact.ts';
import { ASL_ROWS } from './rows/asl.ts';
import { CONTAINER_ROWS } from './rows/containers.ts';
import { DT_BLOB_ROWS } from './rows/dt-blob.ts';
import { DT_PREPROCESSOR_ROWS } from './rows/dt-preprocessor.ts';
import { DT_SOURCE_ROWS } from './rows/dt-source.ts';
import { DT_TREE_ROWS } from './rows/dt-tree.ts';
import { EVIDENCE_ROWS } from './rows/evidence.ts';
import { LINUX_ROWS } from './rows/linux.ts';
import { PATCH_ROWS } from './rows/patch.ts';
import { SYSFB_ROWS } from './rows/sysfb.ts';

export const REGISTRY = {
  ...ARTIFACT_ROWS,
  ...PATCH_ROWS,
  ...CONTAINER_ROWS,
  ...DT_SOURCE_ROWS,
  ...DT_PREPROCESSOR_ROWS,
  ...DT_BLOB_ROWS,
  ...DT_TREE_ROWS,
  ...ACPI_TABLE_ROWS,
  ...ACPI_RESOURCE_ROWS,
  ...ASL_ROWS,
  ...EVIDENCE_ROWS,
  ...LINUX_ROWS,
  ...SYSFB_ROWS,
  ...ANSWER_ROWS,
};
