import { globSync, readFileSync, writeFileSync } from "node:fs";
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

const TESTS = ["src/**/*.test.ts", "src/**/*.test.tsx"];
/** Those that say at their beginning that they need a document. */
const inBrowser = globSync(TESTS, { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(join(import.meta.dirname, file), "utf8").includes("@vitest-environment jsdom"),
);

/** Three entries: the editor, the styles that Django's pages share with it, and those of the operators' pages. Django reads the manifest. */
export default defineConfig({
  base: "/static/builder/",
  plugins: [react(), compress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { editor: "src/app/main.tsx", site: "src/app/site.ts", operators: "src/app/operators.ts" } },
  },
  test: {
    environment: "node",
    pool: "threads",
    // With one worker, which a machine of two cores would get, vitest 4.1 gives all files of a VM pool the same document.
    maxWorkers: 2,
    projects: [
      // A fresh world a file costs four times what these tests do; they keep nothing in it.
      { extends: true, test: { name: "rules", include: TESTS, exclude: inBrowser, isolate: false } },
      { extends: true, test: { name: "pages", include: inBrowser, pool: "vmThreads" } },
    ],
  },
});
