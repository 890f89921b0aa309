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
    sql: 'SELECT status, count(*) AS machines FROM machines GROUP BY status ORDER BY machines DESC, status',
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

/** Machines are matched by their path in both surveys, windows by their entry. */
const moved: readonly NamedQuery[] = [
  {
    title: 'Windows that moved',
    sql: `WITH pairs AS (
  SELECT a.path AS file, b.machine AS was, a.machine AS is_now
  FROM inputs a JOIN before.inputs b USING (path) WHERE a.machine <> b.machine
), old AS (SELECT p.file, w.* REPLACE (coalesce(w.condition, '') AS condition) FROM pairs p JOIN before.windows w ON w.machine = p.was
), new AS (SELECT p.file, w.* REPLACE (coalesce(w.condition, '') AS condition) FROM pairs p JOIN windows w ON w.machine = p.is_now)
SELECT file, coalesce(n.path, o.path) || ' ' || coalesce(n.item, o.item) || '[' ||
    coalesce(n.item_index, o.item_index) || ']' AS entry,
  CASE WHEN o.machine IS NULL THEN NULL ELSE ${range('o')} END AS was,
  CASE WHEN n.machine IS NULL THEN NULL ELSE ${range('n')} END AS "now"
FROM old o FULL JOIN new n USING (file, path, item, item_index, space, role, condition)
WHERE (o.base, o.size, o.base_expression, o.size_expression)
  IS DISTINCT FROM (n.base, n.size, n.base_expression, n.size_expression)
ORDER BY file, entry, was, "now"`,
  },
];

/**
 * Questions by name: `summary`, `needed`, `bridges` and `conditions` need one survey; `moved` compares it with an earlier
 * one.
 */
export const NAMED_QUERIES = { summary, needed, bridges, moved, conditions } as const;
