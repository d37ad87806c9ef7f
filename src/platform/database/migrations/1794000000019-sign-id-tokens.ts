import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

export class SignIdTokens1794000000019 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      'clients',
      new TableColumn({
        name: 'id_token_signed_response_alg',
        type: 'varchar',
        length: '8',
        default: "'RS256'",
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('clients', 'id_token_signed_response_alg');
  }
}
