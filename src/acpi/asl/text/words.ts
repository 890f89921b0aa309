/** Words that a single name segment can't be written as: iasl's lexer takes them for itself, in any case. */
const RESERVED = new Set(
  (
    'ADD AND ARG0 ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 CASE EDGE ELSE IF IPMI LAND LNOT LOAD LOCK LOR MEQ MGE MGT MID MLE ' +
    'MLT MOD MTR NAME NAND NOOP NOR NOT ONE ONES OR PCC WAIT XOR ZERO'
  ).split(' '),
);

/** True for a segment, its padding removed, that ASL has another use for. */
export function isReservedWord(segment: string): boolean {
  return RESERVED.has(segment.toUpperCase());
}
