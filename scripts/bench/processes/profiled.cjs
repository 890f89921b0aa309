/**
 * `node profiled.cjs BIN FILE ARGUMENT...`: runs fwmap with the arguments while the profiler samples it, and writes what it
 * saw to FILE. As an option of node (`--cpu-prof`) it would keep fwmap from using its cache of compiled code.
 */
const { writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');

const [bin, file, ...args] = process.argv.slice(2);
process.argv = [process.argv[0], bin, ...args];
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 200 });
session.post('Profiler.start');
process.on('exit', () => {
  session.post('Profiler.stop', (error, stopped) => {
    if (error) throw new Error(error.message);
    writeFileSync(file, JSON.stringify(stopped.profile));
  });
});
require(bin);
