import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  plugins: [react()],
  server: { port: 5173, strictPort: true, proxy: proxyTo(`http://127.0.0.1:${loadEnv(mode, import.meta.dirname, 'PORT').PORT ?? '3010'}`) },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The CSP allows neither data: scripts nor inline ones; fonts and images stay files that can be cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { main: path.join(import.meta.dirname, 'index.html'), portal: path.join(import.meta.dirname, 'portal.html') },
      output: {
        codeSplitting: {
          groups: [
            // Before all others, and by itself: the page of the self-service portal needs nothing else.
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 1 },
            {
              name: 'charts',
              test: /node_modules[\\/](recharts|d3-|victory-vendor|@reduxjs|react-redux|immer|reselect|decimal\.js-light|es-toolkit)/,
            },
            { name: 'framework', test: /node_modules[\\/](@tanstack|@trpc|zod)[\\/]/ },
            { name: 'mantine', test: /node_modules[\\/]@mantine[\\/]/ },
          ],
        },
      },
    },
  },
}));

/** The Host header stays that of the page, so that the server's origin check compares like with like. */
function proxyTo(target: string) {
  const toServer = { target, changeOrigin: false };
  return { '/api/': toServer, '/trpc': toServer, '/openapi.json': toServer, '/healthz': toServer };
}
