/** The scripts that shells load. Each asks the command itself for the words (`words.ts`), so that none gets out of date. */

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

/** `fwmap --complete-words fwmap sysfb --for`: the words of the line so far, the last one unfinished. */
export const WORDS_OPTION = '--complete-words';

/** The last line of its output, where file names fit too. */
export const WITH_FILES = ':files';

export function isCompletionShell(value: unknown): value is CompletionShell {
  return COMPLETION_SHELLS.some((shell) => shell === value);
}

const SCRIPTS: Record<CompletionShell, string> = {
  // Readline splits words at = : and @. They are joined again, and the part before what readline completes, which is $2,
  // is removed from the candidates.
  bash: `# fwmap completion for bash. Install: fwmap --completion bash > ~/.local/share/bash-completion/completions/fwmap
_fwmap() {
  local part="$2" words=() i word before=' ' found files=
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ i -gt 0 && ( "$word" == [=:@]* || "$before" == *[=:@] ) ]]; then
      words[\${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
    before="$word"
  done
  local whole="\${words[\${#words[@]}-1]}"
  local taken="\${whole%"$part"}"
  mapfile -t found < <(fwmap ${WORDS_OPTION} "\${words[@]}" 2>/dev/null)
  COMPREPLY=()
  for word in "\${found[@]}"; do
    if [[ "$word" == ${WITH_FILES} ]]; then files=1; else COMPREPLY+=("\${word#"$taken"}"); fi
  done
  [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *[=@] ]] && compopt -o nospace
  if [[ -n "$files" ]]; then
    compopt -o filenames
    mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$part")
  fi
}
complete -F _fwmap fwmap
`,
  // Loaded from $fpath the first Tab runs this whole file as the function; read by source it only defines it.
  zsh: `#compdef fwmap
# fwmap completion for zsh. Install: fwmap --completion zsh > a folder of $fpath, as _fwmap
_fwmap() {
  local -a found plain open
  local word files=
  found=("\${(@f)$(fwmap ${WORDS_OPTION} "\${(@Q)words[1,CURRENT]}" 2>/dev/null)}")
  for word in $found; do
    case $word in
      ${WITH_FILES}) files=1 ;;
      *[=@]) open+=("$word") ;;
      *) plain+=("$word") ;;
    esac
  done
  (( $#plain )) && compadd -- $plain
  (( $#open )) && compadd -S '' -- $open
  if [[ -n $files ]]; then
    compset -P '--*='
    _files
  fi
  (( $#found ))
}
if [[ $funcstack[1] == _fwmap ]]; then
  _fwmap "$@"
else
  compdef _fwmap fwmap
fi
`,
  fish: `# fwmap completion for fish. Install: fwmap --completion fish > ~/.config/fish/completions/fwmap.fish
function __fwmap_words
  set -l current (commandline -ct)
  for word in (fwmap ${WORDS_OPTION} (commandline -opc) $current 2>/dev/null)
    if test "$word" = ${WITH_FILES}
      set -l option (string match -r -- '^--[^=]*=' $current)
      printf '%s\\n' "$option"(__fish_complete_path (string replace -r -- '^--[^=]*=' '' $current))
    else
      echo $word
    end
  end
end
complete -c fwmap -f -a '(__fwmap_words)'
`,
};

export function completionScript(shell: CompletionShell): string {
  return SCRIPTS[shell];
}
