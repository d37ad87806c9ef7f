import { describe, expect, it } from 'vitest';
import { formParameterInQuery } from '../../src/protocol/leaked-parameter.js';

describe('formParameterInQuery', () => {
  it.each([
    ['', undefined],
    ['utm=x', undefined],
    ['x=password', undefined],
    ['my_password=1', undefined],
    ['password=1', 'password'],
    ['password', 'password'],
    ['pass%77ord=1', 'password'],
    ['x=1&username[a]=1', 'username'],
    ['%ff=1&scope=a', 'scope'],
    ['%zz&code=1', 'code'],
    ['token=x', 'token'],
    ['token_type_hint=x', 'token_type_hint'],
  ])('finds in %j: %s', (query, found) => {
    expect(formParameterInQuery(query)).toBe(found);
  });
});
