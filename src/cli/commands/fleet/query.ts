/** `fwmap query`: queries the tables of a survey. */
import { SurveyDatabase } from '../../../survey/query/database.ts';
import { QueryError } from '../../../survey/query/error.ts';
import { type NamedResult, QUERY_FORMATS, renderResults } from '../../../survey/query/formats.ts';
import { NAMED_QUERIES, type NamedQuery } from '../../../survey/query/questions.ts';
import { defineCommand } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import { OUTPUT_OPTIONS } from '../../common/options.ts';
import { writeResult } from '../../common/result.ts';
import { writePaged } from '../../output/pager.ts';
import { widthOf } from '../../output/print.ts';
import { asCommandErrors } from '../../survey/options.ts';

export const command = defineCommand({
  name: 'query',
  operands: 'DIR [SQL]',
  minimumInputs: 1,
  description:
    'Queries the tables of a survey (machines, inputs, windows, descriptors, bridges, findings, answers, gaps), in SQL or by ' +
    'one of the options below. DIR is a folder or s3://BUCKET/PREFIX. Needs DuckDB: npm install @duckdb/node-api. The tables are Parquet files, which other ' +
    'programs read as well; docs/fleet.md lists the columns.',
  options: {
    summary: { type: 'boolean', describe: 'What the survey holds: machines, answers, windows, findings' },
    needed: { type: 'boolean', describe: 'The machines that need CONFIG_SYSFB, or may' },
    vmbus: { type: 'boolean', describe: 'The windows below 4 GiB that VMBus gets, or may, by model' },
    bridges: {
      type: 'boolean',
      describe: 'The PCI host bridge windows that Linux drops, clips, unites or refuses',
    },
    moved: {
      type: 'string',
      value: 'BEFORE',
      describe: 'Windows that moved since the survey BEFORE, of inputs with the same path',
    },
    conditions: { type: 'boolean', describe: 'What windows depend on, the most frequent first' },
    output: OUTPUT_OPTIONS.output,
    'no-pager': OUTPUT_OPTIONS['no-pager'],
    format: {
      type: 'string',
      choices: QUERY_FORMATS,
      value: 'FORMAT',
      describe: `Output format: ${QUERY_FORMATS.join(', ')}`,
      group: 'Output:',
    },
  },
  examples: [
    { line: 'fwmap query survey --summary', does: 'what the survey holds' },
    { line: "fwmap query survey 'SELECT path FROM machines LIMIT 9' --format csv", does: 'in SQL' },
    { line: 'fwmap query s3://fleet/survey --needed', does: 'of a survey in a bucket' },
    { line: 'fwmap query new --moved old', does: 'what a firmware update moved' },
  ],
  async run({ inputs, options, io }) {
    const [folder, sql, ...more] = inputs;
    if (folder === undefined || more.length > 0)
      throw new CommandError(
        'query takes the folder of a survey and one SQL statement',
        'quote the statement',
      );
    const asked: NamedQuery[] = [
      ...(options.summary ? NAMED_QUERIES.summary : []),
      ...(options.needed ? NAMED_QUERIES.needed : []),
      ...(options.vmbus ? NAMED_QUERIES.vmbus : []),
      ...(options.bridges ? NAMED_QUERIES.bridges : []),
      ...(options.conditions ? NAMED_QUERIES.conditions : []),
      ...(options.moved === undefined ? [] : NAMED_QUERIES.moved),
      ...(sql === undefined ? [] : [{ title: sql, sql }]),
    ];
    if (asked.length === 0)
      throw new CommandError('query needs a question', 'an SQL statement, or --summary');
    const results: NamedResult[] = [];
    try {
      const database = await asCommandErrors(
        SurveyDatabase.open(folder, options.moved, io.cwd, {
          statements: asked.map((query) => query.sql),
          onPart: (fetched, all) =>
            void io.progress.tell(`fetching tables: ${fetched} of ${all} files`, true),
        }),
      );
      try {
        for (const query of asked) results.push({ ...query, ...(await database.ask(query.sql)) });
      } finally {
        database.close();
      }
    } catch (error) {
      if (error instanceof QueryError) throw new CommandError(error.message.replace(/\s*\n\s*/g, ' '));
      throw error;
    }
    const format = options.format ?? 'text';
    const text = renderResults(results, format, {
      heading: `Survey ${folder}`,
      width: await widthOf(options, io),
    });
    if (format === 'text') await writePaged(text, options, io);
    else writeResult(text, options, io);
    return 0;
  },
});
