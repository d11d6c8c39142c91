import { defineConfig } from '../config/config-file.ts';

/** What tokens of the demo may be: enough that every part of the console has something to show. */
export default defineConfig({
  scopes: { read: 'Read the catalogue', write: 'Change products, stores and brands', reports: 'Management figures' },
  defaultScopes: ['read'],
  owners: { team: { maxTokens: 20, requireName: true }, partner: { maxTokens: 3, availableScopes: ['read'] } },
  rules: [
    { endpoint: 'GET,HEAD /*', scopes: ['read'] },
    { endpoint: 'POST,PUT,PATCH,DELETE /*', scopes: ['write'] },
  ],
});
