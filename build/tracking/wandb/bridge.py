"""Turns the folder of one run into an offline run of Weights & Biases, in OUTPUT.

    python bridge.py RUN_FOLDER OUTPUT PROJECT

Uploading it is `wandb sync`, which the caller does: so a run is written once, whole, and its upload can be tried again.
"""

import json
import os
import shutil
import sys

import wandb

folder, output, project = sys.argv[1:]
with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
    record = json.load(file)

run = wandb.init(
    dir=output,
    mode="offline",
    project=project,
    # letters that an id may have; the same run has the same one, so a second upload is no second run
    id="".join(c if c.isalnum() or c in "-_" else "-" for c in record["id"]),
    name=f"{record['name']} {record['kind']}",
    notes=record["notes"] or None,
    job_type=record["kind"],
    config={
        **record["config"],
        "params": record["params"],
        "code": record["code"],
        "data": record["data"],
        "build_id": record["buildId"],
        "environment": record["environment"],
        "command_line": record["commandLine"],
    },
    # neither the machine's name nor its other programs are anybody's business
    settings=wandb.Settings(
        host="marquee",
        x_disable_stats=True,
        x_disable_meta=True,
        x_save_requirements=False,
        console="off",
        disable_git=True,
        silent=True,
    ),
)

# each metric by its own step: an iteration of a training is no trial of a search
run.define_metric("*", step_metric="step")
metrics = os.path.join(folder, "metrics.jsonl")
lines = open(metrics, encoding="utf-8").read().splitlines() if os.path.exists(metrics) else []
for text in lines:
    try:
        line = json.loads(text)
    except ValueError:
        continue
    if line["step"] is not None:
        run.log({**line["metrics"], "step": line["step"], "_timestamp": line["at"] / 1000})

for name, value in record["metrics"].items():
    run.summary[name] = value
if record["endedAt"]:
    run.summary["status"] = record["status"]
    run.summary["seconds"] = record["seconds"]

# reports and manifests; a model's bytes stay with MLflow, R2 and the disk
for artifact in record["artifacts"]:
    source = os.path.join(folder, artifact["from"])
    if artifact["path"].endswith((".json", ".md", ".html", ".jsonl")) and os.path.isfile(source):
        target = os.path.join(run.dir, artifact["path"])
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(source, target)
        run.save(target, base_path=run.dir, policy="now")

ended_well = record["status"] == "done"
run.finish(exit_code=0 if ended_well else 1)
print(json.dumps({"folder": os.path.dirname(run.dir), "id": run.id}))
