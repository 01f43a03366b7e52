/** What others share: read without signing in, taken over and reported by somebody else than its owner. */

import { type Api, type Habit, inMemory } from "../client.js";
import { check, done, got, type Guide, refused } from "./guide.js";

export async function readTheFeed(guide: Guide, habit: Habit): Promise<void> {
  const api = guide.visit(inMemory());
  // docs: keyset pages
  async function page(address: string | null) {
    const cursor = address && new URL(address, guide.service).searchParams.get("cursor");
    return (await api.GET("/api/v1/habits/public", { params: { query: cursor ? { cursor } : {} } })).data;
  }

  const newest = await page(null);
  const older = newest?.next ? await page(newest.next) : undefined;
  // end docs
  check(newest?.results[0]?.id === habit.id, "the newest comes first");
  check(older === undefined, "there is no more than a page");
  const shown = got(await api.GET("/api/v1/habits/public/{habit_id}", { params: { path: { habit_id: habit.id } } }));
  check(shown.owner.display_name === "Alice" && shown.sentence === habit.sentence, "it tells whose it is");
}

export async function takeOver(api: Api, { id: habit_id }: Habit): Promise<void> {
  const path = { habit_id };
  const copy = got(await api.POST("/api/v1/habits/public/{habit_id}/copy", { params: { path } }), 201);
  check(!copy.is_public && copy.related_habit !== null, "a private copy, with its prize");
  const body = { reward: "a cup of tea" };
  const other = got(await api.POST("/api/v1/habits/public/{habit_id}/copy", { params: { path }, body }), 201);
  check(other.reward === body.reward, "or with another prize");
  const report = { params: { path }, body: { reason: "an advertisement" } };
  done(await api.POST("/api/v1/habits/public/{habit_id}/report", report));
  const nowhere = { params: { path: { habit_id: 2 ** 40 } }, body: { reason: "an advertisement" } };
  refused(await api.POST("/api/v1/habits/public/{habit_id}/report", nowhere), 404);
}
