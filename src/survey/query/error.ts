/** A place that has no survey, or a statement that DuckDB rejects. */
export class QueryError extends Error {}
