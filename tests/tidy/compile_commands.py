#!/usr/bin/env python3
"""Prints compile_commands.json as clang-tidy can use it: g++'s precompiled headers are not clang's."""
import json
import re
import sys

# The launcher (cmake -E env … ccache), and what only g++ knows.
LAUNCHER = re.compile(r'^\S*cmake -E env (\S+=\S+ )*\S*ccache ')
PRECOMPILED = re.compile(r' -(include \S*cmake_pch\.hxx|Winvalid-pch|fpch-preprocess|Wshadow=local)(?= )')

commands = [entry for entry in json.load(open(sys.argv[1])) if '/generated/' not in entry['file']]
for entry in commands:
    entry['command'] = PRECOMPILED.sub('', LAUNCHER.sub('', entry['command']))
json.dump(commands, sys.stdout)
