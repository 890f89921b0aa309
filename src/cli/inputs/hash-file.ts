/** Hashes a large file in a thread of its own. */
import { Worker } from 'node:worker_threads';
import { systemMessage } from '../../artifact/file.ts';
import { CommandError } from '../common/command-error.ts';

/** The code of the thread; its only argument is the path. */
const CODE = `
const { createHash } = require('node:crypto');
const { openSync, readSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const descriptor = openSync(workerData, 'r');
const hash = createHash('sha256');
const chunk = Buffer.alloc(1 << 20);
for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk))
  hash.update(chunk.subarray(0, length));
parentPort.postMessage(hash.digest('hex'));
`;

/** Lower-case hex SHA-256 of a file. */
export function hashInBackground(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(CODE, { eval: true, workerData: path });
    worker.once('message', resolve);
    worker.once('error', (error) => reject(new CommandError(`cannot read ${path}: ${systemMessage(error)}`)));
  });
}
