import { expect, test, vi } from "vitest";
import type { SyncedVideo } from "../../src/compare/drift";
import { filmGroup } from "../../src/compare/film_group";

function film(duration: number, changes: Partial<SyncedVideo> = {}): SyncedVideo {
  const play = vi.fn(() => Promise.resolve());
  return { duration, currentTime: 0, paused: true, readyState: 4, playbackRate: 1, error: null, play, pause: vi.fn(), ...changes };
}

test("it is as long as its longest film, and zero while none is known", () => {
  const group = filmGroup(() => 0);
  group.films.add(film(NaN));
  expect(group.length()).toBe(0);
  group.films.add(film(4)).add(film(8));
  expect(group.length()).toBe(8);
});

test("a film that lacks a picture is waited for until patience ends, and anew after it came on", () => {
  let now = 0;
  const group = filmGroup(() => now);
  const slow = film(8, { readyState: 2 });
  group.films.add(slow).add(film(8));
  const waits = (at: number): boolean => ((now = at), group.waits(1, 8));
  expect([waits(0), waits(3999), waits(4000)]).toEqual([true, true, false]);
  Object.assign(slow, { readyState: 4 });
  expect(waits(5000)).toBe(false);
  Object.assign(slow, { readyState: 2 });
  expect(waits(6000)).toBe(true);
  expect(group.drop(slow)).toBe(true);
  expect([waits(6001), group.drop(slow)]).toEqual([false, false]);
});

test("a film that is over is paused, the others are started where all are", () => {
  const group = filmGroup(() => 0);
  const [short, long] = [film(4, { paused: false }), film(8)];
  group.films.add(short).add(long);
  group.follow(6, 1.5);
  expect(short.pause).toHaveBeenCalled();
  expect(long.play).toHaveBeenCalled();
  expect([long.currentTime, long.playbackRate]).toEqual([6, 1.5]);
});
