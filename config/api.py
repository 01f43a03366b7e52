"""The one API object: every room's endpoints under `/api/v1`, and the documents that describe them."""

from ninja import NinjaAPI

api = NinjaAPI(title="Habit tracker", version="1", docs_url="docs")
