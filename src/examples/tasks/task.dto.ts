import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { isoTime } from '../../platform/clock.js';
import { IfSent } from '../../platform/http/if-sent.decorator.js';
import { NextCursor } from '../../platform/http/page.js';
import { Text } from '../../platform/http/text.js';
import type { Task } from './task.entity.js';

const TITLE = { min: 1, max: 200, description: 'What is to be done', example: 'Water the plants' };
const DESCRIPTION = { min: 0, max: 5000, description: 'More about it', example: 'Also the cactus' };

export class NewTaskDto {
  @Text(TITLE)
  readonly title!: string;

  @IfSent()
  @Text({ ...DESCRIPTION, required: false })
  readonly description?: string;

  @IfSent()
  @ApiProperty({ required: false, default: false, example: false })
  @IsBoolean({ message: 'must be true or false' })
  readonly done?: boolean;
}

export class TaskChangesDto {
  @IfSent()
  @Text({ ...TITLE, required: false })
  readonly title?: string;

  @IfSent()
  @Text({ ...DESCRIPTION, required: false })
  readonly description?: string;

  @IfSent()
  @ApiProperty({ required: false, example: true })
  @IsBoolean({ message: 'must be true or false' })
  readonly done?: boolean;
}

export class TaskDto {
  @ApiProperty({ format: 'uuid', example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11' })
  readonly id!: string;

  @ApiProperty({ example: TITLE.example })
  readonly title!: string;

  @ApiProperty({ example: DESCRIPTION.example })
  readonly description!: string;

  @ApiProperty({ example: false })
  readonly done!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  readonly updated_at!: string;

  static from(task: Task): TaskDto {
    return {
      id: task.id,
      title: task.title,
      description: task.description,
      done: task.done,
      created_at: isoTime(task.createdAt),
      updated_at: isoTime(task.updatedAt),
    };
  }
}

export class TaskPageDto {
  @ApiProperty({ type: [TaskDto] })
  readonly items!: readonly TaskDto[];

  @NextCursor()
  readonly next!: string | null;
}
