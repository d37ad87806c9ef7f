import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { User } from '../user.entity.js';

const AT_ONCE = 500;

/** Reads every account with its password hash, a page at a time. */
@Injectable()
export class UserExport {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  /** In the order of their ids. Who comes or goes meanwhile may be among them or not. */
  async *each(): AsyncGenerator<User> {
    let last = '';
    for (;;) {
      const page = await this.users
        .createQueryBuilder('user')
        .addSelect('user.passwordHash')
        .where('user.id > :last', { last })
        .orderBy('user.id')
        .limit(AT_ONCE)
        .getMany();
      yield* page;
      if (page.length < AT_ONCE) return;
      last = page.at(-1)?.id ?? last;
    }
  }
}
