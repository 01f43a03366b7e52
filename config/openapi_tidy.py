"""What pydantic and django-ninja write into a document that no reader of it needs."""

from typing import Any

_PREFIX = "#/components/schemas/"
# django-ninja drops what is said of a parameter in a path.
_IN_PATHS = {"habit_id": "The `id` of the habit.", "date": "On your own clock, from a week back to today."}


def tidied(document: dict[str, Any]) -> dict[str, Any]:
    """Without titles that only repeat names, nulls that no query can hold, and schemas that nobody points at."""
    paths, components = _without_titles(document["paths"]), _without_titles(document["components"])
    for item in paths.values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _never_null(parameter["schema"])
                # The parameter has them; django-ninja writes a list, where OpenAPI wants one or a map of them.
                told = parameter["schema"].pop("description", "")
                parameter.setdefault("description", told or _IN_PATHS.get(parameter["name"], ""))
                examples = parameter["schema"].pop("examples", None)
                if examples:
                    parameter["example"] = examples[0]
                if isinstance(parameter.get("examples"), list):
                    del parameter["examples"]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                media["schema"] = _alone(media["schema"])
    schemas = components["schemas"]
    for item in paths.values():
        for operation in item.values():
            for answer in operation["responses"].values():
                shape = schemas.get(_schema_of(answer))
                if shape and answer["description"] in {"OK", "Created"}:
                    answer["description"] = shape.get("description", answer["description"])
    used = _reached([paths, components["responses"]], schemas)
    components["schemas"] = {name: schemas[name] for name in sorted(used)}
    return document | {"paths": paths, "components": components}


def _without_titles(node: Any, *, kept: bool = False) -> Any:
    """`kept`: the titles here are names of fields, or stand with the choices of a `oneOf`."""
    if isinstance(node, list):
        return [_without_titles(part, kept=kept) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: part if key in {"example", "examples"} else _without_titles(part, kept=key in {"properties", "oneOf"})
        for key, part in node.items()
        if kept or key != "title"
    }


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices: list[dict[str, Any]] = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    return choices[0] | {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}


def _schema_of(answer: dict[str, Any]) -> str:
    """The name of the schema of a JSON answer; empty where it has none of its own."""
    media = answer.get("content", {}).get("application/json", {})
    return str(media.get("schema", {}).get("$ref", "")).removeprefix(_PREFIX)


def _alone(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the wrapping in which pydantic puts the default of a whole body."""
    inner: list[dict[str, Any]] = schema.get("allOf", [])
    return inner[0] if len(inner) == 1 and set(schema) <= {"allOf", "default"} else schema


def _reached(node: Any, schemas: dict[str, Any]) -> set[str]:
    """The names of all schemas that a part of the document points at, directly or by way of others."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix(_PREFIX)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found
