"""Which time zone people mean: an IANA name, a city in English or Russian, or an offset from UTC."""

import re
from functools import cache
from importlib import resources
from typing import Final

from accounts.rules import time_zones

MOST: Final = 8  # candidates worth showing

# Cities whose zone bears another city's name, and what Russian speakers call the places they live in.
CITIES: Final = {
    "Europe/Kaliningrad": "калининград",
    "Europe/Moscow": "москва, мск, санкт-петербург, петербург, питер, спб, казань, нижний новгород, ростов-на-дону, "
    "ростов, краснодар, сочи, воронеж, ярославль, тула, рязань, махачкала, saint petersburg, st petersburg, "
    "st. petersburg, kazan",
    "Europe/Simferopol": "симферополь, севастополь, ялта",
    "Europe/Samara": "самара, тольятти, ижевск",
    "Europe/Saratov": "саратов",
    "Europe/Ulyanovsk": "ульяновск",
    "Europe/Volgograd": "волгоград",
    "Europe/Astrakhan": "астрахань",
    "Asia/Yekaterinburg": "екатеринбург, екб, челябинск, пермь, уфа, тюмень, оренбург, сургут, курган, магнитогорск, "
    "perm, ufa",
    "Asia/Omsk": "омск",
    "Asia/Novosibirsk": "новосибирск, нск",
    "Asia/Barnaul": "барнаул",
    "Asia/Tomsk": "томск",
    "Asia/Novokuznetsk": "новокузнецк, кемерово",
    "Asia/Krasnoyarsk": "красноярск, абакан, норильск",
    "Asia/Irkutsk": "иркутск, улан-удэ, братск",
    "Asia/Chita": "чита",
    "Asia/Yakutsk": "якутск, благовещенск",
    "Asia/Vladivostok": "владивосток, хабаровск, khabarovsk",
    "Asia/Magadan": "магадан",
    "Asia/Sakhalin": "сахалин, южно-сахалинск",
    "Asia/Kamchatka": "камчатка, петропавловск-камчатский",
    "Asia/Anadyr": "анадырь",
    "Europe/Minsk": "минск, гомель, брест",
    "Europe/Kyiv": "киев, київ, харьков, одесса, львов, днепр, kiev, odesa, lviv",
    "Europe/Chisinau": "кишинёв",
    "Asia/Almaty": "алматы, алма-ата, астана, караганда, шымкент, astana",
    "Asia/Tashkent": "ташкент",
    "Asia/Samarkand": "самарканд, бухара",
    "Asia/Bishkek": "бишкек",
    "Asia/Dushanbe": "душанбе",
    "Asia/Ashgabat": "ашхабад",
    "Asia/Tbilisi": "тбилиси, батуми, batumi",
    "Asia/Yerevan": "ереван",
    "Asia/Baku": "баку",
    "Europe/Riga": "рига",
    "Europe/Vilnius": "вильнюс",
    "Europe/Tallinn": "таллин",
    "Europe/Warsaw": "варшава, краков, krakow, gdansk, wroclaw",
    "Europe/Prague": "прага",
    "Europe/Berlin": "берлин, мюнхен, гамбург, франкфурт, кёльн, munich, hamburg, frankfurt, cologne",
    "Europe/Paris": "париж, lyon, marseille",
    "Europe/London": "лондон, manchester, edinburgh",
    "Europe/Lisbon": "лиссабон, porto",
    "Europe/Madrid": "мадрид, барселона, валенсия, barcelona, valencia",
    "Europe/Rome": "рим, милан, milan, florence, naples",
    "Europe/Vienna": "вена",
    "Europe/Zurich": "цюрих, женева, geneva",
    "Europe/Amsterdam": "амстердам, rotterdam, the hague",
    "Europe/Helsinki": "хельсинки",
    "Europe/Stockholm": "стокгольм, gothenburg",
    "Europe/Belgrade": "белград, нови-сад, novi sad",
    "Europe/Podgorica": "подгорица, будва, черногория",
    "Europe/Sofia": "софия, варна",
    "Europe/Budapest": "будапешт",
    "Europe/Athens": "афины",
    "Europe/Istanbul": "стамбул, анталья, анкара, antalya, ankara",
    "Asia/Nicosia": "никосия, кипр, лимасол, limassol",
    "Asia/Jerusalem": "тель-авив, иерусалим, хайфа, израиль, tel aviv, haifa",
    "Asia/Dubai": "дубай, abu dhabi",
    "Asia/Bangkok": "бангкок, пхукет, паттайя, phuket",
    "Asia/Makassar": "бали, bali, denpasar",
    "Asia/Ho_Chi_Minh": "хошимин, нячанг, вьетнам, saigon, hanoi",
    "Asia/Kolkata": "дели, гоа, мумбаи, delhi, new delhi, mumbai, bangalore, chennai, hyderabad",
    "Asia/Shanghai": "пекин, шанхай, китай, beijing, shenzhen, guangzhou",
    "Asia/Tokyo": "токио, osaka, kyoto",
    "Asia/Seoul": "сеул",
    "Asia/Singapore": "сингапур",
    "America/New_York": "нью-йорк, майами, бостон, washington, boston, miami, atlanta, philadelphia",
    "America/Chicago": "чикаго, houston, dallas, austin",
    "America/Denver": "денвер, salt lake city",
    "America/Los_Angeles": "лос-анджелес, сан-франциско, сиэтл, san francisco, seattle, las vegas, san diego, portland",
    "America/Toronto": "торонто, монреаль, ottawa, montreal",
    "America/Vancouver": "ванкувер",
    "America/Argentina/Buenos_Aires": "буэнос-айрес",
    "America/Sao_Paulo": "сан-паулу, rio de janeiro, rio",
    "Australia/Sydney": "сидней, canberra",
}

