/** `fwmap worker`: processes shards of surveys from a queue. */
import { availableParallelism } from 'node:os';
import { defineCommand } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import { compileInEachThread } from '../../common/engine.ts';
import { asCommandErrors, countOption, MOST_JOBS } from '../../survey/options.ts';
import { openPool, type Pool } from '../../survey/pool.ts';

export const command = defineCommand({
  name: 'worker',
  operands: '',
  minimumInputs: 0,
  description:
    'Processes shards of `fwmap survey --queue` from a Redis server, on this host or any other that sees the inputs and ' +
    'the survey under the same paths. It runs until it is stopped; on SIGTERM and SIGINT it finishes the ' +
    'shard in progress first. If it is killed, another worker takes its shard after 30 s.',
  options: {
    queue: { type: 'string', value: 'URL', describe: 'The Redis server: redis://host:6379/0' },
    jobs: { type: 'string', value: 'N', describe: 'Threads; default: one for each processor' },
    into: {
      type: 'string',
      value: 'DIR',
      describe: 'The folder of the survey, or s3://BUCKET/PREFIX, if it has another path on this host',
    },
  },
  examples: [{ line: 'fwmap worker --queue redis://queue.example:6379/0', does: 'on each host of a fleet' }],
  async run({ options, io }) {
    if (options.queue === undefined)
      throw new CommandError('worker needs --queue URL', 'for example redis://host:6379/0');
    const jobs = countOption('jobs', options.jobs, availableParallelism(), MOST_JOBS);
    const { startWorker } = await import('../../../survey/queue.ts');
    await compileInEachThread();
    const pools: Pool[] = [];
    const worker = await asCommandErrors(
      startWorker(
        async (store) => {
          const pool = await openPool(jobs, store);
          pools.push(pool);
          return pool;
        },
        {
          url: options.queue,
          cwd: io.cwd,
          together: jobs + 1,
          ...(options.into === undefined ? {} : { into: options.into }),
          onTrouble: (message) => io.stderr.write(`fwmap: ${message}\n`),
          onShard: (shard, counts) =>
            io.stderr.write(
              `fwmap: shard ${shard.id}: ${counts.machines} machine${counts.machines === 1 ? '' : 's'}\n`,
            ),
        },
      ),
    );
    await new Promise<void>((end) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
    });
    await worker.close();
    await Promise.all(pools.map((pool) => pool.close()));
    return 0;
  },
});
