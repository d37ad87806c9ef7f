import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import { Clock } from '../../platform/clock.js';
import { Page, type PageQuery } from '../../platform/http/page.js';
import { isId, newId } from '../../platform/ids.js';
import type { User } from '../../users/user.entity.js';
import type { NewTaskDto, TaskChangesDto } from './task.dto.js';
import { Task } from './task.entity.js';

/** Keeps tasks. The owner is part of every question, so nobody else's task is ever found. */
@Injectable()
export class Tasks {
  constructor(
    @InjectRepository(Task) private readonly tasks: Repository<Task>,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async ownedBy(owner: User, { limit, after }: PageQuery): Promise<Page<Task>> {
    const rows = await this.tasks.find({
      where: { ownerId: owner.id, ...(after === undefined ? {} : { id: LessThan(after) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return Page.of(rows, limit);
  }

  async create(owner: User, { title, description = '', done = false }: NewTaskDto): Promise<Task> {
    const now = this.clock.now();
    const id = newId();
    const task = {
      id,
      ownerId: owner.id,
      title,
      description,
      done,
      createdAt: now,
      updatedAt: now,
    };
    await this.tasks.insert(task);
    return this.tasks.create(task);
  }

  /** @throws {NotFoundException} also when it is somebody else's */
  async find(owner: User, id: string): Promise<Task> {
    const task = isId(id) ? await this.tasks.findOneBy({ id, ownerId: owner.id }) : null;
    if (!task) throw new NotFoundException('Task not found');
    return task;
  }

  /** @throws {NotFoundException} also when it is somebody else's */
  async change(owner: User, id: string, changes: TaskChangesDto): Promise<Task> {
    const task = await this.find(owner, id);
    await this.tasks.update(
      { id: task.id, ownerId: owner.id },
      { ...changes, updatedAt: this.clock.now() },
    );
    return this.find(owner, id);
  }

  /** @throws {NotFoundException} also when it is somebody else's */
  async delete(owner: User, id: string): Promise<void> {
    const task = await this.find(owner, id);
    await this.tasks.delete({ id: task.id, ownerId: owner.id });
  }
}
