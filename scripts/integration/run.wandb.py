"""What an offline run of Weights & Biases holds, as JSON: run.wandb.py FILE.wandb

The file is a log of records as LevelDB has it (log_format.md): a header of 7 bytes, then blocks of 32 KiB with records of
a checksum (4 bytes), a length (2), a kind (1: whole, 2: first, 3: middle, 4: last part) and the bytes of a protobuf.
"""

import json
import struct
import sys

from wandb.proto import wandb_internal_pb2

BLOCK = 32768
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def records(data):
    at, part = 7, b""
    while at + 7 <= len(data):
        left = BLOCK - at % BLOCK
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack("<IHB", data[at : at + 7])
        part = (b"" if kind in (WHOLE, FIRST) else part) + data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (WHOLE, LAST):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(part)
            yield record


def items(updates):
    return {item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in updates}


found = {"id": None, "project": None, "name": None, "host": None, "config": {}, "history": [], "summary": {}, "exit": None}
with open(sys.argv[1], "rb") as file:
    for record in records(file.read()):
        kind = record.WhichOneof("record_type")
        if kind == "run":
            run = record.run
            found.update(id=run.run_id, project=run.project, name=run.display_name, host=run.host)
            found["config"].update(items(run.config.update))
        elif kind == "config":
            found["config"].update(items(record.config.update))
        elif kind == "history":
            found["history"].append(items(record.history.item))
        elif kind == "summary":
            found["summary"].update(items(record.summary.update))
        elif kind == "exit":
            found["exit"] = record.exit.exit_code
print(json.dumps(found))
