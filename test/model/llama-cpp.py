# A real llama.cpp server from the PyPI wheel `xllamacpp`: llama-cpp.py MODEL.gguf CONTEXT. Prints its address; ends with its input.
import os
import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx = int(sys.argv[2])
params.n_parallel = 1
params.n_gpu_layers = 0
params.cpuparams.n_threads = 1
params.use_jinja = True
params.port = 0
params.verbosity = 0
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
