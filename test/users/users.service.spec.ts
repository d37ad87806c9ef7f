import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserDto } from '../../src/users/user.dto.js';
import { User } from '../../src/users/user.entity.js';
import { LastAdministrator, UsernameTaken, UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';

describe('UsersService', () => {
  let service: TestApp;
  let users: UsersService;
  let rows: Repository<User>;

  beforeAll(async () => {
    service = await startApp();
    users = service.app.get(UsersService);
    rows = service.app.get(getRepositoryToken(User));
  });
  afterAll(() => service.close());

  it('gives one of 20 that want a name at once the name, in whatever letters', async () => {
    const spellings = ['Zoë', 'zoë', 'ZOË', 'zoe\u0308'];
    const attempts = Array.from({ length: 20 }, (_, i) =>
      users.create({ username: spellings[i % 4] as string, password: 'password' }),
    );
    const outcomes = await Promise.allSettled(attempts);
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(19);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(UsernameTaken);
  });

  it('reads the password hash only when it is asked for', async () => {
    const { id } = service.people.alice;
    expect((await users.findByUsername('alice'))?.passwordHash).toBeUndefined();
    expect((await rows.findOneBy({ id }))?.passwordHash).toBeUndefined();
    expect((await users.findWithPasswordHash('ALICE'))?.passwordHash).toMatch(
      /^\$bcrypt-sha256\$v=2,/,
    );
  });

  it('shows of an account what the contract lists, and nothing else', () => {
    expect(Object.keys(UserDto.from(service.people.alice))).toEqual([
      'id',
      'username',
      'email',
      'full_name',
      'disabled',
      'role',
      'created_at',
    ]);
  });

  it('raises the epoch with a new password and with a disabling, not with an upgrade of the hash', async () => {
    const { id } = await users.create({ username: 'epoch', password: 'password' });
    const epoch = async () => (await rows.findOneByOrFail({ id })).authEpoch;
    await users.setPassword(id, 'another one');
    expect(await epoch()).toBe(1);
    await users.disable(id);
    expect(await epoch()).toBe(2);
    await users.enable(id);
    expect(await epoch()).toBe(2);
    const user = await users.findWithPasswordHash('epoch');
    await users.upgradePasswordHash(user as User, 'another one');
    expect(await epoch()).toBe(2);
  });

  it('never disables the last active administrator', async () => {
    const { johndoe, alice } = service.people;
    const { id } = await users.create({ username: 'second', password: 'password', role: 'admin' });
    await users.disable(id);
    await users.disable(id); // who takes no administrator away
    await expect(users.disable(johndoe.id)).rejects.toThrow(LastAdministrator);
    expect(await rows.findOneByOrFail({ id: johndoe.id })).toMatchObject({
      disabled: false,
      authEpoch: 0,
    });
    await users.disable(alice.id); // who is none
    await users.enable(id);
    await users.disable(johndoe.id);
    await users.enable(johndoe.id);
    await users.enable(alice.id);
  });

  it('does not let the upgrade of a hash undo a password change made meanwhile', async () => {
    await users.create({ username: 'upgrade', password: 'old password' });
    const before = (await users.findWithPasswordHash('upgrade')) as User;
    await users.setPassword(before.id, 'new password');
    const changed = await users.findWithPasswordHash('upgrade');
    await users.upgradePasswordHash(before, 'old password');
    expect((await users.findWithPasswordHash('upgrade'))?.passwordHash).toBe(changed?.passwordHash);
  });

  it('makes ids that sort by the time they were made (UUIDv7)', () => {
    const { johndoe } = service.people;
    expect(johndoe.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});
