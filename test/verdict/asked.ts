/** Inputs by their names, and the question asked of them. */
import type { Artifact, ArtifactKind } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../src/verdict/answer.ts';
import type { GivenFacts } from '../../src/verdict/given.ts';
import type { Verdict } from '../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../evidence/artifacts.ts';
import { whole } from './whole.ts';

export function artifact(kind: ArtifactKind, name: string, text: string): Artifact {
  return artifactOf(kind, text, name);
}

export async function ask(inputs: readonly Artifact[], kernel: GivenFacts = {}): Promise<Verdict> {
  return whole(await answerSysfb(inputs, { describe: {}, kernel }, new DiagnosticList()));
}

export const dmesg = (...lines: string[]): Artifact =>
  artifact('dmesg', 'dmesg.txt', `${lines.join('\n')}\n`);

export const ids = ({ rules }: Verdict): string[] => rules.map(({ id }) => id);
