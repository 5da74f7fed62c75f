import { defineConfig } from "vite";

// The demo page's own script: a host of the components, so in a file of its own.
export default defineConfig({
  publicDir: false,
  build: {
    lib: { entry: "src/demo/demo.ts", formats: ["es"], fileName: () => "demo.js" },
    outDir: "../static",
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
  },
});
