// How the pages are built: into web/pages, which the Python side serves.
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

const server = process.env.YINGDA_SERVER ?? 'http://127.0.0.1:8080'
const passed = { target: server, ws: true }

export default defineConfig({
  plugins: [vue(), Components({ dts: 'src/components.d.ts', dirs: [], resolvers: [ElementPlusResolver()] })],
  build: { outDir: '../pages', emptyOutDir: true, chunkSizeWarningLimit: 700, target: 'es2022' },
  server: { host: '127.0.0.1', proxy: { '/api': passed, '/sip': passed } },
  preview: { host: '127.0.0.1', proxy: { '/api': passed, '/sip': passed } },
})
