/** The named questions: SQL over the tables of a survey, which can be run without fwmap too. */

export interface NamedQuery {
  readonly title: string;
  readonly sql: string;
  /** For counts by slots of the address space, of which a page has a histogram. */
  readonly addresses?: AddressChart;
}

/** Slots of `slot` bytes, from address 0 on; each row has the first address of its slot, and a count. */
export interface AddressChart {
  readonly slot: bigint;
  readonly slots: number;
  /** Labels below the axis, by address. */
  readonly ticks: ReadonlyMap<bigint, string>;
}

const SLOT = 128n << 20n;
const LOW: AddressChart = {
  slot: SLOT,
  slots: Number((1n << 32n) / SLOT),
  ticks: new Map([0n, 1n, 2n, 3n, 4n].map((gib) => [gib << 30n, gib === 0n ? '0' : `${gib} GiB`])),
};

const hex = (column: string): string => `'0x' || lower(hex(${column}))`;

/** `[mem 0x…-0x…]`, or the expressions of the bounds. */
const range = (alias: string): string => `CASE WHEN ${alias}.base IS NOT NULL AND ${alias}.last IS NOT NULL
    THEN '[' || CASE ${alias}.space WHEN 'memory' THEN 'mem' ELSE ${alias}.space END || ' ' ||
      ${hex(`${alias}.base`)} || '-' || ${hex(`${alias}.last`)} || ']'
    ELSE coalesce(${alias}.base_expression, ${hex(`${alias}.base`)}, '?') || ', size ' ||
      coalesce(${alias}.size_expression, ${hex(`${alias}.size`)}, '?') END`;

const summary: readonly NamedQuery[] = [
  {
    title: 'Machines by status',
    sql: `SELECT status, count(*) AS machines FROM (SELECT status FROM machines
  UNION ALL SELECT 'not examined yet' FROM (SELECT DISTINCT machine FROM inputs)
    WHERE machine NOT IN (SELECT machine[:64] FROM machines))
GROUP BY status ORDER BY machines DESC, status`,
  },
  {
    title: 'Machines by platform and answer of sysfb',
    sql: `SELECT platform || ': ' || answer AS answer, count(*) AS machines
FROM machines JOIN answers USING (machine) WHERE question = 'sysfb'
GROUP BY ALL ORDER BY machines DESC, answer`,
  },
  {
    title: 'Machines by class of their bus windows',
    sql: `SELECT coalesce(class, 'bounds not known') AS class, count(DISTINCT machine) AS machines
FROM windows WHERE role = 'window' AND space = 'memory' GROUP BY ALL ORDER BY machines DESC, class`,
  },
  {
    title: 'Bus windows from 1 MiB to 4 GiB: machines by 128 MiB',
    addresses: LOW,
    sql: `SELECT ${hex(`(slot * ${SLOT})::UBIGINT`)} AS "from", count(DISTINCT machine) AS machines
FROM (SELECT machine, unnest(generate_series((base // ${SLOT})::BIGINT, (least(last, ${(1n << 32n) - 1n}) // ${SLOT})::BIGINT)) AS slot
  FROM windows WHERE role = 'window' AND space = 'memory' AND base < ${1n << 32n} AND last >= greatest(base, ${1n << 20n}))
GROUP BY slot ORDER BY slot`,
  },
  {
    title: 'Windows by certainty',
    sql: 'SELECT certainty, count(*) AS windows FROM windows GROUP BY ALL ORDER BY windows DESC, certainty',
  },
  {
    title: 'Findings',
    sql: `SELECT code, severity, count(*) AS findings, count(DISTINCT machine) AS machines
FROM findings GROUP BY ALL ORDER BY machines DESC, code LIMIT 20`,
  },
];

const needed: readonly NamedQuery[] = [
  {
    title: 'Machines that need CONFIG_SYSFB, or may',
    sql: `SELECT path, answer, effective, summary
FROM machines JOIN answers USING (machine)
WHERE question = 'sysfb' AND (answer = 'needed' OR (answer = 'depends' AND conditions LIKE '%"answer":"needed"%'))
ORDER BY answer = 'needed' DESC, path`,
  },
];

