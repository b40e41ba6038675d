"""Prints what supervisor itself makes of {"configs": [base64], "words": [text], "paths": [path]}."""

import base64
import io
import json
import sys

from supervisor.compat import ConfigParser
from supervisor.datatypes import boolean
from supervisor.options import ServerOptions, UnhosedConfigParser


def parse(data):
    parser = UnhosedConfigParser()
    try:
        parser.read_file(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    except ConfigParser.MissingSectionHeaderError as error:
        return {"error_line": error.lineno}
    except ConfigParser.ParsingError as error:
        return {"error_line": error.errors[0][0]}
    sections = [[name, list(parser._sections[name].items())] for name in parser.sections()]
    return {"sections": sections, "defaults": list(parser.defaults().items())}


def read_boolean(word):
    try:
        return boolean(word)
    except ValueError:
        return None


def load(path):
    options = ServerOptions()
    options.configfile = path
    try:
        options.process_config_file(do_usage=False)
    except (ValueError, UnicodeDecodeError) as error:
        return {"error": str(error)}
    section = options.configroot.supervisord
    return {
        "programs": {
            process.name: process.autostart
            for group in section.process_group_configs
            for process in group.process_configs
        },
        "logfile": section.logfile,
        "socket": next((server["file"] for server in section.server_configs), None),
    }


request = json.load(sys.stdin)
answer = {
    "configs": [parse(base64.b64decode(config)) for config in request["configs"]],
    "booleans": [read_boolean(word) for word in request["words"]],
    "loaded": [load(path) for path in request["paths"]],
}
json.dump(answer, sys.stdout)
