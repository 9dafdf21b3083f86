#!/usr/bin/env python3
"""Checks of this checkout that a machine can make: who includes what, how long files are, what text must not hold.

Run by ctest and by ./dev lint. Walks the tree, so it needs no git. Prints each offence as path:line: reason.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Not ours, made here, or any bytes at all (what fuzzers are fed with): never walked.
SKIPPED_FOLDERS = {'corpus', '.git', 'node_modules', 'build', '.data', '.cache', '__pycache__', '.vscode', '.idea', 'dist'}
SERVICES = ('customer-svc', 'lifecycle-svc', 'value-svc', 'gateway', 'cli')

# Which of its own service's folders each layer may include. main.cc wires, so it may include all of them.
LAYERS = {
    'domain': {'domain'},
    'store': {'store', 'domain'},
    'contract': {'contract', 'domain'},  # The contract's messages as the domain's values, and back.
    'operations': {'operations', 'store', 'contract', 'domain'},
    'clients': {'clients', 'operations', 'contract', 'domain'},  # They are what an operation's interface stands for.
    'rpc': {'rpc', 'operations', 'store', 'contract', 'domain'},  # A read needs no operation between it and the store.
}
# What a domain may include beside the standard library, Abseil and itself.
DOMAIN_INCLUDES = ('absl/', 'servicekit/types/', 'gtest/', 'gmock/')
# And what its tests may: the real data sets, and the reference results beside them.
DOMAIN_TEST_INCLUDES = ('servicekit/testing/', 'nlohmann/')
EXTRA_DOMAIN_INCLUDES = {'value-svc': ('boost/math/', 'Eigen/', 'nlopt.hpp', 'nlopt.h')}

MAX_LINES = 500
MAX_TEST_LINES = 700  # A test file is a list of cases that do not depend on each other.
# Longer files, each with the reason why that is better than two files.
LONG_FILES = {
    'package-lock.json': 'written by npm',
    'docs/openapi.json': 'written by ./dev openapi',
}

TEXT_RULES = [
    (re.compile(r'\b(TODO|FIXME|XXX|HACK)\b'), 'unfinished work belongs into an issue'),
    (re.compile(r'[ \t]+$'), 'trailing space'),
    (re.compile(r'(?<![\w.$}~-])/(home/\w+|Users/\w+|root/|work/(?!dir)\w+)'), "a path of somebody's machine"),
    (re.compile(r'registry\.(npmjs|yarnpkg|npmmirror)\.|"resolved"\s*:|\bartifactory\b|[\w-]+\.jfrog\.io'),
     'a registry host: whoever builds has their own'),
    (re.compile(r'-----BEGIN [A-Z ]*PRIVATE KEY-----'), 'a private key'),
]
# C++20 destroys what `F()` returned before the loop begins; the fix is `for (const auto all = F(); … : all->rows())`.
DANGLING_LOOP = re.compile(r'for \([^;()]* : (\*[A-Za-z_][\w:.]*\(|[A-Za-z_][\w:.]*\((?:[^()]|\([^()]*\))*\)->)')
TAB = re.compile(r'\t')
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCE = ('.cc', '.h')


def files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(f for f in folders
                            if f not in SKIPPED_FOLDERS and not os.path.islink(os.path.join(folder, f)))
        for name in sorted(set(names) - {'.git'}):
            path = os.path.join(folder, name)
            if not os.path.islink(path) and not name.endswith(('.pyc', '.png', '.ico', '.woff2')):
                yield os.path.relpath(path, ROOT)


def layer_of(path):
    """('customer-svc', 'store') for customer-svc/store/x.cc, ('customer-svc', '') for its main.cc, else (None, '')."""
    parts = path.split('/')
    if parts[0] not in SERVICES:
        return None, ''
    return parts[0], parts[1] if len(parts) > 2 else ''


def include_offence(path, bracket, included):
    """The reason why `path` may not include `included`, or None."""
    service, layer = layer_of(path)
    if re.match(r'(cppconn/|mysql_connection|mysql_driver|mysql/|mariadb/|mysqlx/)', included):
        if not path.startswith('servicekit/mysql/'):
            return 'only servicekit/mysql speaks to the connector'
    other = included.split('/')[0]
    if other in SERVICES and other != service and not path.startswith(('tests/', 'bench/')):
        return f'{service or path.split("/")[0]} includes a folder of {other}: services meet in proto/ and over gRPC'
    if path.startswith('servicekit/') and included.startswith('clientele/') and \
            not included.startswith('clientele/type/'):
        return 'servicekit knows no business words'
    if path.startswith('servicekit/types/') and included.startswith(('grpc', 'google/', 'clientele/')):
        return 'servicekit/types knows neither gRPC nor Protobuf'
    if service is None or layer not in LAYERS:
        return None
    if other == service:
        target = layer_of(included)[1]
        if target in LAYERS and target not in LAYERS[layer]:
            # A test may look at the layer below the one it tests, to see what is left in the tables.
            if path.endswith('_test.cc') and layer != 'domain':
                return None
            return f'{layer} includes {target}: the order is rpc, operations, store, domain'
    if layer == 'domain':
        if included.endswith('.pb.h') or included.startswith('grpc'):
            return 'a domain knows neither gRPC nor Protobuf'
        own = included.startswith(f'{service}/domain/')
        standard = bracket == '<' and '/' not in included and '.' not in included
        extra = included.startswith(EXTRA_DOMAIN_INCLUDES.get(service, ())) or \
            path.endswith('_test.cc') and included.startswith(DOMAIN_TEST_INCLUDES)
        if not (own or standard or extra or included.startswith(DOMAIN_INCLUDES)):
            return 'a domain includes the standard library, Abseil, servicekit/types and itself'
    if layer == 'store' and included.startswith('grpc'):
        return 'a store knows nothing of gRPC'
    return None


def check(path):
    with open(os.path.join(ROOT, path), 'rb') as file:
        raw = file.read()
    if b'\0' in raw:
        return
    try:
        text = raw.decode('utf-8')
    except UnicodeDecodeError:
        yield 1, 'not UTF-8'
        return
    lines = text.split('\n')
    if text and not text.endswith('\n'):
        yield len(lines), 'no newline at the end'
    if '\r\n' in text:
        yield 1, 'Windows line ends'
    limit = MAX_TEST_LINES if path.endswith('_test.cc') else MAX_LINES
    if len(lines) - 1 > limit and path not in LONG_FILES:
        yield len(lines) - 1, f'longer than {limit} lines: split it, or give the reason in tests/tidy/tidy.py'
    # This file holds the words that it looks for.
    rules = [] if path == 'tests/tidy/tidy.py' else TEXT_RULES
    for number, line in enumerate(lines, 1):
        for pattern, reason in rules:
            if pattern.search(line):
                yield number, reason
        if TAB.search(line) and not path.endswith(('.tsv', '.go', 'Makefile')):
            yield number, 'a tab'
        if path.endswith(SOURCE):
            if DANGLING_LOOP.search(line):
                yield number, 'a loop over a part of a temporary that is gone before it begins'
            include = INCLUDE.match(line)
            if include:
                reason = include_offence(path, *include.groups())
                if reason:
                    yield number, f'{include.group(2)}: {reason}'


def main():
    offences = 0
    checked = 0
    for path in files():
        checked += 1
        for number, reason in check(path):
            offences += 1
            print(f'{path}:{number}: {reason}')
    for path in LONG_FILES:
        if not os.path.exists(os.path.join(ROOT, path)):
            offences += 1
            print(f'tests/tidy/tidy.py:1: LONG_FILES names {path}, which is not there')
    print(f'{checked} files, {offences} offences')
    return 1 if offences else 0


if __name__ == '__main__':
    sys.exit(main())
