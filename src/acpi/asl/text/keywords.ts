/** Values of the keyword arguments of operators other than resource macros (ACPI 6.5, 19.2.8). */
import {
  ACCESS_TYPES,
  FIXED_HARDWARE_SPACE,
  LOCK_RULES,
  MATCH_OPERATORS,
  OBJECT_TYPES,
  REGION_SPACES,
  UPDATE_RULES,
} from '../../terms/opcodes.ts';

export type KeywordSet = ReadonlyMap<string, number>;

function keywords(
  words: readonly string[],
  shift = 0,
  more: Readonly<Record<string, number>> = {},
): KeywordSet {
  const set = new Map<string, number>();
  for (const [index, word] of words.entries()) set.set(word.toLowerCase(), index << shift);
  for (const [word, value] of Object.entries(more)) set.set(word.toLowerCase(), value);
  return set;
}

export const ACCESS_TYPE_WORDS = keywords(ACCESS_TYPES);
export const LOCK_RULE_WORDS = keywords(LOCK_RULES, 4);
export const UPDATE_RULE_WORDS = keywords(UPDATE_RULES, 5);
export const MATCH_WORDS = keywords(MATCH_OPERATORS);
export const OBJECT_TYPE_WORDS = keywords(OBJECT_TYPES);
export const SERIALIZE_WORDS = keywords(['NotSerialized', 'Serialized']);
export const REGION_SPACE_WORDS = keywords(REGION_SPACES, 0, { FFixedHW: FIXED_HARDWARE_SPACE });

/** AccessAs attributes (ACPI 6.5, 5.5.2.4.5). */
export const ACCESS_ATTRIBUTES: Readonly<Record<string, number>> = {
  AttribQuick: 0x02,
  AttribSendReceive: 0x04,
  AttribByte: 0x06,
  AttribWord: 0x08,
  AttribBlock: 0x0a,
  AttribProcessCall: 0x0c,
  AttribBlockProcessCall: 0x0d,
};
/** AccessAs attributes with a length. */
export const ACCESS_ATTRIBUTES_WITH_LENGTH: Readonly<Record<string, number>> = {
  AttribBytes: 0x0b,
  AttribRawBytes: 0x0e,
  AttribRawProcessBytes: 0x0f,
};
/** The SMB… names are those of ACPI 2.0. */
export const ACCESS_ATTRIBUTE_WORDS = keywords([], 0, {
  ...ACCESS_ATTRIBUTES,
  SMBQuick: 0x02,
  SMBSendReceive: 0x04,
  SMBByte: 0x06,
  SMBWord: 0x08,
  SMBBlock: 0x0a,
  SMBProcessCall: 0x0c,
  SMBBlockProcessCall: 0x0d,
});
export const LENGTH_ATTRIBUTE_WORDS = keywords([], 0, ACCESS_ATTRIBUTES_WITH_LENGTH);
