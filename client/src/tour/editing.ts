/** Two tabs with the same habit open. */

import type { components } from "../schema.js";
import type { Api, Habit } from "../client.js";
import { check, got } from "./guide.js";

type HabitPatch = components["schemas"]["HabitPatch"];

// docs: editing
/** Saves what a form holds, but where the habit has changed since the form was opened with the entity tag `opened`. */
export async function save(api: Api, habit_id: number, opened: string, body: HabitPatch): Promise<Habit | "changed"> {
  const params = { path: { habit_id }, header: { "If-Match": opened } };
  const { data, error, response } = await api.PATCH("/api/v1/habits/{habit_id}", { params, body });
  if (response.status === 412) return "changed"; // nothing was saved: show what it is now, and let the person decide
  if (!data) throw new Error(error.detail);
  return data;
}
// end docs

export async function editInTwoTabs(api: Api, { id: habit_id }: Habit): Promise<void> {
  const opened = await api.GET("/api/v1/habits/{habit_id}", { params: { path: { habit_id } } });
  const version = opened.response.headers.get("ETag");
  check(version !== null, "ETag names the version");
  const saved = await save(api, habit_id, version, { duration: 90 });
  check(saved !== "changed" && saved.duration === 90, "the first tab has saved");
  check((await save(api, habit_id, version, { duration: 30 })) === "changed", "the second one is told");
  const kept = got(await api.GET("/api/v1/habits/{habit_id}", { params: { path: { habit_id } } }));
  check(kept.duration === 90, "nothing is lost");
}
