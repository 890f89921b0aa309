/** Makes sentences of the clauses of a verdict, and finds repetitions. */

/** Splits at `; `, not inside of brackets, and not where the next clause begins with `or` or `and`. */
function clausesOf(text: string): string[] {
  const clauses: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '(' || sign === '[') depth += 1;
    else if (sign === ')' || sign === ']') depth -= 1;
    else if (
      sign === ';' &&
      depth <= 0 &&
      text[at + 1] === ' ' &&
      !/^ (?:or|and) /.test(text.slice(at + 1, at + 6))
    ) {
      clauses.push(text.slice(from, at));
      from = at + 2;
    }
  }
  clauses.push(text.slice(from));
  return clauses;
}

/** Capitalises the first word if it is prose, not a symbol. */
export function capital(text: string): string {
  return /^[a-z][a-z-]*(?:[\s,]|$)/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}

/** Words that are capitalised only at the start of a sentence. */
const FUNCTION_WORDS =
  /^(?:A|An|The|No|On|In|Of|At|By|With|Without|These|This|That|It|Its|One|What|Where|When|Which|Code|Parts|From|For)\b/;

/** A sentence as a clause: no capital, no full stop. */
export function clause(sentence: string): string {
  const text = sentence.replace(/\.$/, '');
  return FUNCTION_WORDS.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}

/** `a; b` as `A. B.` */
export function sentences(text: string): string {
  return clausesOf(text)
    .map((each) => `${capital(each)}${/[.?!]$/.test(each) ? '' : '.'}`)
    .join(' ');
}

function bare(text: string): string {
  const small = text.toLowerCase();
  // Unicode's classes take a millisecond to make, and few reports need them.
  const signs = /[\u0080-\uffff]/.test(small) ? /[^\p{L}\p{N}]+/gu : /[^a-z0-9]+/g;
  return small.replace(signs, ' ').trim();
}

/** The sentences of a report so far, so that none is repeated. */
export class Said {
  #text = ' ';

  /** Records a text. @returns whether it is new */
  isNew(text: string): boolean {
    const key = ` ${bare(text)} `;
    if (key.trim() === '' || this.#text.includes(key)) return false;
    this.#text += `${key.trim()} | `;
    return true;
  }
}

/** Sources that a report refers to by number. */
export class References {
  readonly items: string[] = [];

  /** `[2]`; the same source has the same number. */
  mark(source: string): string {
    let at = this.items.indexOf(source);
    if (at < 0) at = this.items.push(source) - 1;
    return `[${at + 1}]`;
  }
}
