import { describe, expect, it } from 'vitest';
import { compileAsl } from '../../../src/acpi/asl/compile/compile.ts';
import { Threads } from '../../../src/acpi/interpreter/threads.ts';
import { formatValue } from '../../../src/acpi/interpreter/values/debug.ts';
import { loadMachine } from '../../../src/acpi/machine.ts';
import { tableAt } from '../../../src/acpi/tables/read.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';

/** Runs methods without arguments side by side; gives their results or faults, and what they stored to Debug. */
function together(body: string, methods: readonly string[]): { results: string[]; debug: readonly string[] } {
  const sink = new DiagnosticList();
  const text = `DefinitionBlock ("", "DSDT", 2, "FWMAP", "THREADS", 1) {\n${body}\n}`;
  const [compiled] = compileAsl({ name: 'threads', form: 'text', bytes: Buffer.from(text) }, sink);
  const table = tableAt({ name: 'threads', form: 'blob', bytes: compiled!.bytes }, 0, sink)!;
  const { interpreter } = loadMachine([table], { assume: 'zero' }, sink);
  const results = new Threads(interpreter).run(
    methods.map((name) => () => interpreter.enterObject(interpreter.root.children.get(name)!, [])),
  );
  return {
    results: results.map(({ value, fault }) => fault?.code ?? formatValue(value)),
    debug: interpreter.trace.lines,
  };
}

// Times are milliseconds on the virtual clock: the order follows from them alone.
describe('evaluations side by side', () => {
  it('go on with another one where one sleeps, in the order of their times', () => {
    const { debug } = together(
      `Method (AAAA) { Debug = "a0" Sleep (20) Debug = "a20" Sleep (20) Debug = "a40" }
       Method (BBBB) { Debug = "b0" Sleep (30) Debug = "b30" }`,
      ['AAAA', 'BBBB'],
    );
    expect(debug).toEqual(['a0', 'b0', 'a20', 'b30', 'a40']);
  });

  it('wait for a mutex until it is released, or their timeout is over', () => {
    const { results } = together(
      `Mutex (MTX0, 0)
       Method (HOLD) { Acquire (MTX0, 0xFFFF) Sleep (100) Release (MTX0) Return (1) }
       Method (PATI) { Return (Acquire (MTX0, 200)) }
       Method (HAST) { Return (Acquire (MTX0, 50)) }
       Method (NONE) { Return (Acquire (MTX0, 0)) }`,
      ['HOLD', 'PATI', 'HAST', 'NONE'],
    );
    expect(results).toEqual(['One', 'Zero', '0xFFFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFF']);
  });

  it('may not release what another one holds', () => {
    const { results } = together(
      `Mutex (MTX0, 0)
       Method (HOLD) { Acquire (MTX0, 0xFFFF) Sleep (100) Release (MTX0) Return (1) }
       Method (FREE) { Release (MTX0) }`,
      ['HOLD', 'FREE'],
    );
    expect(results).toEqual(['One', 'AE_AML_NOT_OWNER']);
  });

  it('wait for an event that another one signals', () => {
    const { results, debug } = together(
      `Event (EVT0)
       Method (WAIT) { Local0 = Wait (EVT0, 0xFFFF) Debug = "woken" Return (Local0) }
       Method (SIGN) { Sleep (10) Debug = "signals" Signal (EVT0) Return (2) }`,
      ['WAIT', 'SIGN'],
    );
    expect(results).toEqual(['Zero', '0x2']);
    expect(debug).toEqual(['signals', 'woken']);
  });

  it('call a serialized method one after the other', () => {
    const { debug } = together(
      `Method (SERI, 1, Serialized) { Debug = Concatenate (Arg0, " in") Sleep (10) Debug = Concatenate (Arg0, " out") }
       Method (AAAA) { SERI ("a") }
       Method (BBBB) { SERI ("b") }`,
      ['AAAA', 'BBBB'],
    );
    expect(debug).toEqual(['a in', 'a out', 'b in', 'b out']);
  });

  it('end when all wait for each other', () => {
    const { results } = together(
      `Mutex (MTX0, 0) Mutex (MTX1, 0)
       Method (AAAA) { Acquire (MTX0, 0xFFFF) Sleep (1) Acquire (MTX1, 0xFFFF) }
       Method (BBBB) { Acquire (MTX1, 0xFFFF) Sleep (1) Acquire (MTX0, 0xFFFF) }`,
      ['AAAA', 'BBBB'],
    );
    expect(results).toEqual(['NOT_FOLLOWED', 'NOT_FOLLOWED']);
  });
});
