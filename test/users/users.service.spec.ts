import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserDto } from '../../src/users/user.dto.js';
import { User } from '../../src/users/user.entity.js';
import { LastAdministrator, UsernameTaken } from '../../src/users/refusals.js';
import { Passwords } from '../../src/users/passwords.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';

describe('UsersService', () => {
  let service: TestApp;
  let users: UsersService;
  let passwords: Passwords;
  let rows: Repository<User>;

  beforeAll(async () => {
    service = await startApp();
    users = service.app.get(UsersService);
    passwords = service.app.get(Passwords);
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
      'email_verified',
      'pending_email',
      'full_name',
      'disabled',
      'role',
      'created_at',
    ]);
  });

  function setDisabled(id: string, disabled: boolean) {
    return users.change({ id }, { disabled });
  }

  it('raises the epoch with a new password and with a disabling, not with an upgrade of the hash', async () => {
    const { id } = await users.create({ username: 'epoch', password: 'password' });
    const epoch = async () => (await rows.findOneByOrFail({ id })).authEpoch;
    await passwords.set(id, 'another one');
    expect(await epoch()).toBe(1);
    await setDisabled(id, true);
    expect(await epoch()).toBe(2);
    await setDisabled(id, false);
    expect(await epoch()).toBe(2);
    const user = await users.findWithPasswordHash('epoch');
    await passwords.upgradeHash(user as User, 'another one');
    expect(await epoch()).toBe(2);
  });

  it('never disables the last active administrator', async () => {
    const { johndoe, alice } = service.people;
    const { id } = await users.create({ username: 'second', password: 'password', role: 'admin' });
    await setDisabled(id, true);
    await setDisabled(id, true); // who takes no administrator away
    await expect(setDisabled(johndoe.id, true)).rejects.toThrow(LastAdministrator);
    expect(await rows.findOneByOrFail({ id: johndoe.id })).toMatchObject({
      disabled: false,
      authEpoch: 0,
    });
    await setDisabled(alice.id, true); // who is none
    await setDisabled(id, false);
    await setDisabled(johndoe.id, true);
    await setDisabled(johndoe.id, false);
    await setDisabled(alice.id, false);
  });

  it('does not let the upgrade of a hash undo a password change made meanwhile', async () => {
    await users.create({ username: 'upgrade', password: 'old password' });
    const before = (await users.findWithPasswordHash('upgrade')) as User;
    await passwords.set(before.id, 'new password');
    const changed = await users.findWithPasswordHash('upgrade');
    await passwords.upgradeHash(before, 'old password');
    expect((await users.findWithPasswordHash('upgrade'))?.passwordHash).toBe(changed?.passwordHash);
  });

  it('makes ids that sort by the time they were made (UUIDv7)', () => {
    const { johndoe } = service.people;
    expect(johndoe.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});
