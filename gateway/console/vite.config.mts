import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));

// Beside each file a compressed one; the gateway gives it to those who take it.
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir }) {
      for (const folder of [dir!, join(dir!, 'assets')]) {
        for (const name of readdirSync(folder)) {
          if (!/\.(js|css|html|svg)$/.test(name)) continue;
          const path = join(folder, name);
          writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        }
      }
    },
  };
}

// `vite` alone serves the sources with reload, for work on the console; calls go to a gateway that runs already.
export default defineConfig({
  root: here,
  base: '/console/',
  cacheDir: resolve(here, '../../.cache/vite'),
  plugins: [compressed()],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  server: { proxy: { '/v1': process.env.CLIENTELE_GATEWAY ?? 'http://127.0.0.1:8080' } },
  build: {
    target: 'es2022',
    emptyOutDir: true,
    assetsInlineLimit: 0, // The content security policy knows no data: addresses.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700, // The charts, loaded when the first one is shown.
    rollupOptions: { output: { manualChunks: (id) => (/node_modules\/(echarts|zrender)\//.test(id) ? 'charts' : undefined) } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
