/** The chat: linked by a deep link, asked by name, good for signing in, and parted from. */

import { inMemory } from "../client.js";
import type { Person } from "./account.js";
import { nextReminder } from "./check_ins.js";
import { check, done, got, type Guide, refused } from "./guide.js";

export async function link(guide: Guide, { api }: Person, habitId: number): Promise<void> {
  const { url } = got(await api.POST("/api/v1/telegram/link"), 201);
  await guide.ask(`Follow ${url}, press Start, then Enter here:`);
  const state = got(await api.GET("/api/v1/telegram"));
  check(state.linked && state.status === "linked", "Start has linked the chat");
  const habit = got(await api.GET("/api/v1/habits/{habit_id}", { params: { path: { habit_id: habitId } } }));
  check(nextReminder(habit, "Europe/Berlin", "en-GB")?.endsWith("07:30") === true, "a reminder is to come at 07:30 there");
}

export async function signInByCode(guide: Guide, person: Person): Promise<void> {
  const store = inMemory();
  const api = guide.visit(store);
  // docs: telegram
  const code = await guide.ask("Write /login to the bot. The code that it answers with:");
  const { data: tokens, error } = await api.POST("/api/v1/telegram/login", { body: { code } });
  if (tokens) store.write(tokens);
  // end docs
  check(error === undefined, "the code is good once");
  refused(await api.POST("/api/v1/telegram/login", { body: { code } }), 422);
  const same = [got(await api.GET("/api/v1/me")), got(await person.api.GET("/api/v1/me"))];
  check(same[0]?.id === same[1]?.id, "it signs in the person of the chat");
}

export async function part({ api }: Person): Promise<void> {
  done(await api.DELETE("/api/v1/telegram"));
  check(got(await api.GET("/api/v1/telegram")).status === "none", "nothing is linked any more");
}

/** The other way to link, by the name in the profile; tests of the bot see what it asks. */
export async function askByName({ api }: Person): Promise<void> {
  const { id } = got(await api.PATCH("/api/v1/me", { body: { telegram_username: "@alice_in_w" } }));
  const pk = { params: { path: { pk: id } } };
  got(await api.GET("/user/get_chat_id/{pk}", pk));
  got(await api.GET("/user/get_chat_id/{pk}/", pk));
}
