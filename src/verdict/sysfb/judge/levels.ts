/** What the driver reads from each `_CRS` on its way up, in one world. */
import { casesOf } from '../../../acpi/crs/crs.ts';
import { quantityField, type ResourceDescriptor } from '../../../acpi/resources/descriptor.ts';
import type { AcpiLevel } from '../../../linux/vmbus/acpi-pool.ts';
import { driverLevel } from '../../../linux/vmbus/firmware-input.ts';
import {
  Assignment,
  type Condition,
  choiceIn,
  compare,
  fieldsOf,
  fieldValue,
  given,
  isKnown,
  type Quantity,
  sameQuantity,
  substitute,
} from '../../../symbolic/index.ts';
import type { Ask } from '../../question.ts';
import type { SubjectLevel } from '../subject.ts';

/** Reads levels in the order of the driver. */
export class LevelReader {
  readonly #ask: Ask;
  /** Fields that are 0 in this world: they are substituted, which simplifies what depends on them. */
  readonly #zeros = new Assignment();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Reads a `_CRS`: of alternatives, the one whose condition holds. `why`: it is unknown. */
  read({
    path,
    entry,
  }: SubjectLevel): AcpiLevel<Quantity> | { readonly absent: true } | { readonly why: string } {
    if (entry === undefined) return { name: path, crs: null };
    for (const alternative of casesOf(entry)) {
      if (!this.#ask.holds(substitute(alternative.condition, this.#zeros) as Condition)) continue;
      switch (alternative.outcome) {
        case 'template':
          return alternative.rest === undefined
            ? this.#template(path, alternative.resources)
            : {
                why: `its ${alternative.rest.what} at byte ${alternative.rest.offset} is not known, so any descriptor may follow`,
              };
        case 'absent':
          return { absent: true };
        case 'abandoned':
          return { why: alternative.why ?? 'its evaluation was abandoned' };
        case 'failure':
        case 'none':
          return { name: path, crs: null };
      }
    }
    return { why: 'no outcome of its evaluation is known for this case' };
  }

  #template(path: string, resources: readonly ResourceDescriptor[]): AcpiLevel<Quantity> {
    for (const descriptor of resources) this.#settle(descriptor);
    const { name, crs } = driverLevel(path, resources);
    return {
      name,
      crs:
        crs?.map((descriptor) => ({
          ...descriptor,
          min: this.#chosen(descriptor.min),
          max: this.#chosen(descriptor.max),
        })) ?? null,
    };
  }

  /** A number without the choices that this world has made. */
  #chosen(value: Quantity): Quantity {
    let at = substitute(value, this.#zeros);
    for (let choice = choiceIn(at); choice !== undefined; choice = choiceIn(at)) {
      const side = given(at, choice, this.#ask.holds(choice));
      // A choice inside an operation that can't be split stays.
      if (sameQuantity(side, at)) break;
      at = side;
    }
    return at;
  }

  /** Whether an open length is 0, and then the minimum: the cases in which a computed maximum wraps. */
  #settle(descriptor: ResourceDescriptor): void {
    if (descriptor.type !== 'dword-address' && descriptor.type !== 'qword-address') return;
    const length = quantityField(descriptor, 'length');
    const min = quantityField(descriptor, 'min');
    if (length === undefined || isKnown(length) || min === undefined) return;
    this.#askZeros(length);
    if (this.#chosen(length) === 0n) this.#askZeros(this.#chosen(min));
  }

  #askZeros(quantity: Quantity): void {
    for (const field of fieldsOf(quantity)) {
      const variable = { kind: 'field', field } as const;
      if (this.#zeros.get(variable) !== undefined) continue;
      if (this.#ask.holds(compare('eq', fieldValue(field), 0n) as Condition)) this.#zeros.set(variable, 0n);
    }
  }
}
