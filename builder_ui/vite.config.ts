import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Writes each file once more, compressed; the web server hands that one to browsers that take it. */
function compress(): Plugin {
  return {
    name: "compress",
    apply: "build",
    writeBundle: (options, bundle) => {
      for (const file of Object.keys(bundle)) {
        const path = join(options.dir ?? "dist", file);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

/** Two entries: the editor, and the styles that Django's pages share with it. Django reads the manifest. */
export default defineConfig({
  base: "/static/builder/",
  plugins: [react(), compress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { editor: "src/app/main.tsx", site: "src/app/site.ts" } },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
