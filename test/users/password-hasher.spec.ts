import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { Settings } from '../../src/platform/settings/settings.js';
import { PasswordHasher, PasswordWorkersBusy } from '../../src/users/password-hasher.js';

const open: PasswordHasher[] = [];

function hasherAt(cost: number): PasswordHasher {
  const hasher = new PasswordHasher({ PASSWORD_COST: cost });
  open.push(hasher);
  return hasher;
}

/** Of each thread of this process: the 19th field of its stat, the second being a name in parentheses. */
function niceness(): number[] {
  return readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((hasher) => hasher.onApplicationShutdown()));
});

describe('PasswordHasher', () => {
  it('hashes at the cost of the settings, and verifies', async () => {
    const hasher = hasherAt(5);
    const hash = await hasher.hash('secret');
    expect(hash).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=5\$/);
    expect(await hasher.verify('secret', hash)).toEqual({ matches: true, outdated: false });
    expect(await hasher.verify('Secret', hash)).toEqual({ matches: false, outdated: false });
    expect(await hasher.verify('secret', null)).toEqual({ matches: false, outdated: false });
    expect(await hasherAt(6).verify('secret', hash)).toEqual({ matches: true, outdated: true });
  });

  it('is given its settings by Nest', async () => {
    const module = await Test.createTestingModule({
      providers: [PasswordHasher, { provide: Settings, useValue: { PASSWORD_COST: 4 } }],
    }).compile();
    expect(await module.get(PasswordHasher).hash('secret')).toContain(',r=4$');
    await module.close();
  });

  it('leaves the event loop free meanwhile', async () => {
    const hasher = hasherAt(12);
    await hasher.verify('warm up', '');
    let turns = 0;
    const metronome = setInterval(() => turns++, 5);
    await Promise.all([hasher.hash('one'), hasher.hash('two')]);
    clearInterval(metronome);
    expect(turns).toBeGreaterThan(10); // hashing on the loop leaves none, or two
  });

  it.runIf(process.platform === 'linux')('lets everything else go first', async () => {
    const nicer = () => niceness().filter((nice) => nice === 10).length;
    const before = nicer();
    await hasherAt(4).verify('warm up', '');
    expect(nicer()).toBe(before + 1);
  });

  it('turns a crowd away with PasswordWorkersBusy, and serves those it let in', async () => {
    const hasher = hasherAt(7);
    const crowd = await Promise.allSettled(
      Array.from({ length: 150 }, () => hasher.verify('secret', null)),
    );
    const turnedAway = crowd.filter((one) => one.status === 'rejected');
    // Beside the 32 that wait, each of up to four threads has one at work and one it starts with.
    expect(turnedAway.length).toBeGreaterThanOrEqual(150 - 32 - 2 * 4);
    expect(turnedAway.length).toBeLessThanOrEqual(150 - 32);
    for (const { reason } of turnedAway) expect(reason).toBeInstanceOf(PasswordWorkersBusy);
    expect((await hasher.verify('secret', null)).matches).toBe(false);
  });

  it('passes every other error through as it is', async () => {
    const wrong = hasherAt(3).hash('secret');
    await expect(wrong).rejects.toThrow(/cost is 4 to 15/);
    await expect(wrong).rejects.not.toBeInstanceOf(PasswordWorkersBusy);
  });

  it('finishes at shutdown what was asked for, running or waiting', async () => {
    const hasher = hasherAt(4);
    const hash = await hasher.hash('secret');
    const slow = hasherAt(9);
    const asked = Array.from({ length: 8 }, () => slow.verify('secret', hash));
    await sleep(20);
    await slow.onApplicationShutdown();
    const succeeded = { matches: true, outdated: true };
    expect(await Promise.all(asked)).toEqual(asked.map(() => succeeded));
  });
});
