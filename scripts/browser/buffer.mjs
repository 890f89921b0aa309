// Buffer for browsers. With the slash the import is the npm package, not Node's module.
import { Buffer } from 'buffer/';

export { Buffer };
