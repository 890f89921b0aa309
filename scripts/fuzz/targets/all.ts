/** The table of targets; a new reader is a row in the list of its group. Lists are loaded when they are needed. */
import { GROUPS, type Group, type Target } from '../target.ts';

const LISTS: Readonly<Record<Group, () => Promise<readonly Target[]>>> = {
  trees: async () => (await import('./trees.ts')).treeTargets,
  acpi: async () => (await import('./acpi.ts')).acpiTargets,
  evidence: async () => (await import('./evidence.ts')).evidenceTargets,
  texts: async () => (await import('./texts.ts')).textTargets,
  images: async () => (await import('./images.ts')).imageTargets,
  differential: async () => (await import('./differential.ts')).differentialTargets,
};

export function targetsOf(group: Group): Promise<readonly Target[]> {
  return LISTS[group]();
}

/** Targets by names of their own or of their groups; all of them without a name. Throws for what is neither. */
export async function targetsNamed(names: readonly string[]): Promise<readonly Target[]> {
  const isGroup = (name: string): name is Group => Object.hasOwn(LISTS, name);
  // If only groups are named, no others are loaded.
  const groups = names.length > 0 && names.every(isGroup) ? names : GROUPS;
  const targets = (await Promise.all(groups.map(targetsOf))).flat();
  for (const name of names)
    if (!isGroup(name) && !targets.some((target) => target.name === name))
      throw new Error(`--target ${name}: there is no such target or group; --list lists them`);
  return targets.filter(
    ({ name, group }) => names.length === 0 || names.includes(name) || names.includes(group),
  );
}
