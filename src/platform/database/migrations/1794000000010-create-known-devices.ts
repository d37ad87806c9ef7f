import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateKnownDevices1794000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'known_devices',
        columns: [
          {
            name: 'digest',
            type: 'varchar',
            length: '43',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_known_devices',
          },
          { name: 'user_id', type: 'varchar', length: '36' },
          { name: 'expires_at', type: 'bigint' },
        ],
        foreignKeys: [
          {
            name: 'fk_known_devices_user',
            columnNames: ['user_id'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
        indices: [
          { name: 'ix_known_devices_user', columnNames: ['user_id'] },
          { name: 'ix_known_devices_expires_at', columnNames: ['expires_at'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('known_devices');
  }
}
