// What the contract says holds with LATCHKEY_THREADS=2 as well: the same tests, over servers with two threads.
import { setSceneDefaults } from './testing/open-scene.ts';

setSceneDefaults({ LATCHKEY_THREADS: '2' });
await import('./public-api.integration.test.ts');
await import('./limits.integration.test.ts');
await import('./strict-front.integration.test.ts');
