/** What goes wrong when VMBus hands out memory, as results. */
import { formatMemRange, formatSize } from '../../bytes/address.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import type { SimulationReport } from '../../verdict/simulation/simulation.ts';
import { answerResult, relatedTo, whereOf } from './results.ts';

/** A result for each step in which a driver gets a part of the framebuffer, or nothing. */
export function simulationResults({ cases }: SimulationReport): Diagnostic[] {
  return cases.flatMap(({ path, framebuffer, runs }) =>
    runs.flatMap(({ sysfb, simulation }) =>
      simulation.steps.flatMap(({ device, what, request, outcome, onFramebuffer, consequence }) => {
        if (outcome === undefined) return [];
        const who = `${path}${runs.length > 1 ? `, ${sysfb ? 'with' : 'without'} CONFIG_SYSFB` : ''}: ${device}, ${what}`;
        const more = consequence === undefined ? '' : `: ${consequence}`;
        const where = {
          ...whereOf(undefined, [relatedTo('framebuffer', framebuffer?.origin?.span)]),
          path,
        };
        if (outcome.kind === 'failed' || outcome.kind === 'endless') {
          const asked = request === undefined ? '' : ` of ${formatSize(request.size)}`;
          return [answerResult('answer/allocation-fails', `${who}: gets nothing${asked}${more}`, where)];
        }
        if (onFramebuffer !== true) return [];
        const range = formatMemRange(outcome.start, outcome.end - outcome.start + 1n);
        return [
          answerResult(
            'answer/allocation-on-framebuffer',
            `${who}: gets ${range}, on the framebuffer${more}`,
            where,
          ),
        ];
      }),
    ),
  );
}
