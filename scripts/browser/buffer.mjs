// Buffer of browsers. With the slash it is the package, not Node's module.
import { Buffer } from 'buffer/';

export { Buffer };
