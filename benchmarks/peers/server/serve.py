"""One llama.cpp server for all peers: `python -m benchmarks.peers.server.serve MODEL.gguf PORT`, until standard input ends.

Replies {"address": URL} when it listens. Threads wait asleep (OMP_WAIT_POLICY of the driver): where other processes
run on the same two cores, spinning ones wrote 1 to 5 tokens a second, sleeping ones 28.
"""

import json
import sys

from xllamacpp import CommonParams, Server

from benchmarks.peers.protocol import CONTEXT, take_over_output


def main() -> None:
    replies = take_over_output()
    settings = CommonParams()
    settings.model.path = sys.argv[1]
    settings.hostnames, settings.port = ["127.0.0.1"], int(sys.argv[2])
    settings.n_ctx, settings.n_parallel, settings.verbosity = CONTEXT, 1, 0
    server = Server(settings)
    print(json.dumps({"address": f"{server.listening_address}/v1"}), file=replies, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