/** What a machine is: its device tree's model, or who made its DSDT. */
const MODEL = `coalesce(machines.model, nullif(concat_ws(' ', oem_id, oem_table_id), ''))`;

/** Windows of VMBus that lie below 4 GiB, at least in part, or whose bounds don't exclude it. */
const LOW_OF_VMBUS = `windows.vmbus AND coalesce(windows.base < ${1n << 32n}, true)
  AND (windows.base IS NOT NULL OR windows.last IS NULL OR windows.last < ${1n << 32n} OR windows.size IS NULL)`;

const vmbus: readonly NamedQuery[] = [
  {
    title: 'Machines whose VMBus gets windows below 4 GiB, or may, by model',
    sql: `SELECT platform, ${MODEL} AS model, count(DISTINCT machine) AS machines
FROM machines JOIN windows USING (machine) WHERE ${LOW_OF_VMBUS}
GROUP BY ALL ORDER BY machines DESC, platform, model`,
  },
  {
    title: 'The windows',
    sql: `SELECT machines.path, ${MODEL} AS model, ${range('windows')} AS "window", certainty, condition
FROM windows JOIN machines USING (machine) WHERE ${LOW_OF_VMBUS} ORDER BY machines.path, machine, number`,
  },
  {
    title: 'Machines on Hyper-V of whose VMBus no window is known',
    sql: `SELECT path, platform, CASE WHEN machine IN (SELECT machine FROM windows WHERE vmbus IS NULL)
  THEN 'it was surveyed by an fwmap that did not tell' END AS why FROM machines
WHERE (platform LIKE 'hyperv%' OR platform LIKE 'openhcl%') AND machine NOT IN (SELECT machine FROM windows WHERE vmbus)
ORDER BY path, machine`,
  },
];

const conditions: readonly NamedQuery[] = [
  {
    title: 'What windows depend on',
    sql: `SELECT condition, count(*) AS windows, count(DISTINCT machine) AS machines,
  min(windows.path) AS "for example"
FROM windows WHERE certainty = 'conditional' GROUP BY condition
ORDER BY machines DESC, windows DESC, condition LIMIT 50`,
  },
];

const bridges: readonly NamedQuery[] = [
  {
    title: 'What Linux does to windows of PCI host bridges',
    sql: `SELECT did, count(*) AS windows, count(DISTINCT machine) AS machines, min(why) AS "for example"
FROM bridges WHERE did <> 'given' GROUP BY did ORDER BY machines DESC, did`,
  },
  {
    title: 'The changed windows',
    sql: `SELECT machines.path, bridge, did, ${range('bridges')} AS "window", "into", why
FROM bridges JOIN machines USING (machine) WHERE did <> 'given' ORDER BY machines.path, bridge, number`,
  },
];

/** The folder that all paths of a survey are below, with the slash; it is empty where there is none. */
const sharedFolder = (schema: string): string => `(SELECT coalesce(max(least_path[:at_slash]), '') FROM (
    SELECT least_path, most_path, unnest(range(1, len(least_path) + 1)) AS at_slash
    FROM (SELECT min(path) AS least_path, max(path) AS most_path FROM ${schema}.inputs)
  ) WHERE least_path[at_slash] = '/' AND least_path[:at_slash] = most_path[:at_slash])`;

/** Machines of a survey by what they are matched by: `file`, and the name of one of several in an image. */
const side = (schema: string): string => `SELECT i.path,
    CASE WHEN same_paths THEN i.path ELSE i.path[len(below) + 1:] END AS file,
    coalesce(m.machine[65:], '') AS part, i.machine AS content, m.machine, coalesce(m.status, 'not examined yet') AS status, m.reason,
    count(DISTINCT i.machine) OVER (PARTITION BY i.path) AS contents
  FROM ${schema}.inputs i LEFT JOIN ${schema}.machines m ON m.machine[:64] = i.machine,
    (SELECT ${sharedFolder(schema)} AS below), matching`;

