"""One good line of a manifest for each of its keys, to show beside what is wrong with another."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "Manifest": {
        "api_version": "api_version: 1",
        "name": "name: mirror",
        "version": "version: 1.0.0",
        "publisher": "publisher: alice",
        "kind": "kind: transform",
        "title": "title: Mirror",
        "description": "description: Turns the picture around.",
        "icon": "icon: icon.svg",
        "license": "license: Apache-2.0",
        "keywords": "keywords: [mirror, flip]",
        "category": "category: picture",
        "contract": "contract: wires",
        "inputs": "inputs: {video: {type: video, formats: [i420]}}",
        "outputs": "outputs: {video: {type: video, formats: [i420]}}",
        "parameters": "parameters: {strength: {type: number, title: Strength, default: 1.0}}",
        "permissions": "permissions: {network: none}",
        "endpoint": "endpoint: whip",
        "resources": "resources: {memory_mib: 256, cpus: 1.0}",
        "runtime": "runtime: {ready_seconds: 30}",
    },
    "Port": {
        "type": "type: video",
        "formats": "formats: [h264, vp8]",
        "formats_when": "formats_when: [{parameter: container, equals: webm, formats: [vp8]}]",
        "required": "required: false",
        "multiple": "multiple: true",
        "join": "join: keyframe",
    },
    "FormatsWhen": {"parameter": "parameter: container", "equals": "equals: webm", "formats": "formats: [vp8]"},
    "Permissions": {"network": "network: run", "artifact_mib": "artifact_mib: 512"},
    "Resources": {"memory_mib": "memory_mib: 256", "cpus": "cpus: 0.5", "pids": "pids: 64"},
    "Runtime": {"ready_seconds": "ready_seconds: 30", "stop_seconds": "stop_seconds: 10"},
    "VisibleIf": {"parameter": "parameter: container", "equals": "equals: webm"},
    "Parameter": {
        "type": "type: number",
        "default": "default: 0.5",
        "minimum": "minimum: 0",
        "maximum": "maximum: 100",
        "multiple_of": "multiple_of: 2",
        "max_length": "max_length: 200",
        "enum": "enum: [mp4, webm]",
        "format": "format: colour",
        "unit": "unit: kbit/s",
        "title": "title: Strength",
        "help": "help: 1 leaves no colour, 0 leaves the picture as it is.",
        "apply": "apply: live",
        "secret": "secret: true",
        "group": "group: Picture",
        "advanced": "advanced: true",
        "visible_if": "visible_if: {parameter: container, equals: webm}",
    },
}


def example_of(model: type, field: str) -> str:
    """The line of a field; of its base where a model is a kind of another, empty where there is none."""
    for each in model.__mro__:
        if field in (known := EXAMPLES.get(each.__name__, {})):
            return known[field]
    return ""
