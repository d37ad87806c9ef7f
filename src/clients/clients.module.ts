import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Client } from './client.entity.js';
import { ClientRegistry } from './client-registry.js';
import { ClientEpochs } from './client-epochs.js';
import { Clients } from './clients.js';

@Module({
  imports: [TypeOrmModule.forFeature([Client])],
  providers: [Clients, ClientRegistry, ClientEpochs],
  exports: [Clients, ClientRegistry, ClientEpochs],
})
export class ClientsModule {}
