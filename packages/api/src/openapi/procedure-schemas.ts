import { z } from 'zod';
import { appRouter } from '../app-router.ts';
import type { RestProcedure } from '../rest/rest-routes.ts';

interface ProcedureSchemas {
  _def: { inputs: readonly unknown[]; output?: unknown };
}

/** The input schema of a procedure; an empty object where it takes none. */
export function inputSchemaOf(path: RestProcedure): z.ZodObject {
  const schema = definitionOf(path).inputs[0] ?? z.object({});
  if (!(schema instanceof z.ZodObject)) throw new TypeError(`The input of ${path} is not an object schema.`);
  return schema;
}

/** The output schema of a procedure. */
export function outputSchemaOf(path: RestProcedure): z.ZodType {
  const { output } = definitionOf(path);
  if (!(output instanceof z.ZodType)) throw new TypeError(`${path} has no output schema.`);
  return output;
}

/** tRPC does not type the schemas on a procedure, only what they infer; hence the checks above. */
function definitionOf(path: RestProcedure): ProcedureSchemas['_def'] {
  const procedures = appRouter._def.procedures as unknown as Record<string, ProcedureSchemas | undefined>;
  const definition = procedures[path]?._def;
  if (!definition) throw new TypeError(`There is no procedure ${path}.`);
  return definition;
}
