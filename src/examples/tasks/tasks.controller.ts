import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Authorize } from '../../auth/authorize.decorator.js';
import { CurrentUser } from '../../auth/current-user.decorator.js';
import { ApiProblem } from '../../platform/http/api-problem.decorator.js';
import { PageQuery } from '../../platform/http/page.js';
import type { User } from '../../users/user.entity.js';
import { NewTaskDto, TaskChangesDto, TaskDto, TaskPageDto } from './task.dto.js';
import { Tasks } from './tasks.js';

/** A task is named by its id; whose it is decides whether it is found. */
const OfTask = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'id', description: 'The `id` of a task', schema: { type: 'string' } }),
    ApiProblem(404, 'Task not found', 'There is none with this id, or it is somebody else’s'),
  );

/** The Task Manager: each person has only their own. */
@ApiTags('Tasks')
@Controller('tasks')
export class TasksController {
  constructor(private readonly tasks: Tasks) {}

  @Authorize('tasks:read')
  @ApiOperation({ summary: 'List your tasks', description: 'Newest first, in pages.' })
  @ApiOkResponse({ type: TaskPageDto, description: 'A page of your tasks' })
  @Get()
  async list(@CurrentUser() user: User, @Query() query: PageQuery): Promise<TaskPageDto> {
    return (await this.tasks.ownedBy(user, query)).map(TaskDto.from);
  }

  @Authorize('tasks:write')
  @ApiOperation({ summary: 'Create a task', description: 'It is yours, and nobody else sees it.' })
  @ApiCreatedResponse({ type: TaskDto, description: 'The new task' })
  @Post()
  async create(@CurrentUser() user: User, @Body() task: NewTaskDto): Promise<TaskDto> {
    return TaskDto.from(await this.tasks.create(user, task));
  }

  @Authorize('tasks:read')
  @OfTask()
  @ApiOperation({
    summary: 'Read a task',
    description: 'Somebody else’s is not found, as one that does not exist.',
  })
  @ApiOkResponse({ type: TaskDto, description: 'The task' })
  @Get(':id')
  async read(@CurrentUser() user: User, @Param('id') id: string): Promise<TaskDto> {
    return TaskDto.from(await this.tasks.find(user, id));
  }

  @Authorize('tasks:write')
  @OfTask()
  @ApiOperation({
    summary: 'Change a task',
    description: 'Fields that are left out stay as they are.',
  })
  @ApiOkResponse({ type: TaskDto, description: 'The task as it is now' })
  @Patch(':id')
  async change(
    @CurrentUser() user: User,
    @Param('id') id: string,
    @Body() changes: TaskChangesDto,
  ): Promise<TaskDto> {
    return TaskDto.from(await this.tasks.change(user, id, changes));
  }

  @Authorize('tasks:write')
  @OfTask()
  @ApiOperation({ summary: 'Delete a task', description: 'It cannot be brought back.' })
  @ApiNoContentResponse({ description: 'It is gone' })
  @HttpCode(204)
  @Delete(':id')
  async delete(@CurrentUser() user: User, @Param('id') id: string): Promise<void> {
    await this.tasks.delete(user, id);
  }
}
