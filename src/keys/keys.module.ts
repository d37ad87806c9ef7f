import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KeyMaker } from './key-maker.js';
import { KeyStore } from './key-store.js';
import { Keys } from './keys.js';
import { Rotation } from './rotation.js';
import { SigningKey } from './signing-key.entity.js';

/** Loads nothing by itself: the server has KeyWatch for that, and a command needs none of it. */
@Module({
  imports: [TypeOrmModule.forFeature([SigningKey])],
  providers: [KeyMaker, KeyStore, Keys, Rotation],
  exports: [KeyStore, Keys, Rotation],
})
export class KeysModule {}
