/** A row of the growth check, and functions that make texts for rows. */

export interface Growing {
  readonly name: string;
  /** Count of the largest of the five inputs; each of the others has half the count of the next. */
  readonly count: number;
  readonly command: readonly string[];
  make(count: number): string | Uint8Array;
}

export const LINUX = 'Linux version 6.12.30 (a@b) (gcc) #1 SMP\n';

export const hex = (value: number): string => value.toString(16);
export const wide = (value: number): string => hex(value).padStart(16, '0');

/** The lines that `line` gives for every number below `count`. */
export function lines(count: number, line: (index: number) => string): string {
  return `${Array.from({ length: count }, (_, index) => line(index)).join('\n')}\n`;
}

export function dts(body: string): string {
  return `/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <2>;\n${body}};\n`;
}

export function asl(body: string): string {
  return `DefinitionBlock ("", "DSDT", 2, "LAB", "GROW", 1) {\n${body}}\n`;
}

export function mail(body: string, headers = ''): string {
  return `From: a@example.org\nTo: b@example.org\nSubject: s\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n${headers}\n${body}`;
}
