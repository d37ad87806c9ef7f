import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

export class RotateSessions1794000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('sessions', [
      new TableColumn({ name: 'client_epoch', type: 'integer', default: 0 }),
      new TableColumn({ name: 'rotated_at', type: 'bigint', isNullable: true }),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('sessions', ['client_epoch', 'rotated_at']);
  }
}