/** Why a pair says nothing about windows; null where it does. */
const notCompared = `CASE
    WHEN o.file IS NULL THEN 'only in this survey'
    WHEN n.file IS NULL THEN 'only in the earlier survey'
    WHEN o.contents > 1 THEN 'the earlier survey has several contents of this path'
    WHEN n.contents > 1 THEN 'this survey has several contents of this path'
    WHEN o.content = n.content THEN NULL
    WHEN o.status <> 'ok' AND NOT (o.status = 'none' AND n.status = 'none') THEN 'in the earlier survey: ' || o.status || coalesce(', ' || o.reason, '')
    WHEN n.status <> 'ok' AND NOT (o.status = 'none' AND n.status = 'none') THEN 'in this survey: ' || n.status || coalesce(', ' || n.reason, '')
  END`;

/** The windows of a side of the pairs; of several with the same entry the first is held against the first. */
const windowsOf = (schema: string, machine: string): string => `SELECT p.file, p.part,
    coalesce(w.path, '') AS place, coalesce(w.item, '') AS item, coalesce(w.item_index, -1) AS item_index, w.space, w.role,
    coalesce(w.condition, '') AS condition, w.machine, w.base, w.size, w.last, w.base_expression, w.size_expression,
    row_number() OVER (PARTITION BY p.file, p.part, w.path, w.item, w.item_index, w.space, w.role, w.condition ORDER BY w.number) AS nth
  FROM pairs p JOIN ${schema}.windows w ON w.machine = p.${machine} WHERE p.is_compared`;

/**
 * Machines are matched by their path in both surveys; where these have no path in common, by the path below the folder that
 * all paths of a survey share. Windows are matched by their entry.
 */
const PAIRS = `WITH matching AS (
  SELECT exists(FROM main.inputs JOIN before.inputs USING (path)) AS same_paths
), earlier AS (${side('before')}
), later AS (${side('main')}
), outcomes AS (
  SELECT coalesce(n.path, o.path) AS file, coalesce(n.part, o.part) AS part, o.machine AS was, n.machine AS is_now,
    ${notCompared} AS why, o.content IS NOT DISTINCT FROM n.content AS is_same
  FROM earlier o FULL JOIN later n ON o.file = n.file AND o.part = n.part
), pairs AS (SELECT *, why IS NULL AND NOT is_same AS is_compared FROM outcomes
), old AS (${windowsOf('before', 'was')}
), new AS (${windowsOf('main', 'is_now')}
), changed AS (
  SELECT file, part, CASE WHEN place = '' THEN item ELSE place || ' ' || item END ||
      CASE WHEN item_index < 0 THEN '' ELSE '[' || item_index || ']' END AS entry,
    CASE WHEN o.machine IS NULL THEN NULL ELSE ${range('o')} END AS was,
    CASE WHEN n.machine IS NULL THEN NULL ELSE ${range('n')} END AS "now"
  FROM old o FULL JOIN new n USING (file, part, place, item, item_index, space, role, condition, nth)
  WHERE (o.base, o.size, o.base_expression, o.size_expression)
    IS DISTINCT FROM (n.base, n.size, n.base_expression, n.size_expression)
)`;

const moved: readonly NamedQuery[] = [
  {
    title: 'Windows that moved',
    sql: `${PAIRS}
SELECT file || part AS file, entry, was, "now" FROM changed ORDER BY file, entry, was, "now"`,
  },
  {
    title: 'Machines compared',
    sql: `${PAIRS}
SELECT CASE WHEN why IS NOT NULL THEN 'not compared' WHEN is_same THEN 'same content'
    WHEN (file, part) IN (SELECT (file, part) FROM changed) THEN 'other content, windows moved'
    ELSE 'other content, no window moved' END AS outcome, count(DISTINCT (file, part)) AS machines
FROM pairs GROUP BY ALL ORDER BY machines DESC, outcome`,
  },
  {
    title: 'Machines that were not compared',
    sql: `${PAIRS}
SELECT DISTINCT file || part AS file, why FROM pairs WHERE why IS NOT NULL ORDER BY file, why`,
  },
];

/**
 * Questions by name: `summary`, `needed`, `vmbus`, `bridges` and `conditions` need one survey; `moved` compares it with an earlier
 * one.
 */
export const NAMED_QUERIES = { summary, needed, vmbus, bridges, moved, conditions } as const;
