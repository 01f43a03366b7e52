/** Answers by date on the person's own clock, and what grows from them. */

import type { Api, Habit } from "../client.js";
import { check, done, got } from "./guide.js";

// docs: today
/** The date on the person's clock, as YYYY-MM-DD: their zone is in the profile, the browser's may be another. */
export function today(timeZone: string, now = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(now);
}

/** When the next reminder comes, for people: by the clock that it goes by. */
export function nextReminder(habit: Habit, timeZone: string, locale: string): string | undefined {
  if (!habit.next_reminder_at) return undefined;
  const format = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "medium", timeStyle: "short" });
  return format.format(new Date(habit.next_reminder_at));
}
// end docs

export async function answer(api: Api, { id: habit_id }: Habit): Promise<void> {
  const { timezone } = got(await api.GET("/api/v1/me"));
  const date = today(timezone);
  const path = { habit_id, date };
  const body = { status: "done", note: "Two laps, in the rain." } as const;
  got(await api.PUT("/api/v1/habits/{habit_id}/check-ins/{date}", { params: { path }, body }), 201);
  got(await api.PUT("/api/v1/habits/{habit_id}/check-ins/{date}", { params: { path }, body: { status: "skipped" } }));
  const days = { path: { habit_id }, query: { from: date, to: date } };
  const { results } = got(await api.GET("/api/v1/habits/{habit_id}/check-ins", { params: days }));
  check(results.length === 1 && results[0]?.status === "skipped" && results[0].note === body.note, "one answer a date");
  const stats = got(await api.GET("/api/v1/habits/{habit_id}/stats", { params: { path: { habit_id } } }));
  check(stats.skipped === 1 && stats.missed === 0, "it counts");
  done(await api.DELETE("/api/v1/habits/{habit_id}/check-ins/{date}", { params: { path } }));
}
