/** `fwmap query`: asks the tables of a survey. */
import { resolve } from 'node:path';
import type { Document } from '../../../report/document.ts';
import { renderText } from '../../../report/formats/text.ts';
import { QueryError, type ResultSet, SurveyDatabase } from '../../../survey/query/database.ts';
import { type NamedResult, resultsCsv, resultsHtml, resultsJson } from '../../../survey/query/formats.ts';
import {
  CHANGED,
  CONDITIONS,
  MOVED,
  type NamedQuery,
  NEEDED,
  SUMMARY,
} from '../../../survey/query/questions.ts';
import { defineCommand } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import { OUTPUT_OPTIONS } from '../../common/options.ts';
import { writeResult } from '../../common/result.ts';
import { writePaged } from '../../output/pager.ts';
import { widthOf } from '../../output/print.ts';
import { asCommandErrors } from '../../survey/options.ts';

const FORMATS = ['text', 'csv', 'json', 'html'] as const;

export const command = defineCommand({
  name: 'query',
  operands: 'DIR [SQL]',
  minimumInputs: 1,
  description:
    'Asks the tables of a survey (machines, inputs, windows, descriptors, bridges, findings, answers, gaps) in SQL, or a question ' +
    'that has a name. It takes DuckDB: npm install @duckdb/node-api. The tables are Parquet, so anything else that ' +
    'reads that may be asked as well; docs/fleet.md has the columns.',
  options: {
    summary: { type: 'boolean', describe: 'What the survey holds: machines, answers, windows, findings' },
    needed: { type: 'boolean', describe: 'The machines that need CONFIG_SYSFB, or may' },
    bridges: {
      type: 'boolean',
      describe: 'What Linux drops, clips, unites or refuses of PCI host bridge windows',
    },
    moved: {
      type: 'string',
      value: 'BEFORE',
      describe: 'Windows that are elsewhere than in the survey BEFORE, of the inputs with the same path',
    },
    conditions: { type: 'boolean', describe: 'What windows depend on, the most frequent first' },
    output: OUTPUT_OPTIONS.output,
    'no-pager': OUTPUT_OPTIONS['no-pager'],
    format: {
      type: 'string',
      choices: FORMATS,
      describe: 'How the result looks',
      group: 'Output:',
    },
  },
  examples: [
    { line: 'fwmap query survey --summary', does: 'what the survey holds' },
    { line: "fwmap query survey 'SELECT path FROM machines LIMIT 9' --format csv", does: 'in SQL' },
    { line: 'fwmap query new --moved old', does: 'what a firmware update moved' },
  ],
  async run({ inputs, options, io }) {
    const [folder, sql, ...more] = inputs;
    if (folder === undefined || more.length > 0)
      throw new CommandError('query: it takes the folder of a survey and one statement');
    const asked: NamedQuery[] = [
      ...(options.summary ? SUMMARY : []),
      ...(options.needed ? NEEDED : []),
      ...(options.bridges ? CHANGED : []),
      ...(options.conditions ? CONDITIONS : []),
      ...(options.moved === undefined ? [] : MOVED),
      ...(sql === undefined ? [] : [{ title: sql, sql }]),
    ];
    if (asked.length === 0)
      throw new CommandError('query: nothing is asked', 'a statement in SQL, or --summary');
    const results: NamedResult[] = [];
    try {
      const before = options.moved === undefined ? undefined : resolve(io.cwd, options.moved);
      const database = await asCommandErrors(SurveyDatabase.open(resolve(io.cwd, folder), before, io.cwd));
      for (const query of asked) results.push({ title: query.title, ...(await database.ask(query.sql)) });
      database.close();
    } catch (error) {
      if (error instanceof QueryError) throw new CommandError(error.message.replace(/\s*\n\s*/g, ' '));
      throw error;
    }
    const format = options.format ?? 'text';
    const text = rendered(results, format, `Survey ${folder}`, await widthOf(options, io));
    if (format === 'text') await writePaged(text, options, io);
    else writeResult(text, options, io);
    return 0;
  },
});

function rendered(
  results: readonly NamedResult[],
  format: (typeof FORMATS)[number],
  heading: string,
  width: number,
): string {
  switch (format) {
    case 'csv':
      return resultsCsv(results);
    case 'json':
      return resultsJson(results);
    case 'html':
      return resultsHtml(results, heading);
    case 'text': {
      return renderText(
        results.length === 1
          ? [tableOf(results[0]!)]
          : results.flatMap((result) => [{ kind: 'heading' as const, text: result.title }, tableOf(result)]),
        { color: false, width },
      );
    }
  }
}

function tableOf({ columns, rows }: ResultSet): Document[number] {
  const isCount = (index: number): boolean =>
    rows.length > 0 && rows.every((row) => typeof row[index] === 'number' || typeof row[index] === 'bigint');
  return {
    kind: 'table',
    columns: columns.map((title, index) => ({
      title,
      ...(isCount(index) ? { align: 'right' as const } : {}),
    })),
    rows: rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
  };
}
