import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ItemsController } from './items/items.controller.js';
import { Task } from './tasks/task.entity.js';
import { TasksController } from './tasks/tasks.controller.js';
import { Tasks } from './tasks/tasks.js';

/** The API of the tutorial; EXAMPLES=off leaves it out. */
@Module({
  imports: [TypeOrmModule.forFeature([Task])],
  controllers: [ItemsController, TasksController],
  providers: [Tasks],
})
export class ExamplesModule {}
