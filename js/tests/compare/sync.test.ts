// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SyncedVideo } from "../../src/compare/drift";
import { playbackSync, type PlaybackSync } from "../../src/compare/sync";

/** A film that plays by the test's own time, `lag` seconds a second slower than it should. */
class FakeFilm {
  time = 0;
  paused = true;
  readyState = 4;
  playbackRate = 1;
  muted = false;
  error: MediaError | null = null;
  seeks: number[] = [];
  refuses: DOMException | null = null;
  constructor(readonly duration: number, readonly lag = 0) {}
  get currentTime(): number {
    return this.time;
  }
  set currentTime(to: number) {
    this.seeks.push(to);
    this.time = to;
  }
  play(): Promise<void> {
    if (this.refuses) return Promise.reject(this.refuses);
    this.paused = false;
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
  }
  pass(seconds: number): void {
    if (!this.paused) this.time = Math.min(this.duration, this.time + seconds * (this.playbackRate - this.lag));
  }
}

let now = 0;
let life: AbortController;
let all: PlaybackSync;
let films: FakeFilm[];

function open(...given: FakeFilm[]): HTMLVideoElement {
  films = given;
  all = playbackSync(() => now, 8, life.signal);
  for (const film of films) all.add(film as unknown as SyncedVideo);
  return all.master;
}

/** Lets time pass in frames of 20 ms. */
function pass(seconds: number): void {
  for (let left = Math.round(seconds * 50); left > 0; left -= 1) {
    now += 20;
    for (const film of films) film.pass(0.02);
    all.beat();
  }
}

const times = (): number[] => films.map(({ time }) => Math.round(time * 100) / 100);

beforeEach(() => {
  vi.stubGlobal("requestAnimationFrame", () => 0);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
  now = 1000;
  life = new AbortController();
});
afterEach(() => {
  life.abort();
  vi.unstubAllGlobals();
});

test("all films play, pause and seek as one", () => {
  const master = open(new FakeFilm(8), new FakeFilm(8), new FakeFilm(8));
  expect([master.paused, master.duration]).toEqual([true, 8]);
  void master.play();
  pass(2);
  expect(master.paused).toBe(false);
  for (const time of times()) expect(time).toBeCloseTo(2, 1);
  master.pause();
  expect(films.every((film) => film.paused)).toBe(true);
  expect(new Set(times()).size).toBe(1);
  master.currentTime = 5;
  expect(times()).toEqual([5, 5, 5]);
  pass(1);
  expect(times()).toEqual([5, 5, 5]);
});

test("a film that runs slow is hurried without a jump, one that is far behind jumps", () => {
  const master = open(new FakeFilm(8), new FakeFilm(8, 0.05));
  void master.play();
  const seeks = films[1]?.seeks.length;
  pass(5);
  expect(films[1]?.seeks.length).toBe(seeks);
  expect(Math.abs((films[1]?.time ?? 0) - master.currentTime)).toBeLessThan(0.1);
  if (films[1]) films[1].time -= 1;
  pass(0.04);
  expect(Math.abs((films[1]?.time ?? 0) - master.currentTime)).toBeLessThan(0.1);
});

test("a shorter film holds its last picture until all begin again", () => {
  const master = open(new FakeFilm(4), new FakeFilm(8));
  void master.play();
  pass(6);
  expect(films[0]?.paused).toBe(true);
  expect(times()[0]).toBeCloseTo(4, 1);
  expect(times()[1]).toBeCloseTo(6, 1);
  master.loop = true;
  pass(3);
  expect(master.ended).toBe(false);
  expect(times()[0]).toBeCloseTo(times()[1] ?? -1, 1);
  expect(films[0]?.paused).toBe(false);
});

test("the end is told once, and playing again begins at the beginning", () => {
  const master = open(new FakeFilm(8), new FakeFilm(4));
  const heard: string[] = [];
  for (const name of ["play", "pause", "ended"]) master.addEventListener(name, () => heard.push(name));
  void master.play();
  pass(9);
  expect(heard).toEqual(["play", "pause", "ended"]);
  expect([master.ended, master.paused, master.currentTime]).toEqual([true, true, 8]);
  void master.play();
  pass(0.5);
  expect(master.currentTime).toBeCloseTo(0.5, 1);
});

test("speed holds for all and does not move the place", () => {
  const master = open(new FakeFilm(8), new FakeFilm(8));
  void master.play();
  pass(1);
  const before = master.currentTime;
  master.playbackRate = 0.5;
  expect(master.currentTime).toBeCloseTo(before, 5);
  pass(2);
  expect(master.currentTime).toBeCloseTo(2, 1);
  expect(films.map(({ playbackRate }) => Math.abs(playbackRate - 0.5) < 0.05)).toEqual([true, true]);
});

test("all wait for a film whose pictures have not come, but not for ever", () => {
  const master = open(new FakeFilm(8), new FakeFilm(8));
  void master.play();
  pass(1);
  if (films[1]) films[1].readyState = 2;
  pass(2);
  expect(master.currentTime).toBeCloseTo(1, 1);
  expect([master.paused, films[0]?.paused]).toEqual([false, true]);
  if (films[1]) films[1].readyState = 4;
  pass(1);
  expect(master.currentTime).toBeCloseTo(2, 1);
  if (films[1]) films[1].readyState = 2;
  pass(6);
  expect(master.currentTime).toBeGreaterThan(3);
});

test("nobody waits for a film that was left out", () => {
  const master = open(new FakeFilm(4), new FakeFilm(8));
  void master.play();
  pass(1);
  if (films[1]) films[1].readyState = 0;
  all.drop(films[1] as unknown as SyncedVideo);
  expect(master.duration).toBe(4);
  pass(1);
  expect(master.currentTime).toBeCloseTo(2, 1);
});

test("where sound is not allowed the film plays without it", async () => {
  const film = new FakeFilm(8);
  film.refuses = new DOMException("no gesture", "NotAllowedError");
  const master = open(film);
  void master.play();
  await Promise.resolve();
  await Promise.resolve();
  expect(film.muted).toBe(true);
});

test("a film that comes later joins where the others are", () => {
  const master = open(new FakeFilm(8));
  void master.play();
  pass(3);
  const late = new FakeFilm(8);
  films.push(late);
  all.add(late as unknown as SyncedVideo);
  expect(late.time).toBeCloseTo(3, 1);
  pass(0.1);
  expect(late.paused).toBe(false);
});

test("everything stands still once its life has ended", () => {
  const master = open(new FakeFilm(8));
  void master.play();
  life.abort();
  expect([master.paused, films[0]?.paused]).toEqual([true, true]);
});
