/** How releases of Linux translate device tree addresses. The tree readers take this as a parameter. */
import {
  type AddressingProfile,
  type AddressingVariant,
  DEFAULT_ADDRESSING,
} from '../devicetree/address/profile.ts';
import { BASE_BEHAVIOUR } from './behaviour.ts';
import { RELEASE_CHANGES } from './changes.ts';
import { profileOf } from './profile.ts';
import { parseRelease } from './release.ts';

/** The address translation of a release; `undefined` if the text is no release. */
export function addressingOf(release: string): AddressingProfile | undefined {
  const parsed = parseRelease(release);
  return parsed && profileOf(parsed).behaviour;
}

/** The kernels that differ from {@link DEFAULT_ADDRESSING}, one entry for each change. */
export function addressingVariants(): readonly AddressingVariant[] {
  known ??= variantsOfChanges();
  return known;
}

let known: readonly AddressingVariant[] | undefined;

function variantsOfChanges(): AddressingVariant[] {
  const variants: AddressingVariant[] = [];
  for (const { effect, mainline, stable } of RELEASE_CHANGES) {
    for (const part of Object.keys(DEFAULT_ADDRESSING) as (keyof AddressingProfile)[]) {
      const value = effect[part];
      if (value === undefined) continue;
      const backports = stable.flatMap(({ since }) => (since === null ? [] : [since]));
      const first = [mainline, ...backports].filter((since) => since !== null).join(', ');
      variants.push(
        value === DEFAULT_ADDRESSING[part]
          ? {
              kernels: `Linux before ${first}`,
              profile: { ...DEFAULT_ADDRESSING, [part]: BASE_BEHAVIOUR[part] },
            }
          : { kernels: `Linux from ${first} on`, profile: { ...DEFAULT_ADDRESSING, [part]: value } },
      );
    }
  }
  return variants;
}
