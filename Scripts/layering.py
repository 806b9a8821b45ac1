#!/usr/bin/env python3
"""Every import must be a dependency that the file's own target declares in Package.swift.

SwiftPM's --explicit-target-dependency-import-check counts what a dependency depends on as declared, so it would let
Web import GRDB because Storage does. Here only the target's own line in Package.swift counts.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

TOOLCHAIN = {"Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Testing"}
IMPORT = re.compile(r"^\s*(?:@\w+\s+)*(?:package |internal |private |fileprivate |public )?"
                    r"import\s+(?:(?:struct|class|enum|protocol|func|let|var|typealias)\s+)?(\w+)", re.M)


def declared(target: dict) -> set[str]:
    names = {target["name"]}
    for dependency in target["dependencies"]:
        names.add((dependency.get("byName") or dependency.get("product") or dependency.get("target"))[0])
    return names


def main() -> int:
    swift = os.environ.get("SWIFT", "swift").split()
    package = json.loads(subprocess.run([*swift, "package", "dump-package"], check=True, capture_output=True).stdout)
    wrong = 0
    for target in package["targets"]:
        home = "Tests" if target["type"] == "test" else "Sources"
        allowed = declared(target) | TOOLCHAIN
        for file in sorted(Path(target.get("path") or f"{home}/{target['name']}").rglob("*.swift")):
            # What stands in a long literal is an example for readers, in whatever language.
            code = re.sub(r'"""[\s\S]*?"""', '""', file.read_text())
            for module in IMPORT.findall(code):
                if module not in allowed:
                    print(f"{file}: {target['name']} may not import {module} (Package.swift does not declare it)")
                    wrong += 1
    return 1 if wrong else 0


sys.exit(main())
