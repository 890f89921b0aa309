/**
 * Kernel messages in machine-readable logs: dmesg --json (util-linux), journalctl's output modes json, json-pretty,
 * export and verbose (systemd.journal-fields(7), JOURNAL_EXPORT_FORMATS), and Docker's json-file. Each record becomes the line that dmesg would
 * print.
 */
import type { Artifact } from '../../artifact/artifact.ts';
import { textOf } from '../../bytes/source.ts';
import { limit } from '../../limits/limits.ts';
import { linesOf, type TextLine } from '../text-lines.ts';

/** The characters examined to recognise the format. */
const SAMPLE_CHARACTERS = 4096;

type Form = 'dmesg' | 'lines' | 'pretty' | 'fields';

function formOf(artifact: Artifact): Form | undefined {
  const head = textOf(artifact.source).slice(0, SAMPLE_CHARACTERS);
  if (/^\s*\{\s*"dmesg"\s*:\s*\[/.test(head)) return 'dmesg';
  if (/^\s*\{"log":".*"stream":"/.test(head)) return 'lines';
  if (/^\s*\{.*"(?:MESSAGE|__CURSOR|__REALTIME_TIMESTAMP|_BOOT_ID)" ?:/.test(head)) return 'lines';
  if (/^\s*\{\s*"[A-Z_]+" : /.test(head)) return 'pretty';
  if (/^(?:__CURSOR=|.*\[s=[0-9a-f]+;i=[0-9a-f]+;)/.test(head.trimStart())) return 'fields';
  return undefined;
}

/** A line of a log, or of a record of it. */
export interface Written extends TextLine {
  /** Its end in the file, when the text is not the original line. */
  readonly end?: number;
  /** A record without a message: journalctl writes null for fields over 4096 bytes. */
  readonly unread?: true;
}

/** The lines of a log in any format. */
export function writtenLines(artifact: Artifact): Iterable<Written> {
  const form = formOf(artifact);
  return form === undefined ? linesOf(artifact) : new Records(artifact, form).lines();
}

class Records {
  readonly #artifact: Artifact;
  readonly #form: Form;
  #message: { readonly text: string | undefined; readonly line: TextLine } | undefined;
  #fields = new Map<string, string>();
  /** An open JSON list, with an item on each line. */
  #list: { readonly name: string; readonly items: unknown[]; readonly line: TextLine } | undefined;

  constructor(artifact: Artifact, form: Form) {
    this.#artifact = artifact;
    this.#form = form;
  }

  *lines(): Generator<Written> {
    for (const line of linesOf(this.#artifact)) {
      if (line.text.length > limit('log-line-bytes')) yield line;
      else if (this.#form === 'lines') {
        this.#object(line);
        yield* this.#end();
      } else if (isEnd(line.text)) yield* this.#end();
      else this.#field(line);
      // In records of dmesg the message is the last field.
      if (this.#form === 'dmesg' && this.#message !== undefined) yield* this.#end();
    }
    yield* this.#end();
  }

  #object(line: TextLine): void {
    const record = parsed(line.text);
    if (typeof record !== 'object' || record === null) return;
    for (const [name, value] of Object.entries(record)) this.#take(name, value, line);
  }

  #field(line: TextLine): void {
    const text = line.text.trim();
    const json = /^"(\w+)"\s*:\s*(.*?),?$/.exec(text);
    if (json !== null && json[2] === '[') {
      this.#list = { name: json[1]!, items: [], line };
      return;
    }
    if (json !== null) {
      this.#take(json[1]!, parsed(json[2]!), line);
      return;
    }
    const { name, items, line: first } = this.#list ?? {};
    if (name !== undefined && /^\],?$/.test(text)) {
      this.#list = undefined;
      this.#take(name, items, first!);
    } else items?.push(parsed(text.replace(/,$/, '')));
    if (name !== undefined) return;
    const equal = /^([A-Z_]\w*)=(.*)$/.exec(text);
    if (equal !== null) this.#take(equal[1]!, equal[2]!, line);
  }

  #take(name: string, value: unknown, line: TextLine): void {
    if (name === 'msg' || name === 'MESSAGE' || name === 'log')
      this.#message = { text: messageOf(value), line };
    else if (typeof value === 'string' || typeof value === 'number') this.#fields.set(name, String(value));
  }

  *#end(): Generator<Written> {
    const [message, fields] = [this.#message, this.#fields];
    this.#message = undefined;
    this.#fields = new Map();
    if (message === undefined) return;
    const transport = fields.get('_TRANSPORT') ?? 'kernel';
    if (transport !== 'kernel') return;
    const microseconds = fields.get('_SOURCE_MONOTONIC_TIMESTAMP');
    const seconds =
      fields.get('time') ?? (microseconds === undefined ? undefined : String(Number(microseconds) / 1e6));
    const time = Number(seconds ?? Number.NaN);
    const stamp = Number.isFinite(time) ? `[${time.toFixed(6).padStart(12)}] ` : '<6>';
    const { at, whole } = message.line;
    if (message.text === undefined) {
      yield { ...message.line, unread: true };
      return;
    }
    const end = at + message.line.text.length;
    for (const text of message.text.replace(/\n$/, '').split('\n'))
      yield { text: stamp + text, at, whole, end };
  }
}

function isEnd(text: string): boolean {
  return /^\s*(?:\},?\{?)?\s*$/.test(text) || /\[s=[0-9a-f]+;i=[0-9a-f]+;/.test(text);
}

/** The message of a record; journalctl writes one that is not valid UTF-8 as an array of bytes. */
function messageOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  return value.map((byte) => (typeof byte === 'number' ? String.fromCharCode(byte & 0xff) : '')).join('');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
