// What the environment changes holds with LATCHKEY_THREADS=2 as well. A file of its own, so that it can run beside the other one.
import { setSceneDefaults } from './testing/open-scene.ts';

setSceneDefaults({ LATCHKEY_THREADS: '2' });
await import('./starting.integration.test.ts');
