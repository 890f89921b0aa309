/**
 * What reference programs give for the inputs of tests: from the program where it is installed, else as recorded under
 * test/recorded/ with the command and the version that gave it. `UPDATE_RECORDED=1 npx vitest run FILE` records anew.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll } from 'vitest';

interface Recording {
  /** What a person would type; the input is the file or standard input named there. */
  readonly command: string;
  readonly version: string;
  readonly inputSha256: string;
  readonly output: string;
}

const UPDATE = process.env.UPDATE_RECORDED === '1';

const sha256 = (input: string | Uint8Array): string => createHash('sha256').update(input).digest('hex');

/** The version of a program that is installed here, as the first number with a dot or eight digits that it prints. */
export function installedVersion(program: string, flag: string): string | undefined {
  const { status, stdout } = spawnSync(program, [flag], { encoding: 'latin1' });
  return status === 0 ? /\d+\.[\d.]*\d|\b\d{8}\b/.exec(stdout)?.[0] : undefined;
}

export class Recordings {
  readonly #path: URL;
  readonly #version: string | undefined;
  readonly #known = new Map<string, Recording>();
  readonly #fresh = new Map<string, Recording>();

  /**
   * @param name of the file under test/recorded/, one a test file, since test files run at the same time
   * @param version of the program that is installed here; undefined where it is not
   */
  constructor(name: string, version: string | undefined) {
    this.#path = new URL(`recorded/${name}.jsonl`, import.meta.url);
    this.#version = version;
    if (existsSync(this.#path))
      for (const line of readFileSync(this.#path, 'utf8').split('\n').filter(Boolean)) {
        const recording = JSON.parse(line) as Recording;
        this.#known.set(`${recording.command}\n${recording.inputSha256}`, recording);
      }
    if (UPDATE && version !== undefined)
      afterAll(() => {
        const lines = [...this.#fresh.values()].map((recording) => `${JSON.stringify(recording)}\n`);
        writeFileSync(this.#path, lines.join(''));
      });
  }

  /** Whether the program is here, or its output for this input is recorded. */
  has(command: string, input: string | Uint8Array): boolean {
    return this.#version !== undefined || this.#known.has(`${command}\n${sha256(input)}`);
  }

  /** For a test's title. */
  get note(): string {
    return this.#version === undefined ? ' (as recorded: the program is not installed)' : '';
  }

  /**
   * What `command` gives for `input`.
   *
   * @param run runs the program; binary output as hexadecimal or base64
   * @throws when the program is missing and nothing is recorded, or gives something else than recorded of its version
   */
  output(command: string, input: string | Uint8Array, run: () => string): string {
    const inputSha256 = sha256(input);
    const key = `${command}\n${inputSha256}`;
    const known = this.#known.get(key);
    if (this.#version === undefined) {
      if (known === undefined)
        throw new Error(`not recorded: ${command}; UPDATE_RECORDED=1 records, with the program`);
      return known.output;
    }
    const output = run();
    if (UPDATE) this.#fresh.set(key, { command, version: this.#version, inputSha256, output });
    else if (known?.version === this.#version && known.output !== output)
      throw new Error(
        `${this.#path.pathname} has another output for: ${command}; UPDATE_RECORDED=1 records anew`,
      );
    return output;
  }
}
