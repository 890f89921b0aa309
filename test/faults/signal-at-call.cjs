// Loaded before the command: sends it a signal at one of its calls about files below a folder, from 0. Where is told by SIGNAL_AT,
// a list of the folder, the number, the signal, `before` or `after` the call, and a file that is made when it is sent.
const fs = require('node:fs');

const [folder, at, signal, when, sent] = JSON.parse(process.env.SIGNAL_AT);
const { openSync, closeSync } = fs;
const opened = new Set();
let seen = 0;
for (const name of Object.keys(fs)) {
  const real = fs[name];
  if (typeof real !== 'function' || !name.endsWith('Sync') || name === 'existsSync') continue;
  fs[name] = Object.assign((...args) => {
    const isOurs = opened.has(args[0]) || (typeof args[0] === 'string' && args[0].startsWith(folder));
    const isHit = isOurs && seen++ === at;
    const send = () => {
      closeSync(openSync(sent, 'w'));
      process.kill(process.pid, signal);
    };
    if (isHit && when === 'before') send();
    const result = real.apply(fs, args);
    if (isOurs && name === 'openSync') opened.add(result);
    if (name === 'closeSync') opened.delete(args[0]);
    if (isHit && when === 'after') send();
    return result;
  }, real);
}
