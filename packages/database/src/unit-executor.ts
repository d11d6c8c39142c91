import type { EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import type { SqlExecutor } from './sql-executor.ts';

/**
 * In the open transaction of a unit of work. Its connection answers `timestamptz` and `bigint` as text, so statements that run here
 * cast what they select.
 */
export function executorOfUnit(em: EntityManager): SqlExecutor {
  const transaction = em.getKysely();
  return {
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
      const { rows } = await transaction.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
      return rows;
    },
  };
}
