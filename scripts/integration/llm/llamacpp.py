"""llama.cpp's own HTTP server, of PyPI's xllamacpp: python llamacpp.py GGUF PORT THREADS TEMPLATE."""

import sys
import threading

import xllamacpp

model, port, threads, template = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = model
params.port = int(port)
params.n_ctx = 16384
params.n_parallel = 1
params.use_jinja = True
params.chat_template = template
params.cpuparams.n_threads = int(threads)
server = xllamacpp.Server(params)
print("answers on", server.listening_address, flush=True)
threading.Event().wait()
