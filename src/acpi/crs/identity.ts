/** The identification objects of a device: IDs, address, status. */
import { isKnown, type Quantity } from '../../symbolic/index.ts';
import { callUnder } from '../interpreter/boot.ts';
import type { Interpreter } from '../interpreter/interpreter.ts';
import {
  type AmlValue,
  ForeignObject,
  type NamespaceNode,
  PackageObject,
  SharedInteger,
  StringObject,
  UnknownInteger,
} from '../interpreter/state/objects.ts';
import type { Identity } from './crs.ts';
import { hardwareIdText, uniqueIdText } from './hardware-id.ts';
import { isHostBridge } from './pci-root.ts';

/** The value of an object; `undefined` if it does not exist, `null` if it is unknown. */
type Given = AmlValue | NamespaceNode | undefined | null;

/** Evaluates the identification objects of a device. @param when the condition under which the device exists */
export function identityOf(machine: Interpreter, device: NamespaceNode, when: Quantity): Identity {
  const value = (segment: string): Given => {
    const node = device.children.get(segment);
    if (node?.object === undefined) return undefined;
    const { object } = node;
    if (typeof object === 'bigint' || object instanceof StringObject || object instanceof PackageObject)
      return object;
    const { value: given, fault, faults } = callUnder(machine, node, [], when);
    return fault === undefined && faults.length === 0 ? (given ?? null) : null;
  };
  const [given, compatible, sta] = [value('_HID'), value('_CID'), value('_STA')];
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
    ...(idsUnknown ? { idsUnknown } : {}),
    ...(uid === undefined ? {} : { uid: uniqueIdText(uid) }),
    ...(typeof adr === 'bigint' ? { adr } : {}),
    ...statusOf(sta),
  };
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
