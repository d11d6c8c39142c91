import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:3010';
const toServer = { target: server, changeOrigin: false };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: {
    port: 5173,
    strictPort: true,
    // The Host header stays localhost:5173, so that the server's origin check compares like with like.
    proxy: { '/api/': toServer, '/trpc': toServer, '/openapi.json': toServer, '/healthz': toServer },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The CSP allows neither data: scripts nor inline ones; fonts and images stay files that can be cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'charts',
              test: /node_modules[\\/](recharts|d3-|victory-vendor|@reduxjs|react-redux|immer|reselect|decimal\.js-light|es-toolkit)/,
            },
            { name: 'framework', test: /node_modules[\\/](react|react-dom|scheduler|@tanstack|@trpc|zod)[\\/]/ },
            { name: 'mantine', test: /node_modules[\\/]@mantine[\\/]/ },
          ],
        },
      },
    },
  },
});
