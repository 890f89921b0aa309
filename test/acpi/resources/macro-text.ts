/** Resource macro calls as ASL text, plainly, for holding our bytes against iasl's. */
import { fieldSpec } from '../../../src/acpi/resources/field-spec.ts';
import type { MacroCall } from '../../../src/acpi/resources/macro-values.ts';
import type { MacroArgument, ResourceMacro } from '../../../src/acpi/resources/macros.ts';

/** The ASL keywords an argument can be. */
export function argumentKeywords(macro: ResourceMacro, argument: MacroArgument): string[] {
  if (argument.kind === 'share') return ['Exclusive', 'Shared', 'ExclusiveAndWake', 'SharedAndWake'];
  const [field] = argument.fields;
  if (field === undefined) return ['ResourceProducer', 'ResourceConsumer'];
  const keywords = fieldSpec(macro.type, field, { ...macro.implied })?.codec.keywords ?? [];
  return keywords.filter((word) => word !== undefined);
}

export function callText({ macro, values, list }: MacroCall, nested = ''): string {
  const written = macro.arguments.map((argument, index) => {
    const value = values[index];
    if (value === undefined) return '';
    switch (value.kind) {
      case 'integer':
        return `0x${value.value.toString(16)}`;
      case 'keyword':
        return value.word;
      case 'string':
        return `"${value.text.replaceAll('\\', '\\\\')}"`;
      case 'bytes':
        return `RawDataBuffer (0x${value.bytes.length.toString(16)}) {${value.bytes.join(', ')}}`;
      default:
        throw new Error(`no text for ${argument.name}`);
    }
  });
  while (written.at(-1) === '') written.pop();
  const body = list ? ` {${list.join(', ')}}` : macro.nested ? ` {${nested}}` : '';
  return `${macro.name} (${written.join(', ')})${body}`;
}
