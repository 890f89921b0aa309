/** Parts of a fleet, as far as this machine has them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a package can be loaded from here. */
export function hasPackage(name: string): boolean {
  try {
    createRequire(join(process.cwd(), 'package.json')).resolve(name);
    return true;
  } catch {
    return false;
  }
}

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Redis on loopback, with nothing on disk: ended, it has lost everything. */
export async function startRedis(port: number): Promise<ChildProcess> {
  const arguments_ = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', arguments_, { stdio: 'ignore' });
  for (let tries = 0; tries < 200; tries += 1) {
    if (spawnSync('redis-cli', ['-p', String(port), 'ping']).status === 0) return server;
    await sleep(50);
  }
  throw new Error('redis-server does not answer');
}

/** Ends a process at once. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** `fwmap` in a process of its own; what it complains of is shown. */
export function fwmap(...argv: string[]): ChildProcess {
  return spawn(process.execPath, ['bin/fwmap.js', ...argv], { stdio: ['ignore', 'ignore', 'inherit'] });
}
