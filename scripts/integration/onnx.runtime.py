"""Run a graph with onnxruntime: python onnx.runtime.py GRAPH INPUTS.json OUTPUTS.json"""

import json
import sys

import numpy
import onnxruntime

graph, inputs, outputs = sys.argv[1:]
session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
with open(inputs) as file:
    given = json.load(file)
items = numpy.array(given["items"], dtype=numpy.int64)
stars = numpy.array(given["stars"], dtype=numpy.float32)
user, scores = session.run(["user", "scores"], {"items": items, "stars": stars})
with open(outputs, "w") as file:
    json.dump({"user": user.tolist(), "scores": scores.tolist()}, file)
