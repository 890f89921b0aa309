/** Reserved words that have the form of a name segment; iasl's lexer accepts them in any case. */
const RESERVED = new Set(
  (
    'ADD AND ARG0 ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 CASE EDGE ELSE IF IPMI LAND LNOT LOAD LOCK LOR MEQ MGE MGT MID MLE ' +
    'MLT MOD MTR NAME NAND NOOP NOR NOT ONE ONES OR PCC WAIT XOR ZERO'
  ).split(' '),
);

/** Whether a segment, without its padding, is a reserved word. */
export function isReservedWord(segment: string): boolean {
  return RESERVED.has(segment.toUpperCase());
}
