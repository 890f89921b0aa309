/** The identification objects of a device: IDs, address, status. */
import { type Condition, gather, isKnown, not, type Quantity } from '../../symbolic/index.ts';
import { callUnder } from '../interpreter/boot.ts';
import type { Interpreter } from '../interpreter/interpreter.ts';
import { isAbandonment } from '../interpreter/state/fault.ts';
import type { Evaluation } from '../interpreter/state/machine.ts';
import {
  type AmlValue,
  Choice,
  ForeignObject,
  type NamespaceNode,
  PackageObject,
  SharedInteger,
  StringObject,
  UnknownInteger,
} from '../interpreter/state/objects.ts';
import type { Identity, PossibleId } from './crs.ts';
import { hardwareIdText, uniqueIdText } from './hardware-id.ts';
import { isHostBridge } from './pci-root.ts';

/** The value of an object; `undefined` if it does not exist, `null` if it is unknown. */
type Given = AmlValue | NamespaceNode | undefined | null;

/** Evaluates the identification objects of a device. @param when the condition under which the device exists */
export function identityOf(machine: Interpreter, device: NamespaceNode, when: Quantity): Identity {
  const evaluated = (segment: string): Evaluation | undefined => {
    const node = device.children.get(segment);
    if (node?.object === undefined) return undefined;
    const { object } = node;
    if (typeof object === 'bigint' || object instanceof StringObject || object instanceof PackageObject)
      return { value: object, fault: undefined, faults: [] };
    return callUnder(machine, node, [], when);
  };
  const value = (segment: string): Given => givenBy(evaluated(segment));
  const idValues = [evaluated('_HID'), evaluated('_CID')] as const;
  const [given, compatible] = idValues.map(givenBy);
  const sta = value('_STA');
  const hid = plainOf(given);
  const cids = compatible instanceof PackageObject ? compatible.elements : [compatible];
  const ids = cids.map(plainOf).filter((id) => id !== undefined);
  const uid = plainOf(value('_UID'));
  const adr = plainOf(value('_ADR'));
  const idsUnknown = [given, ...cids].some((id) => id !== undefined && plainOf(id) === undefined);
  const bridge = isHostBridge({
    ...(hid === undefined ? {} : { hid: hardwareIdText(hid) }),
    cid: ids.map(hardwareIdText),
  });
  return {
    ...(bridge
      ? {
          ...busNumber('segment', value('_SEG')),
          ...busNumber('baseBus', value('_BBN')),
          ...(device.children.has('_CBA') ? { hasConfigurationBase: true } : {}),
        }
      : {}),
    ...(hid === undefined ? {} : { hid: hardwareIdText(hid) }),
    ...(ids.length === 0 ? {} : { cid: ids.map(hardwareIdText) }),
    ...(idsUnknown ? { idsUnknown, ...openIds(idValues) } : {}),
    ...(uid === undefined ? {} : { uid: uniqueIdText(uid) }),
    ...(typeof adr === 'bigint' ? { adr } : {}),
    ...statusOf(sta),
  };
}

function givenBy(evaluation: Evaluation | undefined): Given {
  if (evaluation === undefined) return undefined;
  const { value, fault, faults } = evaluation;
  return fault === undefined && faults.length === 0 ? (value ?? null) : null;
}

/** More values than that are taken for unknown. */
const MAX_ID_VALUES = 256;

/** The IDs among the values that `_HID` and `_CID` may have. Where their evaluation fails, the device has none. */
function openIds(
  evaluations: readonly (Evaluation | undefined)[],
): Required<Pick<Identity, 'possibleIds'>> & Pick<Identity, 'idsOpen'> {
  const possibleIds: PossibleId[] = [];
  let idsOpen = false;
  const pending: { readonly value: AmlValue | NamespaceNode | undefined; readonly when: Condition }[] = [];
  for (const evaluation of evaluations) {
    if (evaluation === undefined) continue;
    const { value, fault, faults } = evaluation;
    const all = [...faults, ...(fault === undefined ? [] : [{ fault }])];
    idsOpen ||= all.some((each) => isAbandonment(each.fault));
    pending.push({ value, when: 1n });
  }
  for (let next = pending.pop(), count = 0; next; next = pending.pop(), count += 1) {
    const { value, when } = next;
    const plain = plainOf(value);
    if (count > MAX_ID_VALUES) return { possibleIds, idsOpen: true };
    if (plain !== undefined) possibleIds.push({ id: hardwareIdText(plain), when });
    else if (value instanceof Choice)
      pending.push(
        { value: value.yes, when: gather('all', [when, value.when]) as Condition },
        { value: value.no, when: gather('all', [when, not(value.when)]) as Condition },
      );
    else if (value instanceof PackageObject)
      pending.push(...value.elements.map((element) => ({ value: element, when })));
    // An integer is an EISA ID, which no string is.
    else if (value !== undefined && !(value instanceof UnknownInteger || value instanceof SharedInteger))
      idsOpen = true;
  }
  return { possibleIds, ...(idsOpen ? { idsOpen } : {}) };
}

/** `_SEG` or `_BBN`; without the key if it does not exist, `null` if it is unknown. */
function busNumber<K extends 'segment' | 'baseBus'>(
  key: K,
  given: Given,
): { readonly [key in K]?: bigint | null } {
  if (given === undefined) return {};
  const plain = given === null ? undefined : plainOf(given);
  return { [key]: typeof plain === 'bigint' ? plain : null } as { readonly [key in K]?: bigint | null };
}

function plainOf(from: Given): bigint | string | undefined {
  const data = from instanceof SharedInteger ? from.value : from;
  return typeof data === 'bigint' ? data : data instanceof StringObject ? data.text : undefined;
}

function statusOf(sta: Given): Pick<Identity, 'sta' | 'staValue'> {
  if (sta === undefined) return {};
  if (typeof sta === 'bigint') return { sta, staValue: sta };
  const value = sta instanceof UnknownInteger || sta instanceof ForeignObject ? sta.value : undefined;
  return {
    sta: value !== undefined && isKnown(value) ? value : null,
    ...(value === undefined ? {} : { staValue: value }),
  };
}
