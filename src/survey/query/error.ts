/** A place that has no survey or cannot be read, or a statement that DuckDB rejects. */
export class QueryError extends Error {}
