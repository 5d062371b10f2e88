"""Checks recorded exchanges against a vendor's OpenAPI 3.0 description."""

import copy
import json
import re
from urllib.parse import parse_qsl, urlsplit

from jsonschema import FormatChecker
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

FORMATS = FormatChecker(formats=())
MSDATE = re.compile(r"/Date\(-?\d+([+-]\d{4})?\)/")
TIMESTAMP = re.compile(
    r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@FORMATS.checks("date-time")
def is_timestamp(value):
    return not isinstance(value, str) or TIMESTAMP.fullmatch(value) is not None


@FORMATS.checks("uuid")
def is_uuid(value):
    return not isinstance(value, str) or UUID.fullmatch(value) is not None


@FORMATS.checks("msdate")
def is_msdate(value):
    return not isinstance(value, str) or MSDATE.fullmatch(value) is not None


def tightened(document, extras):
    """The document with every object closed, so that a member nobody declared is reported.

    `extras` names, by schema, members that the vendor sends but its document lacks; a schema
    named with None stays open.
    """
    document = copy.deepcopy(document)
    for name, schema in document["components"]["schemas"].items():
        mark_dates(schema)
        members = extras.get(name, [])
        if members is not None:
            close(schema, members)
    return document


def mark_dates(node):
    """Gives the vendor's own date notation a format that can be checked."""
    if isinstance(node, list):
        for item in node:
            mark_dates(item)
    elif isinstance(node, dict):
        if node.get("x-is-msdate") is True or node.get("x-is-msdate-time") is True:
            node["format"] = "msdate"
        for item in node.values():
            mark_dates(item)


def close(schema, extras):
    if "properties" not in schema or "additionalProperties" in schema:
        return
    schema["additionalProperties"] = False
    for member in extras:
        schema["properties"].setdefault(member, {})
    for inner in schema["properties"].values():
        close(inner, [])
        close(inner.get("items", {}), [])


class Contract:
    """One vendor's description, ready to judge exchanges."""

    def __init__(self, document, extras=None, ignored=()):
        document = copy.deepcopy(document)
        self._document = document
        self._ignored = [re.compile(pattern, re.IGNORECASE) for pattern in ignored]
        self._routes = [
            (self._pattern(path, item), path, item) for path, item in document["paths"].items()
        ]
        # Fixed segments before templates: `/batch/read` is no record id.
        self._routes.sort(key=lambda route: route[1].count("{"))
        self._registry = Registry().with_resources(
            [
                ("urn:answers", self._resource(tightened(document, extras or {}))),
                ("urn:requests", self._resource(document)),
            ]
        )
        self._validators = {}

    @staticmethod
    def _resource(document):
        return Resource(contents=document, specification=DRAFT4)

    def _pattern(self, path, item):
        servers = item.get("servers") or self._document["servers"]
        text = re.escape(urlsplit(servers[0]["url"]).path.rstrip("/") + path)
        return re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", text) + "/?", re.IGNORECASE)

    def covers(self, exchange):
        return self._find(exchange) is not None

    def _find(self, exchange):
        for pattern, path, item in self._routes:
            operation = item.get(exchange.method.lower())
            if operation and pattern.fullmatch(exchange.path):
                return path, operation
        return None

    def problems(self, exchange):
        """What does not agree with the description; empty when everything does."""
        if any(pattern.fullmatch(exchange.path) for pattern in self._ignored):
            return []
        found = self._find(exchange)
        if found is None:
            return [f"{exchange}: no such operation in the description"]
        path, operation = found
        pointer = f"/paths/{escape(path)}/{exchange.method.lower()}"
        problems = self._answer_problems(exchange, operation, pointer)
        # A request that was refused may be wrong on purpose.
        if exchange.status < 300:
            problems += self._request_problems(exchange, operation, pointer)
        return [f"{exchange}: {problem}" for problem in problems]

    def _answer_problems(self, exchange, operation, pointer):
        responses = operation["responses"]
        status = str(exchange.status)
        key = status if status in responses else "default"
        if key not in responses or (key == "default" and exchange.status < 400):
            return [f"the status {status} is not among {', '.join(responses)}"]
        response = self._resolved(responses[key])
        where = f"{pointer}/responses/{key}"
        if "$ref" in responses[key]:
            where = responses[key]["$ref"][1:]
        content = response.get("content") or {}
        media = next((name for name in content if "json" in name or name == "*/*"), None)
        if media is None:
            return ["an empty answer was described"] if exchange.body else []
        if exchange.status == 429 and not exchange.body:
            return []
        return self._check(
            "urn:answers", f"{where}/content/{escape(media)}/schema", exchange.body
        )

    def _request_problems(self, exchange, operation, pointer):
        problems = []
        parameters = [self._resolved(item) for item in operation.get("parameters", [])]
        known = {item["name"]: item for item in parameters if item["in"] == "query"}
        for name, value in exchange.query:
            if name not in known:
                problems.append(f"the query parameter {name} is not described")
            elif not fits(known[name].get("schema", {}), value):
                problems.append(f"the query parameter {name} has the value {value!r}")
        given = {name for name, _ in exchange.query}
        for name, item in known.items():
            if item.get("required") and name not in given:
                problems.append(f"the query parameter {name} is missing")
        body = self._resolved(operation.get("requestBody") or {})
        where = f"{pointer}/requestBody"
        if "$ref" in (operation.get("requestBody") or {}):
            where = operation["requestBody"]["$ref"][1:]
        for media in body.get("content") or {}:
            schema = f"{where}/content/{escape(media)}/schema"
            if "json" in media and exchange.request_body:
                return problems + self._check("urn:requests", schema, exchange.request_body)
            if "urlencoded" in media:
                form = dict(parse_qsl(exchange.request_body.decode()))
                return problems + self._check("urn:requests", schema, json.dumps(form))
        return problems

    def _resolved(self, node):
        while "$ref" in node:
            parts = node["$ref"][2:].split("/")
            node = self._document
            for part in parts:
                node = node[part]
        return node

    def _check(self, document, pointer, body):
        try:
            value = json.loads(body)
        except ValueError as error:
            return [f"the body is no JSON: {error}"]
        key = document + "#" + pointer
        if key not in self._validators:
            self._validators[key] = OAS30Validator(
                {"$ref": key}, registry=self._registry, format_checker=FORMATS
            )
        return [describe(error) for error in self._validators[key].iter_errors(value)]


def escape(text):
    return text.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def describe(error):
    deepest = error
    while deepest.context:
        deepest = min(deepest.context, key=lambda inner: -len(inner.absolute_path))
    place = "/".join(str(part) for part in deepest.absolute_path) or "(the whole body)"
    return f"{place}: {deepest.message[:300]}"


def fits(schema, value):
    """Whether the text of a query parameter can be read as the schema says."""
    kind = schema.get("type")
    if kind == "integer":
        return re.fullmatch(r"-?\d+", value) is not None
    if kind == "boolean":
        return value.lower() in ("true", "false")
    if kind == "array":
        return all(fits(schema.get("items", {}), item) for item in value.split(","))
    if "enum" in schema:
        return value in schema["enum"]
    return schema.get("format") != "uuid" or is_uuid(value.lower())
