/**
 * The C preprocessor as the kernel and Zephyr run it over device tree sources
 * (`cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp`), with a map from the output to the source. Text without macros
 * is copied; only macro invocations are tokenised.
 */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source } from '../../bytes/source.ts';
import { PreprocessorCache } from './cache.ts';
import { Directives } from './directives.ts';
import type { Inclusion, PreprocessedText } from './output.ts';
import { type PreprocessOptions, PreprocessorState } from './state.ts';
import { TextCopier } from './text.ts';

export { type PreprocessOptions, PreprocessorCache };

/** Preprocesses a source. Problems become diagnostics `dt/…`; the result is what was processed, `endsEarly` when not all. */
export function preprocess(
  source: Source,
  options: PreprocessOptions,
  sink: DiagnosticSink,
): PreprocessedText {
  const cache = options.cache ?? new PreprocessorCache();
  cache.trim();
  const state = new PreprocessorState(source, options, cache, sink);
  const directives = new Directives(state);
  const text = new TextCopier(state, directives);
  const main: Inclusion = { file: cache.scan(source), parent: undefined, at: undefined, depth: 0 };
  state.files.add(source);
  state.enterFile(main, 0);
  for (let frame = state.frames.at(-1); frame && !state.stopped; frame = state.frames.at(-1)) {
    const item = frame.file.items[frame.item];
    if (!item) {
      state.leaveFile(frame);
    } else {
      frame.item += 1;
      if (item.kind === 'text') text.copyRun(frame, item);
      else directives.execute(frame, item);
    }
  }
  return { ...state.output.finish(main, [...state.files]), endsEarly: state.stopped };
}
