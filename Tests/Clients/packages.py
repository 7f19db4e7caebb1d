"""Function code, packed as clients upload it."""

import io
import os
import pathlib
import subprocess
import tempfile
import zipfile

PYTHON = '''
import json, os, sys, time

def handler(event, context):
    print("got", json.dumps(event))
    if isinstance(event, dict):
        if event.get("fail"):
            raise ValueError(event["fail"])
        if "sleep" in event:
            time.sleep(event["sleep"])
        if "exit" in event:
            os._exit(event["exit"])
    return {"event": event, "version": context.function_version, "name": context.function_name,
            "arn": context.invoked_function_arn, "mode": os.environ.get("MODE"), "id": context.aws_request_id,
            "client": context.client_context and context.client_context.custom}
'''
NODE = "exports.handler = async (event, context) => { console.log('node got', event); return { node: event }; };\n"


def pack(files, executable=()):
    """The bytes of a ZIP archive of some files, given by name; some may be executable."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.external_attr = (0o100755 if name in executable else 0o100644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def pack_folder(root, only=lambda path: True):
    """The bytes of a ZIP archive of the files below a folder."""
    files = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, root)
            if only(relative):
                with open(path, "rb") as file:
                    files[relative] = file.read()
    return files


def python_package(marker=""):
    return pack({"app.py": PYTHON + f"\nMARKER = {marker!r}\n"})


def node_package():
    return pack({"index.js": NODE})


def native_program():
    """The native example, built."""
    source = pathlib.Path(__file__).resolve().parents[2] / "Examples/native-histogram"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["make", "-s", "-C", str(source), f"BUILD={folder}"], check=True, stdout=subprocess.DEVNULL)
        return pathlib.Path(folder, "bootstrap").read_bytes()
