/** The version of the package, as it is printed and as reports name the tool. */
import packageJson from '../../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;
