import { defineConfig } from "vitest/config";

// One self-contained module that Python serves as it is: no hashes in names, nothing beside it.
export default defineConfig({
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "aufgabenchat.js" },
    outDir: "../static",
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
    rolldownOptions: { output: { minify: true } },
  },
  test: { include: ["src/**/*.test.ts"] },
});
