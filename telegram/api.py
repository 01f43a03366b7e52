"""Linking one's chat: its state, the deep link, and the parting."""

from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router, Status

from accounts.signed_in import person_of
from telegram import linking, queries
from telegram.background import background
from telegram.schemas import DeepLinkOut, LinkOut

router = Router(tags=["Telegram"])


@router.get("/telegram", response=LinkOut, summary="Show the link to Telegram", operation_id="show_telegram_link")
def show_link(request: HttpRequest) -> queries.LinkState:
    return queries.link_state(person=person_of(request))


@router.delete(
    "/telegram", response={204: None}, summary="Unlink your Telegram chat", operation_id="delete_telegram_link"
)
def delete_link(request: HttpRequest) -> None:
    """Reminders stop, and deep links that were not used yet are void. Harmless where nothing is linked."""
    linking.unlink(person=person_of(request), now=now())


@router.post(
    "/telegram/link", response={201: DeepLinkOut}, summary="Get a deep link to the bot", operation_id="telegram_link"
)
def create_link(request: HttpRequest) -> Status[DeepLinkOut]:
    """A link that works once, for ten minutes: opened in Telegram, it binds that chat to you.

    503 where no bot is configured on this server, or Telegram does not answer just now.
    """
    bot = background.bot_username()
    ticket = linking.create_link_token(person=person_of(request), now=now())
    return Status(201, DeepLinkOut(url=f"https://t.me/{bot}?start={ticket.token}", expires_at=ticket.expires_at))
