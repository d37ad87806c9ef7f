// Loaded into a server with `node --import`, it records a CPU profile from the message "start" to the message
// "stop", which it answers with the profile. So neither the start of the server nor its warming is in it.
import { Session } from 'node:inspector/promises';

const EVERY_US = 250;

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: EVERY_US });

process.on('message', async (message) => {
  if (message === 'start') {
    await session.post('Profiler.start');
    process.send('started');
  } else {
    process.send((await session.post('Profiler.stop')).profile);
  }
});
process.channel.unref(); // the server ends when it would without this
