/**
 * The C preprocessor as kernels and Zephyr run it over device tree sources: what
 * `cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp` does, with spans that survive. Text in which no macro is
 * named is copied as it stands; only macro calls are taken apart.
 */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source } from '../../bytes/source.ts';
import { PreprocessorCache } from './cache.ts';
import { Directives } from './directives.ts';
import type { Inclusion, PreprocessedText } from './output.ts';
import { type PreprocessOptions, PreprocessorState } from './state.ts';
import { TextCopier } from './text.ts';

export { type PreprocessOptions, PreprocessorCache };

/** Preprocesses a source. Problems become diagnostics `dt/…`; what could be read is returned. */
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
      else directives.carryOut(frame, item);
    }
  }
  return { ...state.output.finish(main, [...state.files]), endsEarly: state.stopped };
}
