/** Own habits: made, refused, listed, changed, deleted. */

import type { Api, Habit, Problem } from "../client.js";
import { check, done, got, refused } from "./guide.js";

export async function makeHabits(api: Api): Promise<Habit> {
  const pleasant = got(
    await api.POST("/api/v1/habits", { body: { action: "listen to a song", is_pleasant: true, is_public: true } }),
    201,
  );
  const call = await api.POST("/api/v1/habits", {
    body: {
      action: "stretch",
      time: "07:30",
      place: "the kitchen",
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      related_habit: pleasant.id,
      is_public: true,
    },
  });
  const habit = got(call, 201);
  check(call.response.headers.get("Location")?.endsWith(`/api/v1/habits/${habit.id}`) === true, "Location is its address");
  return habit;
}

// docs: errors
/** What to show beside each field of a form, and above it under "". */
export function messages(problem: Problem): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { field, message } of problem.errors) {
    found.set(field ?? "", [...(found.get(field ?? "") ?? []), message]);
  }
  return found;
}
// end docs

export async function beRefused(api: Api): Promise<void> {
  const run = { action: "run", time: "07:30", place: "here" };
  // @ts-expect-error it has no prize, so it does not compile, nor does the service take it
  refused(await api.POST("/api/v1/habits", { body: run }), 422);
  const body = { action: "run", time: "07:30", place: " ", reward: "tea", duration: 500, every_days: 9 };
  const shown = messages(refused(await api.POST("/api/v1/habits", { body }), 422));
  check(["duration", "every_days", "place"].every((field) => shown.has(field)), "all wrong fields at once");
  const inRussian = await api.POST("/api/v1/habits", { body, headers: { "Accept-Language": "ru" } });
  check(/[а-я]/.test(messages(refused(inRussian, 422)).get("place")?.[0] ?? ""), "told in Russian");
}

export async function readAllPages(api: Api): Promise<void> {
  for (let number = 0; number < 5; number += 1) {
    got(await api.POST("/api/v1/habits", { body: { action: `hum tune ${number}`, is_pleasant: true } }), 201);
  }
  // docs: numbered pages
  const habits: Habit[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await api.GET("/api/v1/habits", { params: { query: { page, is_pleasant: true } } });
    habits.push(...(data?.results ?? []));
    if (!data?.next) break;
  }
  // end docs
  check(habits.length === 6, "two pages hold six pleasant habits");
  const found = got(await api.GET("/api/v1/habits", { params: { query: { search: "TUNE 3" } } }));
  check(found.count === 1, "search finds the one");
}

export async function deleteHabit(api: Api, habit: Habit): Promise<void> {
  const prize = { params: { path: { habit_id: habit.related_habit ?? 0 } } };
  refused(await api.DELETE("/api/v1/habits/{habit_id}", prize), 409);
  const own = { params: { path: { habit_id: habit.id } } };
  done(await api.DELETE("/api/v1/habits/{habit_id}", own));
  refused(await api.GET("/api/v1/habits/{habit_id}", own), 404);
}
