// A module loader hook that replaces src/symbolic/index.ts by observed.ts for importers outside of src/symbolic, so that
// operations are observed without code in them.
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  const path = (url) => (url ?? '').split('?')[0];
  if (!path(resolved.url).endsWith('/src/symbolic/index.ts')) return resolved;
  if (/\/src\/symbolic\/|\/scripts\/conformance\/acpi\/conditions\//.test(path(context.parentURL)))
    return resolved;
  return { ...resolved, url: new URL('./observed.ts', import.meta.url).href, shortCircuit: true };
}
