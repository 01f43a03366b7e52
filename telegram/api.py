"""Linking one's chat: its state, the deep link, and the parting; signing in by a code that the bot gave."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Router, Status

from accounts.signed_in import person_of
from accounts.tokens import Tokens
from contract.described import LOCATION, headers
from contract.errors import RuleBroken
from contract.throttle import RequestsAMinute, WrongGuesses
from telegram import linking, logins, queries
from telegram.background import background
from telegram.schemas import DeepLinkOut, LinkOut, LoginIn, TokensOut

router = Router(tags=["Telegram"])
login_rate = RequestsAMinute("telegram_login", settings.LOGINS_A_MINUTE)
wrong_codes = WrongGuesses("telegram_login", settings.WRONG_LOGIN_CODES_A_MINUTE)


@router.get("/telegram", response=LinkOut, summary="Show the link to Telegram", operation_id="showTelegramLink")
def show_link(request: HttpRequest) -> queries.LinkState:
    """Whether reminders reach a chat of yours, and how it stands with linking one."""
    return queries.link_state(person=person_of(request))


@router.delete(
    "/telegram", response={204: None}, summary="Unlink your Telegram chat", operation_id="deleteTelegramLink"
)
def delete_link(request: HttpRequest) -> None:
    """Reminders stop, and deep links that were not used yet are void. Harmless where nothing is linked."""
    linking.unlink(person=person_of(request), now=now())


@router.post(
    "/telegram/link",
    response={201: DeepLinkOut},
    summary="Get a deep link to the bot",
    operation_id="createTelegramLink",
    openapi_extra=headers(201, LOCATION),
)
def create_link(request: HttpRequest, response: HttpResponse) -> Status[DeepLinkOut]:
    """A link that works once, for ten minutes: opened in Telegram, it binds that chat to you.

    503 where no bot is configured on this server, or Telegram does not answer just now.
    """
    bot = background.bot_username()
    ticket = linking.create_link_token(person=person_of(request), now=now())
    link = DeepLinkOut(url=f"https://t.me/{bot}?start={ticket.token}", expires_at=ticket.expires_at)
    response["Location"] = link.url
    return Status(201, link)


@router.post(
    "/telegram/login",
    response=TokensOut,
    auth=None,
    throttle=[login_rate],
    summary="Sign in by a code from the bot",
    operation_id="signInByTelegram",
)
def login(request: HttpRequest, response: HttpResponse, body: LoginIn) -> Tokens:
    """The bot's /login shows a code, for people whose chat is linked or who began in the bot. It works once, for five
    minutes. 422 for any other, whatever is wrong with it. Rate-limited by address, and wrong guesses of all together.
    """
    wrong_codes.refuse_more()
    try:
        tokens = logins.sign_in_by_code(code=body.code, now=now())
    except RuleBroken:
        wrong_codes.count()
        raise
    response["Cache-Control"] = "no-store"
    return tokens
