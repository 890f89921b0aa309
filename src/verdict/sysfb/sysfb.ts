/**
 * The question `sysfb`: does a kernel on this machine need CONFIG_SYSFB? The hazard behind it: VMBus hands out MMIO space
 * that contains the framebuffer. It is judged in every world that the facts leave open; see docs/architecture.md.
 */
import { casesOf } from '../../acpi/crs/crs.ts';
import { quantityField } from '../../acpi/resources/descriptor.ts';
import type { Gap } from '../../artifact/gap.ts';
import { gapsOf } from '../../artifact/gap.ts';
import type { DiagnosticList } from '../../bytes/diagnostic.ts';
import { formatPlace } from '../../bytes/source.ts';
import { isCompatible } from '../../devicetree/address/bus.ts';
import { baseNameOf, pathOf, propertyOf } from '../../devicetree/tree.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { finding } from '../../findings/finding.ts';
import { unknownCommits } from '../../linux/profile.ts';
import {
  type Condition,
  chosen,
  cutsSoFar,
  DecisionContext,
  type Expr,
  gather,
  isKnown,
  type Quantity,
} from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import type { AddressWindow } from '../../window/window.ts';
import { explore, tellCuts, tellUnexplored, undefeated } from '../explore.ts';
import { RELEASE_MODELLED, releaseFacts } from '../facts/release.ts';
import { type GivenFacts, tellOverridden } from '../given.ts';
import type { Ask, Assumption, Constraint, Exploration, Premise, RuleFinding } from '../question.ts';
import { AUTHORITY } from './authorities.ts';
import { confirm } from './confirm.ts';
import { type Folded, fold } from './fold.ts';
import { judgeAcpi } from './judge/acpi.ts';
import { judgeKernelOnly, kernelOnlySubject } from './judge/kernel-only.ts';
import type { Outcome } from './judge/outcome.ts';
import { readingsOf, type SubjectReading } from './judge/readings.ts';
import { judgeTree } from './judge/tree.ts';
import { kconfigFinding, type SysfbOptions, shownConfiguration } from './kconfig.ts';
import { matrixOf } from './matrix.ts';
import { observe, observedSubject } from './observed.ts';
import { toSettle } from './settle.ts';
import { type Situation, situationOf } from './situation/situation.ts';
import type { AcpiSubject, Subject, TreeSubject } from './subject.ts';
import { subjectsOf } from './subject.ts';
import { reasonOf, summaryOf } from './summary.ts';
import { oneOf } from './variables.ts';
import { type Answer, type Case, compareAnswers, type MatrixRow, type Verdict } from './verdict.ts';

export const SYSFB_QUESTION = 'Does a kernel on this machine need CONFIG_SYSFB?';

/** One VMBus device with its judgement. */
interface Judged {
  readonly subject: Subject;
  readonly situation: Situation;
  readonly folded: Folded;
  readonly exploration: Exploration<Outcome>;
  readonly readings: readonly SubjectReading[];
  readonly matrix?: readonly MatrixRow[];
}

/**
 * Answers the question for one machine.
 * @param diagnostics of reading the inputs; the verdict has them
 */
export function judgeSysfb(
  machine: Machine,
  given: GivenFacts,
  options: SysfbOptions,
  facts: MachineFacts,
  diagnostics: DiagnosticList,
): Verdict {
  for (const commit of unknownCommits([...(given.withCommits ?? []), ...(given.withoutCommits ?? [])]))
    diagnostics.add(finding('linux/unknown-commit', { commit }));
  tellOverridden(given, facts, diagnostics);
  const all = subjectsOf(machine, diagnostics);
  const described = machine.trees.length > 0 || (machine.acpi?.tables.length ?? 0) > 0;
  const observed =
    all.length > 0
      ? undefined
      : (observedSubject(facts) ?? (described ? undefined : kernelOnlySubject(facts)));
  const subjects = (observed === undefined ? all : [observed]).filter((subject) =>
    isOfVtl(subject, given.vtl),
  );
  const gaps = gapsOf(diagnostics.all);
  if (subjects.length === 0) return withoutVmbus(machine, all, given, facts, gaps, diagnostics);
  const reserved = reservedFramebuffers(machine);
  const framebuffers = machine.windows.filter(
    ({ role, ignored, origin: { path } }) =>
      (role === 'framebuffer' && ignored === undefined) ||
      (role === 'reserved' && path !== undefined && reserved.has(path)),
  );
  const cutsBefore = cutsSoFar();
  const judged = subjects.map((subject) =>
    judgeSubject(
      subject,
      framebuffers,
      situationOf(subject, given, facts, machine.acpi?.tables ?? []),
      given,
      facts,
      gaps,
      diagnostics,
    ),
  );
  tellCuts(cutsBefore, diagnostics);
  return verdictOf(judged, machine, given, options, facts, diagnostics);
}

