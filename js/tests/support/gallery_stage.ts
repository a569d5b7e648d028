/** Fixtures of galleries, and a kernel that answers for their cards. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Card } from "../../src/protocol/card";
import type { GallerySnapshot } from "../../src/protocol/gallery";
import { card } from "./stage";

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "gallery");

export const galleryNames = readdirSync(FIXTURES).map((file) => file.replace(/\.json$/, ""));

export function gallery(name: string): GallerySnapshot {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), "utf8")) as GallerySnapshot;
}

/** What Python answers when that card is looked at. */
export function answer(key: string, name = "ready", changes: Partial<Card> = {}): { kind: "card"; number: number; card: Card; at: number } {
  return { kind: "card", number: 1, card: card(name, { key, ...changes }), at: Date.now() / 1000 };
}
