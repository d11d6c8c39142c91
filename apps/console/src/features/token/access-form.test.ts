import { describe, expect, it } from 'vitest';
import { type AccessValues, accessInput, accessSchema, accessValues, patternRow } from './access-form.ts';

const listed = (...texts: string[]): AccessValues => ({ reach: 'listed', patterns: texts.map((text) => patternRow(text)) });
const faults = (values: AccessValues) => (accessSchema.safeParse(values).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('endpoint patterns in a form', () => {
  it('are stored trimmed, without empty rows and repetitions', () => {
    expect(accessInput(listed(' /a ', '', '/b', '/a'))).toEqual({ allowedEndpoints: ['/a', '/b'] });
  });
  it('are nothing where every endpoint is allowed', () => {
    expect(accessInput({ reach: 'every', patterns: [patternRow('/a')] })).toEqual({ allowedEndpoints: null });
  });
  it('that name nothing are refused: stored they would allow everything', () =>
    expect(faults(listed('', ' '))).toEqual(['patterns.0.text']));
  it('are refused in the row that is wrong', () => expect(faults(listed('/a', 'b'))).toEqual(['patterns.1.text']));
  it('are read from a token', () => {
    expect(accessValues({ allowedEndpoints: ['/a'] })).toMatchObject({ reach: 'listed', patterns: [{ text: '/a' }] });
    for (const allowedEndpoints of [null, []]) expect(accessValues({ allowedEndpoints }).reach).toBe('every');
  });
});
