"""The law of the report: the verdict as one JSON object, and the same object as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from gateway.build.verdict import MessageVerdict, OperationVerdict, Trip
from gateway.schema.contract import Contract, Note
from gateway.schema.errors import ContractError

_COLUMNS: Final = ("operation", "binding", "style", "loads", "XML-JSON-XML", "JSON-XML-JSON")
_SHOWN: Final = 20  # places listed for one reason; the JSON report has them all


def refusal(location: str, refused: ContractError) -> dict[str, Any]:
    """The report of a contract that is refused."""
    place = {"file": refused.file, "line": refused.line, "section": refused.section, "message": refused.message}
    return {"contract": location, "loads": False, "refused": place}


def report(contract: Contract, verdicts: Sequence[OperationVerdict]) -> dict[str, Any]:
    """The report of a contract that loads."""
    operations = [_operation(each) for each in verdicts]
    named = [each for each in operations if each["operation"]]
    return {
        "contract": contract.location,
        "loads": True,
        "wsdl": contract.version,
        "documents": [{"url": d.url, "sha256": d.sha256, "origin": d.origin} for d in contract.documents],
        "summary": {
            "operations": len(named),
            "load": sum(each["loads"] for each in named),
            "round_trip_both_ways": sum(each["xml_json_xml"] == each["json_xml_json"] == "yes" for each in named),
        },
        "operations": operations,
        "notes": [_note(note) for note in contract.notes],
    }


def _operation(verdict: OperationVerdict) -> dict[str, Any]:
    return {
        "service": verdict.service,
        "port": verdict.port,
        "operation": verdict.operation,
        "binding": verdict.binding,
        "style": verdict.style,
        "file": verdict.place.file,
        "line": verdict.place.line,
        "loads": verdict.loads,
        "refused": verdict.refused,
        "xml_json_xml": verdict.trip("xml"),
        "json_xml_json": verdict.trip("json"),
        "messages": [_message(each) for each in verdict.messages],
    }


def _message(message: MessageVerdict) -> dict[str, Any]:
    return {
        "message": message.role,
        "element": message.element,
        "xml_json_xml": _trip(message.xml),
        "json_xml_json": _trip(message.json),
        "approximated": list(message.approximated),
        "refused": message.refused,
    }


def _trip(trip: Trip) -> dict[str, str]:
    return {"end": trip.end, **({"why": trip.words} if trip.words else {})}


def _note(note: Note) -> dict[str, Any]:
    return {"kind": note.kind, "text": note.text, "file": note.place.file, "line": note.place.line}


# ---------------------------------------------------------------- for people


def text(told: dict[str, Any]) -> str:
    """The report as text."""
    return "\n".join(_lines(told))


def _lines(told: dict[str, Any]) -> Iterator[str]:
    ports = dict.fromkeys((each["service"], each["port"]) for each in told["operations"])
    for service, port in ports:
        rows = [each for each in told["operations"] if (each["service"], each["port"]) == (service, port)]
        yield f"{service} / {port}"
        if rows[0]["operation"]:
            yield from _table([_row(each) for each in rows])
        else:
            yield f"  {rows[0]['binding']}; not served: {rows[0]['refused']}"
        yield ""
    yield from _reasons(told)
    for note in told["notes"]:
        place = f"{note['file']}:{note['line']}: " if note["line"] else f"{note['file']}: " if note["file"] else ""
        yield f"{note['kind']}: {place}{note['text']}"
    counts = told["summary"]
    yield (
        f"{counts['operations']} operations: {counts['load']} load, "
        f"{counts['round_trip_both_ways']} survive both round trips"
    )


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    trips = (each["xml_json_xml"], each["json_xml_json"]) if each["loads"] else ("-", "-")
    return (each["operation"], each["binding"], each["style"], "yes" if each["loads"] else "no", *trips)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[at]) for row in [_COLUMNS, *rows]) for at in range(len(_COLUMNS))]
    for row in [_COLUMNS, tuple("-" * width for width in widths), *rows]:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _reasons(told: dict[str, Any]) -> Iterator[str]:
    """What is refused, what did not come back, what is approximated; each reason once, with whom it concerns."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in told["operations"]:
        place = f"{each['file']}:{each['line']} {each['operation']}"
        if each["refused"] and each["operation"]:
            found.setdefault(("refused", each["refused"]), []).append(place)
        for message in each["messages"]:
            where = f"{place} {message['message']}"
            if message["refused"]:
                found.setdefault(("refused", message["refused"]), []).append(where)
            for key, name in (("xml_json_xml", "XML-JSON-XML"), ("json_xml_json", "JSON-XML-JSON")):
                trip = message[key]
                if trip["end"] != "yes":
                    head = "does not come back" if trip["end"] == "no" else "not tried"
                    found.setdefault((head, f"{name}: {trip['why']}"), []).append(where)
            for words in message["approximated"]:
                found.setdefault(("approximated", words), []).append(where)
    for (head, words), places in found.items():
        yield f"{head}: {words}"
        places = list(dict.fromkeys(places))
        yield from (f"  {place}" for place in places[:_SHOWN])
        if len(places) > _SHOWN:
            yield f"  … and {len(places) - _SHOWN} more (--report json has them all)"
