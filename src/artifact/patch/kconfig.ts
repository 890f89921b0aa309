/** Changes of patches to Kconfig files: dependencies and selects, each with its symbol. */
import type { Hunk } from './unified-diff.ts';

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

/** The rules that hunks of a Kconfig file add and remove, in order. */
export function kconfigChanges(hunks: readonly Hunk[]): KconfigChange[] {
  const changes: KconfigChange[] = [];
  for (const { heading, lines } of hunks) {
    // The current entry before and after the patch; a context line belongs to both.
    const symbols = { '-': ENTRY.exec(heading)?.[1], '+': ENTRY.exec(heading)?.[1] };
    for (const { mark, text, line } of lines) {
      const entry = ENTRY.exec(text)?.[1];
      const ends = entry === undefined && OTHER_ENTRY.test(text);
      if (entry !== undefined || ends) {
        if (mark !== '+') symbols['-'] = entry;
        if (mark !== '-') symbols['+'] = entry;
      } else if (mark !== ' ' && RULE.test(text)) {
        changes.push({
          change: mark === '+' ? 'added' : 'removed',
          symbol: symbols[mark],
          text: text.trim().replace(/\s+/g, ' '),
          line,
        });
      }
    }
  }
  return changes;
}
