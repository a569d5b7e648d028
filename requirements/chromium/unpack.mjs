// Unpacks npm's Chromium, with the libraries and fonts packed with it, and writes a program that
// starts it: `node unpack.mjs FOLDER` makes FOLDER/chromium.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folder = resolve(process.argv[2]);
const unpacked = join(folder, "unpacked");
await rm(unpacked, { recursive: true, force: true });
await mkdir(unpacked, { recursive: true });

process.env.TMPDIR = unpacked; // the package unpacks into the folder for temporary files
const { inflate } = await import("@sparticuz/chromium");
const bin = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..", "bin");
const archives = ["chromium.br", "al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"];
await Promise.all(archives.map((name) => inflate(join(bin, name))));

// Its own fonts.conf looks in fixed places outside FOLDER; the machine's fonts come first.
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${join(unpacked, "fonts")}</dir>
  <cachedir>${join(unpacked, "fonts-cache")}</cachedir>
</fontconfig>
`;
await writeFile(join(unpacked, "fonts", "fonts.conf"), fonts);

const program = `#!/bin/sh
here="$(dirname "$(readlink -f "$0")")/unpacked"
export FONTCONFIG_PATH="$here/fonts"
export LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$here/chromium" "$@"
`;
await writeFile(join(folder, "chromium"), program, { mode: 0o755 });
