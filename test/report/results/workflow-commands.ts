/**
 * Workflow commands as the runner of GitHub Actions reads a line of the log (ActionCommand.cs of actions/runner: a
 * command begins at the first character that is no blank; the older form `##[…]` is found anywhere).
 */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Commands that the runner knows; anything else is text. */
const KNOWN = new Set(
  'error warning notice debug group endgroup add-mask add-path set-output set-env save-state stop-commands echo add-matcher remove-matcher'.split(
    ' ',
  ),
);

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

/** The command in a line of the log; undefined where it is text. */
export function commandOf(line: string): WorkflowCommand | undefined {
  const now = /^\s*::([a-z-]+)(?: (.*?))?::(.*)$/is.exec(line);
  const before = /##\[([a-z-]+)(?: (.*?))?\](.*)$/is.exec(line);
  const match = now ?? before;
  if (match === null || !KNOWN.has(match[1]!.toLowerCase())) return undefined;
  const properties = (match[2] ?? '')
    .split(now ? ',' : ';')
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), unescapeProperty(pair.slice(pair.indexOf('=') + 1))]);
  return {
    name: match[1]!.toLowerCase(),
    properties: Object.fromEntries(properties),
    data: unescapeData(match[3]!),
  };
}

/** All commands of a log. Lines end as the runner's reader has it: at LF, CR or both. */
export function commandsOf(log: string): WorkflowCommand[] {
  return log.split(/\r\n|\n|\r/).flatMap((line) => commandOf(line) ?? []);
}
