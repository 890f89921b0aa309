/** Completion: scripts for the shells, each of which asks the command itself for the words, so that none goes stale. */

import { COMMANDS, commandRow, DEFAULT_COMMAND, RAW_COMMANDS } from './commands.ts';
import type { OptionTable } from './common/command.ts';
import { PROCESS_OPTIONS } from './common/options.ts';

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

/** `fwmap --complete-words fwmap sysfb --for`: the words of the line so far, the last one unfinished. */
export const WORDS_OPTION = '--complete-words';

export function isCompletionShell(value: unknown): value is CompletionShell {
  return COMPLETION_SHELLS.some((shell) => shell === value);
}

const SCRIPTS: Record<CompletionShell, string> = {
  bash: `# fwmap completion for bash. Install: fwmap --completion bash > ~/.local/share/bash-completion/completions/fwmap
_fwmap() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local words
  words="$(fwmap ${WORDS_OPTION} "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; compgen -f -- "$current")
}
complete -o filenames -F _fwmap fwmap
`,
  zsh: `#compdef fwmap
# fwmap completion for zsh. Install: fwmap --completion zsh > a folder of $fpath, as _fwmap
_fwmap() {
  local -a found
  found=("\${(@f)$(fwmap ${WORDS_OPTION} "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  compadd -- $found
  _files
}
compdef _fwmap fwmap
`,
  fish: `# fwmap completion for fish. Install: fwmap --completion fish > ~/.config/fish/completions/fwmap.fish
function __fwmap_words
  fwmap ${WORDS_OPTION} (commandline -opc) (commandline -ct) 2>/dev/null
end
complete -c fwmap -a '(__fwmap_words)'
`,
};

export function completionScript(shell: CompletionShell): string {
  return SCRIPTS[shell];
}

/** Options that yargs itself has. */
const OWN_OPTIONS = ['help', 'version', 'completion'];

/**
 * What the last word may become; nothing where only a file name makes sense.
 * @param words the line so far, the program's name first, the last word unfinished
 */
export async function completionsOf(words: readonly string[]): Promise<string[]> {
  const before = words.slice(1, -1);
  const current = words.at(-1) ?? '';
  const row = before.map(commandRow).find((found) => found !== undefined);
  const command = await (row ?? commandRow(DEFAULT_COMMAND)!).load();
  const options: OptionTable = { ...PROCESS_OPTIONS, ...command.options };
  const option = before.at(-1)?.replace(/^--?/, '') ?? '';
  const spec = Object.entries(options).find(([name, { alias }]) => name === option || alias === option)?.[1];
  let candidates: readonly string[] = [];
  if (before.at(-1)?.startsWith('-') && spec?.type === 'string') candidates = spec.choices ?? [];
  else if (current.startsWith('-'))
    candidates = [...Object.keys(options), ...OWN_OPTIONS].map((name) => `--${name}`);
  else if (before.length === 0) candidates = [...COMMANDS, ...RAW_COMMANDS].map(({ name }) => name);
  return candidates.filter((candidate) => candidate.startsWith(current));
}
