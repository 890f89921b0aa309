/** A number as ASL has it: `0x` and upper-case digits, at least so many. */
export function hexText(value: bigint, digits: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;
}
