/**
 * `npm run conformance -- fresh`: README's two commands as a newcomer types them. The commit is cloned to an empty folder
 * with nothing next to it, HOME is empty, and PATH has node, npm and a shell, none of the reference programs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All of PATH. "Node and npm are all that is needed": a shell comes with every system, and git made the clone. */
const PROGRAMS = ['node', 'npm', 'npx', 'sh', 'git'];
/** Settings of the network that a newcomer has too; nothing else of the environment is handed on. */
const NETWORK = /^(?:https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_(?:file|dir)|npm_config_registry)$/i;
/** Far below what there is: this notices when tests stop being found. */
const LEAST_TESTS = 1000;

export async function run(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error('usage: npm run conformance -- fresh');
    return 2;
  }
  const place = mkdtempSync(join(tmpdir(), 'fwmap-fresh-'));
  try {
    return checks(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function checks(place: string): number {
  const [home, bin, clone] = ['home', 'bin', 'fwmap'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(home);
  mkdirSync(bin);
  for (const program of PROGRAMS) symlinkSync(pathOf(program), join(bin, program));
  // HEAD of this checkout, whether it is a branch, detached, or a work tree of another.
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  execFileSync('git', ['clone', '--quiet', '--no-checkout', process.cwd(), clone]);
  execFileSync('git', ['-C', clone, 'checkout', '--quiet', '--detach', commit]);

  const env: Record<string, string> = { PATH: bin, HOME: home, CI: '1', NO_COLOR: '1' };
  for (const [name, value] of Object.entries(process.env))
    if (NETWORK.test(name) && value !== undefined) env[name] = value;
  const inClone = (command: string): { status: number | null; output: string } => {
    console.log(`$ ${command}`);
    const { status, stdout, stderr } = spawnSync(join(bin, 'sh'), ['-c', command], {
      cwd: clone,
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return { status, output: stdout + stderr };
  };

  let passed = 0;
  let failed = 0;
  const check = (what: string, holds: boolean, output: string): void => {
    console.log(`${holds ? 'ok' : 'FAILED'}: ${what}`);
    if (holds) passed += 1;
    else {
      failed += 1;
      console.log(output.slice(-20_000));
    }
  };

  const commands = twoCommands(readFileSync(join(clone, 'README.md'), 'utf8'));
  check('README has two commands', commands.length === 2, commands.join('\n'));
  const [main = 'false', tests = 'false'] = commands;

  const answer = inClone(main);
  check(
    'the first answers the question',
    answer.status === 0 && answer.output.includes('CONFIG_SYSFB: not needed'),
    answer.output,
  );
  const tested = inClone(tests);
  const summary = /^ *Tests +.*$/m.exec(tested.output)?.[0].trim() ?? 'no summary';
  const ran = Number(/(\d+) passed/.exec(summary)?.[1] ?? 0);
  check(`the second runs the tests: ${summary}`, tested.status === 0 && ran >= LEAST_TESTS, tested.output);

  const changed = (): string =>
    execFileSync('git', ['-C', clone, 'status', '--porcelain'], { encoding: 'utf8' });
  check('both leave the clone as it was', changed() === '', changed());
  const installed = inClone('npm install');
  check('so does npm install', installed.status === 0 && changed() === '', installed.output + changed());

  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** The lines of the first code block that follow the heading "Two commands". */
function twoCommands(readme: string): string[] {
  const block = /^## Two commands\n[^#]*?```\w*\n(.*?)```/ms.exec(readme)?.[1] ?? '';
  return block.split('\n').filter((line) => line !== '');
}

/** A program as PATH finds it, with symbolic links followed. */
function pathOf(program: string): string {
  const found = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' });
  return realpathSync(found.trim());
}
