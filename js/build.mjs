// Bundles every widget into one file: anywidget loads one ESM text per widget, without imports.
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ENTRIES = ["src/widget.ts", "src/widget.css"];
const LIMIT_KB = 40; // gzip, all files: what a notebook page may pay for a widget

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "sora_nb", "static");

const result = await build({
  absWorkingDir: here,
  entryPoints: ENTRIES,
  outdir: out,
  outbase: join(here, "src"),
  bundle: true,
  format: "esm",
  target: "es2020",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
}).catch(() => process.exit(1)); // esbuild has said why

let total = 0;
for (const file of Object.keys(result.metafile.outputs)) {
  const kb = gzipSync(await readFile(join(here, file))).length / 1000;
  total += kb;
  console.log(`${basename(file).padEnd(12)} ${kb.toFixed(1).padStart(6)} kB gzip`);
}
console.log(`${"total".padEnd(12)} ${total.toFixed(1).padStart(6)} kB gzip, limit ${LIMIT_KB} kB`);
if (total > LIMIT_KB) {
  console.error(`The bundle is above ${LIMIT_KB} kB gzip: take something out, or raise the limit with a reason.`);
  process.exit(1);
}