# Zones on an offset that is no whole hour, by minutes east of UTC.
ODD_OFFSETS: Final = {
    -570: "Pacific/Marquesas",
    -210: "America/St_Johns",
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
    630: "Australia/Lord_Howe",
    765: "Pacific/Chatham",
}

# What the bot offers at once, by language: from west to east.
OFFERED: Final = {
    "en": [
        "America/Los_Angeles",
        "America/Denver",
        "America/Chicago",
        "America/New_York",
        "Europe/London",
        "Europe/Berlin",
        "Europe/Istanbul",
        "Asia/Dubai",
        "Asia/Kolkata",
        "Asia/Singapore",
        "Asia/Tokyo",
        "Australia/Sydney",
    ],
    "ru": [
        "Europe/Berlin",
        "Europe/Kaliningrad",
        "Europe/Moscow",
        "Europe/Samara",
        "Asia/Tbilisi",
        "Asia/Yekaterinburg",
        "Asia/Almaty",
        "Asia/Omsk",
        "Asia/Novosibirsk",
        "Asia/Irkutsk",
        "Asia/Yakutsk",
        "Asia/Vladivostok",
    ],
}

OFFSET: Final = re.compile(r"(?:utc|gmt|мск)?([+−-])([0-9]{1,2})(?::?([0-9]{2}))?")


def understand(text: str) -> list[str]:
    """The IANA zones that the text may mean, the best first; none where it means none."""
    words = " ".join(text.replace("_", " ").casefold().replace("ё", "е").split()).strip(" .!,")
    if not words or len(words) > 64:
        return []
    if offset := OFFSET.fullmatch(words.replace(" ", "")):
        return zone_of_offset(offset, from_moscow=words.startswith("мск"))
    if words in {"utc", "gmt"}:
        return ["UTC"]
    named = time_zones().get(words.replace(" ", "_")) if "/" in words else None
    return [named] if named else by_city().get(words, [])[:MOST]


def zone_of_offset(offset: re.Match[str], *, from_moscow: bool) -> list[str]:
    minutes = int(offset[2]) * 60 + int(offset[3] or 0)
    minutes = (minutes if offset[1] == "+" else -minutes) + (180 if from_moscow else 0)
    if minutes in ODD_OFFSETS:
        return [ODD_OFFSETS[minutes]]
    hours, rest = divmod(minutes, 60)
    if rest or not -12 <= hours <= 14:
        return []
    # POSIX counts west of Greenwich as positive, so the signs look wrong and are right.
    return ["UTC"] if hours == 0 else [f"Etc/GMT{-hours:+d}"]


@cache
def by_city() -> dict[str, list[str]]:
    """Zones by the city that they are named for, and by the cities of `CITIES`."""
    found: dict[str, list[str]] = {}
    for zone, cities in CITIES.items():
        for city in cities.split(", "):
            found.setdefault(city.replace("ё", "е"), []).append(zone)
    told = set(found)
    rules: dict[str, list[bytes]] = {}
    # What other zones are named for here comes first, so that of two names for one zone the usual one is kept.
    for zone in sorted(time_zones().values(), key=lambda name: (name not in CITIES, name.count("/"), name)):
        area, _slash, place = zone.rpartition("/")
        city = place.replace("_", " ").casefold()
        if not area or area == "Etc" or city in told:
            continue
        rule = resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
        if rule not in rules.setdefault(city, []):
            rules[city].append(rule)
            found.setdefault(city, []).append(zone)
    return found


def city_name(zone: str, language: str) -> str:
    """What to call a zone on a button: its city, or the offset."""
    if zone.startswith("Etc/GMT") and zone != "Etc/GMT":
        hours = -int(zone.removeprefix("Etc/GMT"))
        return f"UTC{hours:+d}"
    if language == "ru" and zone in CITIES:
        name = CITIES[zone].split(", ")[0]
        return "-".join(part.capitalize() if part not in {"на"} else part for part in name.split("-"))
    return zone.rpartition("/")[2].replace("_", " ")