function isOfVtl(subject: Subject, vtl: number | undefined): boolean {
  return vtl === undefined || subject.kind === 'acpi' || subject.vtl === null || subject.vtl === vtl;
}

function judgeSubject(
  subject: Subject,
  described: readonly AddressWindow[],
  known: Situation,
  given: GivenFacts,
  facts: MachineFacts,
  gaps: readonly Gap[],
  diagnostics: DiagnosticList,
): Judged {
  const readings = subject.kind === 'device-tree' ? readingsOf(subject) : [];
  const choice = oneOf(
    'cells',
    readings.map(({ cells }) => cells),
  );
  const authority = readings.filter(({ byAuthority }) => byAuthority);
  const withCells: Situation =
    choice === undefined || authority.length === 0
      ? known
      : {
          ...known,
          constraints: [
            ...known.constraints,
            {
              id: 'cells',
              kind: 'authority',
              condition: gather(
                'any',
                authority.map(({ cells }) => chosen(choice, cells)),
              ) as Condition,
              text: `the cells are ${authority.map(({ cells }) => cells).join(' or ')} (child, parent, size)`,
              source: `${AUTHORITY.binding}; ${AUTHORITY.shim}`,
              defeatedBy: '--cells CHILD,PARENT,SIZE, or the whole tree',
            },
          ],
        };
  const situation: Situation = { ...withCells, constraints: undefeated(withCells.constraints) };
  const judge = (ask: Ask): Outcome => {
    if (subject.kind === 'acpi')
      return subject.kernelOnly ? judgeKernelOnly(situation, ask) : judgeAcpi(subject, situation, ask);
    const cells = choice === undefined ? undefined : ask.value(choice);
    const reading = readings.find((each) => each.cells === cells)?.reading;
    const windows =
      reading === undefined
        ? subject.windows
        : subject.description
            .windowsAs(reading)
            .filter((window) => window.role === 'window' && window.origin.path === subject.path);
    return judgeTree(subject, windows, described, situation, ask);
  };
  const context = new DecisionContext();
  if (subject.kind === 'acpi') context.expect(boundsOf(subject));
  const matrix = given.matrix
    ? matrixOf(
        judge,
        situation.constraints,
        subject.kind === 'acpi',
        situation.model,
        RELEASE_MODELLED,
        context,
      )
    : undefined;
  const explored = explore(judge, situation.constraints, context);
  if (explored.reached !== undefined) tellUnexplored(explored.reached, subject.path, diagnostics);
  const { exploration, rules } = observe(explored, situation, facts, context);
  const folded = fold(exploration, situation, relevantGaps(gaps, subject), context);
  return {
    subject,
    situation,
    exploration,
    readings,
    ...(matrix ? { matrix } : {}),
    folded: {
      ...folded,
      rules: [
        ...folded.rules,
        ...selectRules(folded),
        ...situation.rules,
        ...rules,
        ...(subject.kind === 'acpi'
          ? confirm(subject, situation, folded.shown.framebuffer, given, facts, diagnostics)
          : []),
      ],
    },
  };
}

/** The open bounds of the windows that the driver may collect. */
function boundsOf({ levels }: AcpiSubject): Quantity[] {
  return levels
    .flatMap(({ entry }) => (entry === undefined ? [] : casesOf(entry)))
    .flatMap((alternative) => (alternative.outcome === 'template' ? alternative.resources : []))
    .flatMap((descriptor) => [quantityField(descriptor, 'min'), quantityField(descriptor, 'max')])
    .filter((bound): bound is Expr => bound !== undefined && !isKnown(bound));
}

/** The rule that Hyper-V support selects the symbol, if it does in all worlds that count. */
function selectRules({ selects }: Folded): RuleFinding[] {
  if (!selects) return [];
  return [
    {
      id: 'kconfig-selects',
      says: 'Hyper-V support of this release selects SYSFB on an EFI kernel that is not for VTL2.',
      evidence: [{ text: 'select SYSFB if EFI && !HYPERV_VTL_MODE', authority: AUTHORITY.select }],
    },
  ];
}

/** Gaps that may hide a window of this device or a framebuffer, not those about another part of the machine. */
function relevantGaps(gaps: readonly Gap[], subject: Subject): Gap[] {
  const paths =
    subject.kind === 'acpi'
      ? subject.levels.map(({ path }) => path)
      : [subject.path, ...ancestorsOf(subject.path)];
  return gaps.filter(
    ({ hides, scope, closedBy }) =>
      closedBy === undefined &&
      (hides.has('window') || hides.has('framebuffer')) &&
      (scope === undefined || paths.includes(scope)),
  );
}

function ancestorsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return ['/', ...parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`)];
}

function verdictOf(
  judged: readonly Judged[],
  machine: Machine,
  given: GivenFacts,
  options: SysfbOptions,
  facts: MachineFacts,
  diagnostics: DiagnosticList,
): Verdict {
  const gaps = gapsOf(diagnostics.all);
  const worst = judged.toSorted((a, b) => compareAnswers(a.folded.answer, b.folded.answer))[0]!;
  const agree = judged.every(({ folded }) => folded.answer === worst.folded.answer);
  const { situation, folded, subject } = worst;
  const cases = agree ? folded.cases : judged.flatMap(casesBySubject(judged));
  const answer = agree ? folded.answer : 'depends';
  const { configuration, kernel } = situation;
  const relevant = [...new Set(judged.flatMap((each) => relevantGaps(gaps, each.subject)))];
  const reason = reasonOf(answer, folded, relevant, judged.length > 1 && !agree ? cases : folded.cases);
  return {
    question: SYSFB_QUESTION,
    answer,
    summary: summaryOf(answer, folded.effective, reason),
    reason,
    effective: agree ? folded.effective : null,
    hazard: agree ? folded.hazard : 'unknown',
    conditions: cases,
    premises: premisesOf(judged),
    assumptions: [
      ...situation.assumptions,
      ...folded.defaults.map(
        ({ text, otherwise }): Assumption => ({
          text,
          authority: 'default, towards the worse answer',
          otherwise,
        }),
      ),
    ],
    authorities: authoritiesOf(judged),
    gaps: relevant,
    rules: rulesOf(judged),
    toSettle: toSettle(cases),
    wouldChange: [],
    machine: {
      platform: situation.platform,
      boot: bootOf(subject, situation),
      vtl:
        (subject.kind === 'device-tree' ? subject.vtl : null) ??
        given.vtl ??
        (situation.platform === 'openhcl-vtl2' ? 2 : null),
    },
    kernel: {
      release: kernel.release,
      presumed: kernel.presumed,
      config: shownConfiguration(configuration),
    },
    pool: folded.shown.pool,
    framebuffer: folded.shown.framebuffer,
    ...(answer === 'unknown' ? {} : { kconfig: kconfigFinding(situation, facts, options.kconfigLine) }),
    ...(worst.matrix ? { matrix: worst.matrix } : {}),
    windows: machine.windows,
    inputs: machine.artifacts,
    diagnostics: diagnostics.all,
  };
}

/** For several VMBus devices with different answers: which of them the kernel is given is open too. */
function casesBySubject(judged: readonly Judged[]): (each: Judged) => Case[] {
  const names = namesOf(judged.map(({ subject }) => subject));
  const choice = oneOf('vmbus', [...names.values()]);
  return ({ subject, folded }) => {
    const which = choice === undefined ? 1n : chosen(choice, names.get(subject)!);
    if (folded.cases.length === 0)
      return [
        {
          when: which as Condition,
          answer: folded.answer,
          effective: folded.effective,
          because: folded.shown.because,
        },
      ];
    return folded.cases.map((row) => ({ ...row, when: gather('all', [which, row.when]) as Condition }));
  };
}

/** A name for each; where names are equal, as for lines quoted in one mail, the place. */
function namesOf(subjects: readonly Subject[]): Map<Subject, string> {
  const names = subjects.map(nameOf);
  return new Map(
    subjects.map((subject, at) => {
      const name = names[at]!;
      if (names.indexOf(name) === names.lastIndexOf(name) || subject.kind === 'acpi') return [subject, name];
      const span = propertyOf(subject.node, 'ranges')?.span ?? subject.node.span;
      return [subject, span === undefined ? `${name} (${at + 1})` : formatPlace(span)];
    }),
  );
}

function nameOf(subject: Subject): string {
  const { artifact } = subject.kind === 'acpi' ? subject : subject.description;
  const vtl = subject.kind === 'device-tree' && subject.vtl !== null ? ` (VTL ${subject.vtl})` : '';
  return `${artifact.source.name}:${subject.path}${vtl}`;
}

function bootOf(subject: Subject, { efi }: Situation): Verdict['machine']['boot'] {
  if (subject.kind === 'device-tree') return 'dt';
  return efi === undefined ? 'unknown' : efi ? 'efi' : 'bios';
}

function premisesOf(judged: readonly Judged[]): Premise[] {
  const found = new Map<string, Premise>();
  const add = (text: string, defeatedBy: string): void => {
    found.set(text, { text, defeatedBy });
  };
  for (const { subject, situation } of judged) {
    if (subject.presumed)
      add(
        subject.kind === 'acpi'
          ? 'the resource list is that of the device above VMBus'
          : 'the line is the VMBus node of the tree that this kernel boots with',
        'the whole description',
      );
    for (const premise of situation.premises) add(premise.text, premise.defeatedBy);
    for (const { kind, text, defeatedBy } of situation.constraints)
      if (kind === 'premise') add(text, defeatedBy ?? 'an input that says otherwise');
  }
  add('the inputs describe one machine', 'inputs that contradict each other');
  return [...found.values()];
}

function authoritiesOf(judged: readonly Judged[]): Constraint[] {
  return judged.flatMap(({ situation, exploration }) =>
    situation.constraints.filter(({ kind, id }) => kind === 'authority' && exploration.used.has(id)),
  );
}

function rulesOf(judged: readonly Judged[]): RuleFinding<Answer>[] {
  const found = new Map<string, RuleFinding<Answer>>();
  for (const { folded, readings, subject } of judged) {
    for (const rule of folded.rules) if (!found.has(rule.id)) found.set(rule.id, rule);
    for (const rule of readingRules(subject, readings)) if (!found.has(rule.id)) found.set(rule.id, rule);
  }
  return [...found.values()];
}

function readingRules(subject: Subject, readings: readonly SubjectReading[]): readonly RuleFinding<Answer>[] {
  if (subject.kind === 'acpi' || readings.length === 0) return [];
  return readings[0]!.rules;
}

/** No VMBus device: the question does not arise, or too little was read. */
function withoutVmbus(
  machine: Machine,
  others: readonly Subject[],
  given: GivenFacts,
  facts: MachineFacts,
  gaps: readonly Gap[],
  diagnostics: DiagnosticList,
): Verdict {
  const { release, presumed } = releaseFacts(given, facts, [], [], [], []).kernel;
  const fromHost = gaps.some(({ code }) => code === 'container/from-host');
  const read = machine.trees.length > 0 || machine.acpi !== undefined;
  const ofOtherVtl = others.filter((subject): subject is TreeSubject => subject.kind === 'device-tree');
  const reason =
    ofOtherVtl.length > 0
      ? ofOtherVtl
          .map(({ path, vtl }) => `the VMBus node ${path} belongs to VTL ${vtl}, not to VTL ${given.vtl}`)
          .join('; ')
      : read
        ? 'the inputs describe no VMBus device: no node is compatible with "microsoft,vmbus", and no device has the id VMBus'
        : fromHost
          ? 'the device tree of this guest is made by its host'
          : 'the inputs hold no firmware description';
  const hiding = gaps.filter(({ hides }) => hides.has('window') || hides.has('platform'));
  return {
    question: SYSFB_QUESTION,
    answer: 'unknown',
    summary: `Unknown: ${reason}.`,
    reason,
    effective: null,
    hazard: 'unknown',
    conditions: [],
    premises: [{ text: 'the inputs describe one machine', defeatedBy: 'inputs that contradict each other' }],
    assumptions: [],
    authorities: [],
    gaps: hiding,
    rules: [
      {
        id: 'no-vmbus',
        says: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
        evidence: ofOtherVtl.map(({ path, node, description }) => ({
          text: `microsoft,vtl of ${path}`,
          origin: {
            artifact: description.artifact,
            path,
            item: 'microsoft,vtl',
            index: 0,
            ...(node.span ? { span: node.span } : {}),
          },
        })),
      },
    ],
    toSettle: [],
    wouldChange: [
      fromHost
        ? 'the device tree that the host makes, with --host-tree FILE; or that of the running guest: /sys/firmware/fdt'
        : 'the device tree or the ACPI tables of a Hyper-V machine: /sys/firmware/fdt, /proc/device-tree, or what acpidump prints',
    ],
    machine: fromHost
      ? { platform: 'openhcl-vtl2', boot: 'dt', vtl: given.vtl ?? 2 }
      : { platform: 'other', boot: given.boot ?? 'unknown', vtl: given.vtl ?? null },
    kernel: { release, presumed, config: {} },
    pool: [],
    framebuffer: given.framebuffer ?? null,
    windows: machine.windows,
    inputs: machine.artifacts,
    diagnostics: diagnostics.all,
  };
}

/**
 * Paths of memory that firmware keeps for a framebuffer
 * (Documentation/devicetree/bindings/reserved-memory/framebuffer.yaml), also where Linux ignores the reservation.
 */
function reservedFramebuffers({ trees }: Machine): ReadonlySet<string> {
  const nodes = trees.flatMap(({ tree }) =>
    tree.root.children
      .filter((node) => baseNameOf(node) === 'reserved-memory')
      .flatMap(({ children }) => children)
      .filter((node) => isCompatible(node, 'framebuffer')),
  );
  return new Set(nodes.map(pathOf));
}
