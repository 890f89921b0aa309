/** Cuts Markdown for places that limit its size. */

const encoder = new TextEncoder();

/** The last line where something was left out. */
const LEFT_OUT = 'The rest is left out: it is longer than allowed here.';

/** The fence and the folded parts that are open at a line. */
interface Open {
  fence: string | undefined;
  details: number;
}

function read(line: string, open: Open): void {
  const fence = /^(`{3,})(\w*)\s*$/.exec(line);
  if (open.fence !== undefined) {
    if (fence !== null && fence[2] === '' && fence[1]!.length >= open.fence.length) open.fence = undefined;
  } else if (fence !== null) open.fence = fence[1];
  else if (line === '<details>') open.details += 1;
  else if (line === '</details>') open.details -= 1;
}

function closing({ fence, details }: Open): string {
  return `${fence === undefined ? '' : `${fence}\n`}${'\n</details>\n'.repeat(details)}\n${LEFT_OUT}\n`;
}

/**
 * The first lines of a Markdown text of our own renderer; open fences and folded parts are closed.
 * @param most bytes of UTF-8 that the result may have
 */
export function cutMarkdown(text: string, most: number): string {
  if (encoder.encode(text).length <= most) return text;
  const open: Open = { fence: undefined, details: 0 };
  let kept = '';
  let bytes = 0;
  for (const line of text.split('\n')) {
    const after = { ...open };
    read(line, after);
    const more = encoder.encode(line).length + 1;
    if (bytes + more + encoder.encode(closing(after)).length > most) break;
    Object.assign(open, after);
    kept += `${line}\n`;
    bytes += more;
  }
  return `${kept}${closing(open)}`;
}
