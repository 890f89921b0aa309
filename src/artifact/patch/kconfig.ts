/** Changes of patches to Kconfig files: dependencies and selects, each with its symbol. */
import type { Hunk, HunkLine } from './unified-diff.ts';

/** An added or removed dependency, default or select. */
export interface KconfigChange {
  readonly change: 'added' | 'removed';
  /** Without CONFIG_; undefined where the patch doesn't show it. */
  readonly symbol: string | undefined;
  /** `select SYSFB if EFI && !HYPERV_VTL_MODE`. */
  readonly text: string;
  /** Line of the patch, from 0. */
  readonly line: number;
}

const ENTRY = /^\s*(?:menu)?config\s+(\w+)/;
const OTHER_ENTRY = /^\s*(?:menu|endmenu|if|endif|choice|endchoice|comment|source|mainmenu)\b/;
const RULE = /^\s*(?:select|imply|depends\s+on|default|def_bool|def_tristate|visible\s+if)\b/;

/** Names of files with Kconfig entries, in a patch. */
export const KCONFIG_FILE = /(?:^|\/)Kconfig[^/]*$/;

/** The most lines that are joined by backslashes at their ends. */
const MAX_JOINED = 20;

/** A line, with those of the same side joined that it goes on in by a backslash at its end. */
function joined(lines: readonly HunkLine[], at: number): string {
  const { mark } = lines[at]!;
  let { text } = lines[at]!;
  for (let next = at + 1; text.endsWith('\\') && next <= at + MAX_JOINED; next += 1) {
    const line = lines[next];
    if (line === undefined || (line.mark !== mark && line.mark !== ' ')) break;
    text = `${text.slice(0, -1)} ${line.text}`;
  }
  return text;
}

/** The rules that hunks of a Kconfig file add and remove, in order. */
export function kconfigChanges(hunks: readonly Pick<Hunk, 'heading' | 'lines'>[]): KconfigChange[] {
  const changes: KconfigChange[] = [];
  for (const { heading, lines } of hunks) {
    // The current entry before and after the patch; a context line belongs to both.
    const symbols = { '-': ENTRY.exec(heading)?.[1], '+': ENTRY.exec(heading)?.[1] };
    for (const [at, { mark, text, line }] of lines.entries()) {
      const entry = ENTRY.exec(text)?.[1];
      const ends = entry === undefined && OTHER_ENTRY.test(text);
      if (entry !== undefined || ends) {
        if (mark !== '+') symbols['-'] = entry;
        if (mark !== '-') symbols['+'] = entry;
      } else if (mark !== ' ' && RULE.test(text)) {
        changes.push({
          change: mark === '+' ? 'added' : 'removed',
          symbol: symbols[mark],
          text: joined(lines, at).trim().replace(/\s+/g, ' '),
          line,
        });
      }
    }
  }
  return changes;
}
