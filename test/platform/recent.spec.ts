import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Changes } from '../../src/platform/changes.js';
import { Recent } from '../../src/platform/recent.js';

interface Thing {
  readonly version: number;
}

/** A read that takes as long as a test lets it. */
function heldRead() {
  const reads: { readonly answer: (thing: Thing | null) => void; readonly fail: () => void }[] = [];
  const read = () =>
    new Promise<Thing | null>((resolve, reject) => {
      reads.push({ answer: resolve, fail: () => reject(new Error('the database is down')) });
    });
  return { reads, read };
}

describe('Recent', () => {
  let changes: Changes;
  let recent: Recent<Thing>;
  const change = () => changes.announce({ of: 'user', id: 'any' });

  beforeEach(() => {
    changes = new Changes();
    recent = new Recent(changes, { by: ['user', 'client'], byIts: 'session' });
  });

  it('knows what was read, and nothing before', async () => {
    expect(recent.get('a')).toBeUndefined();
    const thing = { version: 1 };
    expect(await recent.read('a', () => Promise.resolve(thing))).toBe(thing);
    expect(recent.get('a')).toBe(thing);
    expect(recent.get('b')).toBeUndefined();
  });

  it('forgets after a second', async () => {
    await recent.read('a', () => Promise.resolve({ version: 1 }));
    await sleep(700);
    expect(recent.get('a')).toBeDefined();
    await sleep(400);
    expect(recent.get('a')).toBeUndefined();
  });

  it('counts the second from the read, not from the last question', async () => {
    await recent.read('a', () => Promise.resolve({ version: 1 }));
    for (let asked = 0; asked < 11; asked += 1) {
      recent.get('a');
      await sleep(100);
    }
    expect(recent.get('a')).toBeUndefined();
  });

  it('forgets everything on any change, before the announcement returns', async () => {
    await recent.read('a', () => Promise.resolve({ version: 1 }));
    await recent.read('b', () => Promise.resolve({ version: 1 }));
    change();
    expect(recent.get('a')).toBeUndefined();
    expect(recent.get('b')).toBeUndefined();
  });

  it('forgets the one that a change is about, where its id is the key', async () => {
    await recent.read('a', () => Promise.resolve({ version: 1 }));
    await recent.read('b', () => Promise.resolve({ version: 1 }));
    changes.announce({ of: 'session', id: 'a' });
    expect(recent.get('a')).toBeUndefined();
    expect(recent.get('b')).toBeDefined();
  });

  it('forgets nothing when something else changes', async () => {
    await recent.read('a', () => Promise.resolve({ version: 1 }));
    for (const of of ['token', 'key'] as const) changes.announce({ of, id: 'a' });
    expect(recent.get('a')).toBeDefined();
  });

  it('reads again what a change is about that was being read, and nothing else', async () => {
    const [a, b] = [heldRead(), heldRead()];
    const [one, other] = [recent.read('a', a.read), recent.read('b', b.read)];
    changes.announce({ of: 'session', id: 'a' });
    const late = recent.read('a', a.read);
    changes.announce({ of: 'session', id: 'a' }); // the first is nobody's any more, and hears it all the same
    for (const { answer } of [...a.reads, ...b.reads]) answer({ version: 1 });
    expect(await other).toEqual({ version: 1 });
    expect(recent.get('b')).toBeDefined();
    await expect.poll(() => a.reads.length).toBe(4);
    expect(recent.get('a')).toBeUndefined();
    for (const { answer } of a.reads.slice(2)) answer({ version: 2 });
    expect([await one, await late]).toEqual([{ version: 2 }, { version: 2 }]);
  });

  it('reads once for all who ask for the same at the same time', async () => {
    const { reads, read } = heldRead();
    const asked = [recent.read('a', read), recent.read('a', read), recent.read('a', read)];
    const other = recent.read('b', read);
    expect(reads).toHaveLength(2);
    const thing = { version: 1 };
    reads[0]?.answer(thing);
    reads[1]?.answer({ version: 2 });
    expect(await Promise.all(asked)).toEqual([thing, thing, thing]);
    expect(await other).toEqual({ version: 2 });
  });

  it('neither answers nor keeps what was read before a change, and reads again', async () => {
    const { reads, read } = heldRead();
    const early = recent.read('a', read);
    change();
    reads[0]?.answer({ version: 1 });
    await expect.poll(() => reads.length).toBe(2);
    expect(recent.get('a')).toBeUndefined();
    reads[1]?.answer({ version: 2 });
    expect(await early).toEqual({ version: 2 });
    expect(recent.get('a')).toEqual({ version: 2 });
  });

  it('again for as long as something changes', async () => {
    const { reads, read } = heldRead();
    const early = recent.read('a', read);
    for (let version = 1; version <= 3; version += 1) {
      await expect.poll(() => reads.length).toBe(version);
      change();
      reads[version - 1]?.answer({ version });
    }
    await expect.poll(() => reads.length).toBe(4);
    reads[3]?.answer({ version: 4 });
    expect(await early).toEqual({ version: 4 });
  });

  it('lets nobody who asks after a change wait for a read from before it', async () => {
    const { reads, read } = heldRead();
    const early = recent.read('a', read);
    change();
    const late = recent.read('a', read);
    expect(reads).toHaveLength(2);
    reads[1]?.answer({ version: 2 });
    expect(await late).toEqual({ version: 2 });
    reads[0]?.answer({ version: 1 });
    await expect.poll(() => reads.length).toBe(3);
    expect(recent.get('a')).toEqual({ version: 2 });
    reads[2]?.answer({ version: 3 });
    expect(await early).toEqual({ version: 3 });
  });

  it('does not keep that there is nothing', async () => {
    expect(await recent.read('a', () => Promise.resolve(null))).toBeNull();
    expect(recent.get('a')).toBeUndefined();
    expect(await recent.read('a', () => Promise.resolve({ version: 1 }))).toEqual({ version: 1 });
  });

  it('throws what a read throws, to all who waited, and asks again the next time', async () => {
    const { reads, read } = heldRead();
    const asked = [recent.read('a', read), recent.read('a', read)];
    reads[0]?.fail();
    for (const outcome of await Promise.allSettled(asked)) {
      expect(outcome).toMatchObject({ status: 'rejected' });
    }
    expect(recent.get('a')).toBeUndefined();
    const again = recent.read('a', read);
    reads[1]?.answer({ version: 1 });
    expect(await again).toEqual({ version: 1 });
  });

  it('throws what a read throws even when something changed meanwhile', async () => {
    const { reads, read } = heldRead();
    const asked = recent.read('a', read);
    change();
    reads[0]?.fail();
    await expect(asked).rejects.toThrow('the database is down');
    expect(reads).toHaveLength(1);
  });

  it('keeps no more than 10,000', async () => {
    for (let i = 0; i <= 10_000; i += 1) {
      await recent.read(String(i), () => Promise.resolve({ version: i }));
    }
    expect(recent.get('0')).toBeUndefined();
    expect(recent.get('10000')).toEqual({ version: 10_000 });
  });
});
