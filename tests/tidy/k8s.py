#!/usr/bin/python3
"""Checks k8s/ as far as it can be without a cluster: names that must meet, flags that the binaries must know.

Debian's python3 (not another one), for its yaml. Prints each offence as path: reason.
"""
import glob
import os
import re
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APP = 'app.kubernetes.io/name'
# What the cluster brings (k8s/README.md).
BROUGHT_APPS = {'mysql'}
BROUGHT = {'jwks', 'mysql-ca', 'gateway-tls'} | {
    f'{service}-{what}' for service in ('customer-svc', 'lifecycle-svc', 'value-svc')
    for what in ('mysql', 'migrate', 'token')}

with open(f'{ROOT}/k8s/Dockerfile', encoding='utf-8') as dockerfile:
    IMAGES = set(re.findall(r'^FROM \S+ AS (\S+)$', dockerfile.read(), re.MULTILINE))

offences = []


def offend(path, reason):
    offences.append(f'{os.path.relpath(path, ROOT)}: {reason}')


def load(path):
    try:
        with open(path, encoding='utf-8') as file:
            return [document for document in yaml.safe_load_all(file) if document is not None]
    except yaml.YAMLError as error:
        offend(path, f'is no YAML: {error}')
        return []


def walk(value, key):
    """Every value under `key`, at any depth."""
    if isinstance(value, dict):
        for k, v in value.items():
            if k == key:
                yield v
            yield from walk(v, key)
    elif isinstance(value, list):
        for v in value:
            yield from walk(v, key)


def flags_known():
    """Flags that each program defines: those of its main.cc and those of servicekit."""
    pattern = re.compile(r'ABSL_FLAG\(\s*[\w:<>]+,\s*(\w+)')
    common, own = set(), {}
    for path in glob.glob(f'{ROOT}/servicekit/**/*.cc', recursive=True):
        common |= set(pattern.findall(open(path, encoding='utf-8').read()))
    for program in ('customer-svc', 'lifecycle-svc', 'value-svc', 'gateway'):
        sources = glob.glob(f'{ROOT}/{program}/**/*.cc', recursive=True)
        text = ''.join(open(path, encoding='utf-8').read() for path in sources)
        own[program] = common | set(pattern.findall(text)) | {'flagfile'}
    return own


def check_base(folder, apps, known):
    name = os.path.basename(os.path.dirname(folder))
    kustomization = load(f'{folder}/kustomization.yaml')[0]
    listed = set(kustomization['resources'])
    present = {os.path.basename(p) for p in glob.glob(f'{folder}/*.yaml')} - {'kustomization.yaml'}
    for file in sorted(listed ^ present):
        offend(f'{folder}/kustomization.yaml', f'{file} is {"not there" if file in listed else "not listed"}')
    generated = {entry['name'] for entry in kustomization.get('configMapGenerator', [])}
    for entry in kustomization.get('configMapGenerator', []):
        for file in entry.get('files', []):
            if not os.path.exists(f'{folder}/{file}'):
                offend(f'{folder}/kustomization.yaml', f'{file} is not there')
    for file in sorted(listed & present):
        path = f'{folder}/{file}'
        for document in load(path):
            if not all(document.get(k) for k in ('apiVersion', 'kind')) or not document.get('metadata', {}).get('name'):
                offend(path, 'lacks apiVersion, kind or a name')
                continue
            check_document(path, document, apps, generated)
    for number, line in enumerate(open(f'{folder}/flags.conf', encoding='utf-8'), 1):
        flag = re.match(r'--(\w+)(=|$)', line.strip())
        if not flag or flag.group(1) not in known[name]:
            offend(f'{folder}/flags.conf', f'line {number}: {name} has no flag {line.strip()}')


def check_document(path, document, apps, generated):
    for selector in walk(document, 'matchLabels'):
        app = selector.get(APP)
        if app is not None and app not in apps | BROUGHT_APPS:
            offend(path, f'selects {app}, which no pod is called')
    if document['kind'] == 'Service' and document['spec']['selector'].get(APP) not in apps:
        offend(path, 'selects no pod')
    for volume in (v for volumes in walk(document, 'volumes') for v in volumes):
        for kind, key in (('configMap', 'name'), ('secret', 'secretName')):
            name = volume.get(kind, {}).get(key)
            if name is not None and name not in generated | BROUGHT:
                offend(path, f'mounts {name}, which nobody makes (k8s/README.md lists what the cluster brings)')
    for container in (c for containers in walk(document, 'containers') for c in containers):
        mounted = {m['name'] for m in container.get('volumeMounts', [])}
        volumes = {v['name'] for volumes in walk(document, 'volumes') for v in volumes}
        for name in sorted(mounted ^ volumes):
            offend(path, f'volume {name} is {"not defined" if name in mounted else "not mounted"}')
        ports = {p['name'] for p in container.get('ports', [])}
        for probe in ('readinessProbe', 'livenessProbe'):
            port = container.get(probe, {}).get('httpGet', {}).get('port')
            if isinstance(port, str) and port not in ports:
                offend(path, f'{probe} asks port {port}, which is not there')
        for limit in ('requests', 'limits'):
            if limit not in container.get('resources', {}):
                offend(path, f'{container["name"]} has no resource {limit}')
        if container['image'] not in IMAGES:
            offend(path, f'k8s/Dockerfile has no stage {container["image"]}')
        for folder in re.findall(r'--migrations-dir (\S+)', ' '.join(map(str, container.get('args', [])))):
            source = os.path.basename(folder).replace('servicekit-', 'servicekit/')
            if not os.path.isdir(f'{ROOT}/{source}/migrations'):
                offend(path, f'{folder}: there is no folder {source}/migrations')


def main():
    bases = sorted(glob.glob(f'{ROOT}/k8s/*/base'))
    apps = set()
    for path in glob.glob(f'{ROOT}/k8s/*/base/*.yaml'):
        for document in load(path):
            for template in walk(document, 'template'):
                apps.add(template['metadata']['labels'][APP])
    known = flags_known()
    for folder in bases:
        check_base(folder, apps, known)
    for path in sorted(glob.glob(f'{ROOT}/k8s/overlays/*/kustomization.yaml')):
        for document in load(path):
            for resource in document['resources']:
                if not os.path.exists(f'{os.path.dirname(path)}/{resource}'):
                    offend(path, f'{resource} is not there')
            for entry in document.get('replicas', []):
                if entry['name'] not in apps:
                    offend(path, f'there is no deployment {entry["name"]}')
    print('\n'.join(offences) if offences else f'{len(bases)} bases, no offences')
    return 1 if offences else 0


if __name__ == '__main__':
    sys.exit(main())
