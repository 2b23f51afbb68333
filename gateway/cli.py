"""The law of the command line: words in, one call out, no logic.

Parsing and dispatch only; a command's module is imported when it is called, so that `--help` stays
fast. Data goes to stdout, words to stderr. Exit codes: 0; 1 the message, configuration or contract
was refused; 2 misuse; 78 `serve` could not start from its configuration (EX_CONFIG, sysexits.h).
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Final

OK: Final = 0
REFUSED: Final = 1
MISUSE: Final = 2
CONFIG: Final = 78


class Misuse(ValueError):
    """A command called in a way that cannot be meant; the words say how it is called."""


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(
        prog="gateway", description="A gateway between REST and SOAP, typed both ways by the schema."
    )
    top.add_argument("--version", action="store_true", help="print the version")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _serving(commands)
    _showing(commands)
    _translating(commands)
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, where: str, words: str
) -> argparse.ArgumentParser:
    """Add a command; `where` is the module in gateway.commands and its function."""
    command = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    command.set_defaults(where=where)
    return command


def _contract(command: argparse.ArgumentParser, *, xsd: bool = True) -> None:
    """A contract: CONFIG, or --wsdl FILE, or --xsd FILE."""
    command.add_argument("config", nargs="?", metavar="CONFIG", help="a configuration file")
    _or_file(command, xsd=xsd)


def _or_file(command: argparse.ArgumentParser, *, xsd: bool) -> None:
    command.add_argument("--wsdl", metavar="FILE", help="a WSDL, with no configuration")
    command.add_argument("--service", metavar="S", help="which service of the WSDL")
    if xsd:
        command.add_argument("--xsd", metavar="FILE", action="append", help="a schema, with no service; may repeat")


def _serving(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = _command(commands, "serve", "serve:serve", "serve what a configuration or a WSDL says")
    _contract(serve, xsd=False)
    serve.add_argument("--upstream", metavar="URL", help="the service's address, over the contract's")
    serve.add_argument("--listen", metavar="HOST:PORT", help="where clients call, over the configuration's")
    serve.add_argument("--admin", metavar="HOST:PORT", help="where operators look, over the configuration's")
    serve.add_argument("--workers", metavar="N", type=int, help="processes that serve, over the configuration's")
    demo = _command(commands, "demo", "serve:demo", "serve the reference services behind the gateway, with a tour")
    demo.add_argument(
        "--once", action="store_true", help="end after the tour: 0 only if every step came out as it must"
    )


def _showing(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    bring = _command(
        commands, "import", "importing:bring", "judge a WSDL or an OpenAPI document, and with -o make a configuration"
    )
    bring.add_argument(
        "contract", metavar="CONTRACT", help="a WSDL (file or http(s) address), an OpenAPI 3 document, JSON Schemas"
    )
    bring.add_argument("-o", "--output", metavar="FOLDER", help="write contract, configuration and verdict there")
    bring.add_argument(
        "--fetch", metavar="HOST", nargs="*", action="extend", help="hosts that imports may be fetched from"
    )
    _drawing(bring)
    bring.add_argument("--report", choices=("text", "json"), default="text", help="the form of the verdict")
    compiled = _command(commands, "compile", "compiling:compile_", "compile a contract's schemas, for a quick start")
    _contract(compiled, xsd=False)
    check = _command(commands, "check", "show:check", "say all that is wrong with a configuration or contract")
    _contract(check)
    check.add_argument("--schema", action="store_true", help="print the JSON Schema of configurations, for editors")
    routes = _command(commands, "routes", "show:routes", "list every door: verb, path, operation, protection")
    _contract(routes, xsd=False)
    routes.add_argument("--json", action="store_true", help="as JSON")
    explain = _command(
        commands,
        "explain",
        "explain:explain",
        'show what an operation or a route ("POST /x") is, with a sample both ways',
    )
    explain.add_argument(
        "words", nargs="+", metavar="[CONFIG] NAME", help='an operation, or "VERB /path"; and the configuration'
    )
    _or_file(explain, xsd=False)
    openapi = _command(commands, "openapi", "show:openapi", "print the OpenAPI document of the REST face")
    _contract(openapi, xsd=False)
    openapi.add_argument("--openapi", choices=("3.0", "3.1"), default="3.1", help="its version")
    schema = _command(commands, "jsonschema", "schema:jsonschema", "print the JSON Schema of a message")
    _contract(schema)
    _message(schema)
    wsdl = _command(commands, "wsdl", "show:wsdl", "print the WSDL that the gateway serves, with its own address")
    _contract(wsdl, xsd=False)
    wsdl.add_argument("--url", metavar="URL", help="the address to put in")
    problems = _command(commands, "problems", "show:problems", "list the problem types, or say what one means")
    problems.add_argument("slug", nargs="?", metavar="SLUG", help="one of them")
    problems.add_argument("--json", action="store_true", help="as JSON")


def _drawing(bring: argparse.ArgumentParser) -> None:
    """What an import of OpenAPI or JSON Schemas may be told."""
    bring.add_argument("--name", metavar="NAME", help="of OpenAPI or JSON Schemas: the service's name")
    bring.add_argument("--namespace", metavar="URI", help="of OpenAPI or JSON Schemas: the namespace of its XML")
    bring.add_argument(
        "--operation",
        metavar="NAME=REQUEST[:ANSWER]",
        action="append",
        help="of JSON Schemas: an operation and its files; may repeat",
    )


def _message(command: argparse.ArgumentParser) -> None:
    """Which message of a contract."""
    command.add_argument("--route", metavar='"VERB /path"', help="a route of the configuration")
    command.add_argument("--operation", metavar="NAME", help="an operation of the contract")
    command.add_argument("--element", metavar="NAME", help="a global element of the schema: {ns}local or local")
    command.add_argument("--direction", choices=("request", "response", "fault"), help="which of its messages")


def _translating(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    translate = _command(
        commands, "translate", "translate:translate", "turn a message on stdin into its other form on stdout"
    )
    _contract(translate)
    _message(translate)
    translate.add_argument("--to", choices=("json", "xml"), help="the form to write")
    translate.add_argument("--soap", choices=("1.1", "1.2"), help="the SOAP version of an envelope that is written")
    translate.add_argument(
        "--batch",
        action="store_true",
        help='one JSON object a line: "id", "message", maybe "operation", "element", "direction", "to"',
    )


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Never raises but for a bug."""
    top = parser()
    try:
        chosen = top.parse_args(arguments)
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    if chosen.version:
        from gateway.version import version

        sys.stdout.write(f"soapgw {version()}\n")
        return OK
    if chosen.command is None:
        top.print_help(sys.stderr)
        return MISUSE
    module, _, name = chosen.where.partition(":")
    try:
        return int(getattr(importlib.import_module(f"gateway.commands.{module}"), name)(chosen))
    except Misuse as misuse:
        sys.stderr.write(f"gateway {chosen.command}: {misuse}\n")
        return MISUSE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has gone: `gateway routes | head`
        sys.stderr.close()
        return OK
