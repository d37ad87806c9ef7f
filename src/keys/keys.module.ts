import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Keys } from './keys.js';
import { SigningKey } from './signing-key.entity.js';

@Module({ imports: [TypeOrmModule.forFeature([SigningKey])], providers: [Keys], exports: [Keys] })
export class KeysModule {}
