/** What is not for people: the signs of life, what sign-in offers, and Telegram's own entrance. */

import { inMemory } from "../client.js";
import { check, got, type Guide, refused } from "./guide.js";

export async function lookAround(guide: Guide): Promise<void> {
  const api = guide.visit(inMemory());
  check(got(await api.GET("/healthz")).status === "alive", "it is alive");
  check(got(await api.GET("/readyz")).missing.length === 0, "nothing is missing");
  got(await api.GET("/api/auth/app/v1/config"));
  const headers = { "X-Telegram-Bot-Api-Secret-Token": "a guess" };
  refused(await api.POST("/api/v1/telegram/webhook", { headers, body: { update_id: 1 } }), 401);
}
