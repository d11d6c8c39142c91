import { OPERATION_ERRORS, type OperationErrorCode } from '@latchkey/core';
import { z } from 'zod';

const detailSchema = z.object({ path: z.string(), message: z.string() });

/** The error body of each code, as the REST sends it. */
export const ERROR_SCHEMAS = Object.fromEntries(
  (Object.keys(OPERATION_ERRORS) as OperationErrorCode[]).map((code) => [code, createErrorSchema(code)]),
) as Record<OperationErrorCode, z.ZodObject>;

function createErrorSchema(code: OperationErrorCode): z.ZodObject {
  const body = z.object({
    error: z.literal(OPERATION_ERRORS[code].error),
    code: z.literal(code),
    message: z.string().meta({ description: 'What is wrong and what to change.' }),
    request_id: z.string(),
  });
  const schema = code === 'VALIDATION_ERROR' ? body.extend({ details: z.array(detailSchema) }) : body;
  return schema.meta({ id: `${pascalCase(code)}Body` });
}

/** `NOT_FOUND` → `NotFound`. */
function pascalCase(code: string): string {
  return code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
