/** The what-if table: the windows of each bridge by range of releases. */
import { printWindow } from '../../linux/host-bridge/window.ts';
import { type Condition, type DecisionContext, isKnown } from '../../symbolic/index.ts';
import { type AddressWindow, boundsOf } from '../../window/window.ts';
import { eachRelease, stretches } from '../facts/releases.ts';
import type { Constraint } from '../question.ts';
import type { BridgeMatrixRow, JudgedBridge } from './result.ts';
import type { E820 } from './situation.ts';
import { opposite } from './subject.ts';

type State = 'always' | 'never' | 'maybe';

interface Cell {
  readonly windows: readonly string[];
  readonly because: string;
}

/**
 * @param bridges judged for every release
 * @param constraints the others
 * @param e820 entries that keep BARs out
 */
export function bridgeMatrix(
  bridges: readonly JudgedBridge[],
  constraints: readonly Constraint[],
  e820: E820,
  context: DecisionContext,
): BridgeMatrixRow[] {
  const facts = constraints.map(({ condition }) => condition);
  const decide = (condition: Condition, release: Condition): State => {
    if (context.possible([...facts, release, condition]) === false) return 'never';
    return context.possible([...facts, release, opposite(condition)]) === false ? 'always' : 'maybe';
  };
  // Thousands of windows have the same condition.
  const known = new Map<Condition, Map<Condition, State>>();
  const state = (condition: Condition, release: Condition): State => {
    if (isKnown(condition)) return condition === 0n ? 'never' : 'always';
    let ofRelease = known.get(release);
    if (ofRelease === undefined) {
      ofRelease = new Map();
      known.set(release, ofRelease);
    }
    let decided = ofRelease.get(condition);
    if (decided === undefined) {
      decided = decide(condition, release);
      ofRelease.set(condition, decided);
    }
    return decided;
  };
  return bridges.flatMap((bridge) => {
    const texts = bridge.windows.map(textOf);
    const cells = eachRelease((release): Cell | undefined => {
      if (context.possible([...facts, release]) === false) return undefined;
      const windows = bridge.windows.flatMap((window, index) => {
        const there = window.certainty === 'conditional' ? state(window.when, release) : ('always' as const);
        return there === 'never' ? [] : [`${texts[index]}${there === 'maybe' ? ' (if)' : ''}`];
      });
      const because = [
        ...new Set(
          bridge.changed
            .filter(({ did, when }) => did !== 'refused' && state(when, release) === 'always')
            .map(({ did }) => did),
        ),
        ...(state(bridge.when, release) === 'never' ? ['no bus'] : []),
        ...(bridge.keptFree.length === 0
          ? []
          : [`E820 for new BARs: ${E820_WORDS[state(e820.counts, release)]}`]),
      ];
      return { windows, because: because.join(', ') };
    });
    return stretches(cells, (a, b) => a.because === b.because && a.windows.join() === b.windows.join()).map(
      ({ releases, cell }) => ({ releases, when: '', bridge: bridge.device, ...cell }),
    );
  });
}

const E820_WORDS = { always: 'kept free', never: 'ignored', maybe: 'by the year of the firmware' } as const;

/** As the kernel prints it; a window whose bounds aren't known by the descriptor. */
function textOf(window: AddressWindow): string {
  const bounds = boundsOf(window);
  if (bounds === undefined || window.space === 'bus')
    return `${window.space === 'io' ? 'io' : 'mem'} of ${window.origin.item}[${window.origin.index}]`;
  const { base, size } = bounds;
  return printWindow({
    space: window.space,
    start: base,
    end: base + size - 1n,
    prefetchable: window.flags.prefetchable === true,
    window: false,
  });
}
