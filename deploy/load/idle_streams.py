"""The two ends of idle-streams.sh, with the standard library alone.

    idle_streams.py open PORT COUNT   opens COUNT streams, says "open COUNT", holds them until a line
                                      comes on standard input, closes them, says "closed"
    idle_streams.py stall PORT        an upstream that sends two events of every answer, then nothing

Everything is on 127.0.0.1. The caller's key is in the environment as KEY.
"""

import asyncio
import json
import os
import sys

ROUTE = "auto-stream"
AT_ONCE = 100
PATIENCE_SECONDS = 60
EVENT = (
    'data: {"id":"chatcmpl-idle","object":"chat.completion.chunk","created":1700000000,'
    '"model":"mini","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}\n\n'
)


def request_bytes(port):
    """One call for a stream that stalls: the first line of the question tells `ponder stub` so."""
    body = json.dumps(
        {
            "model": ROUTE,
            "stream": True,
            "messages": [
                {"role": "user", "content": "stub: stall=after_events:2\nHow many boats came back?"}
            ],
        }
    ).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\n"
        f"host: 127.0.0.1:{port}\r\n"
        f"authorization: Bearer {os.environ['KEY']}\r\n"
        "content-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def open_one(port, gate):
    """A stream of which the first event has arrived."""
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_bytes(port))
        await writer.drain()
        status = await reader.readline()
        if b" 200 " not in status:
            raise SystemExit(f"status: {status!r} (expected: 200)")
        await reader.readuntil(b"data: ")
        return reader, writer


async def drain(reader):
    """Reads what still comes, so that comments sent to keep the stream alive do not pile up."""
    while await reader.read(65536):
        pass


async def open_streams(port, count):
    gate = asyncio.Semaphore(AT_ONCE)
    opening = asyncio.gather(*(open_one(port, gate) for _ in range(count)))
    streams = await asyncio.wait_for(opening, PATIENCE_SECONDS)
    drains = [asyncio.ensure_future(drain(reader)) for reader, _ in streams]
    print(f"open {len(streams)}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    ended = sum(task.done() for task in drains)
    for task in drains:
        task.cancel()
    for _, writer in streams:
        writer.close()
    await asyncio.gather(*drains, return_exceptions=True)
    print(f"closed, {ended} had ended by themselves", flush=True)


async def answer(reader, writer):
    """Two events and silence, until the other side leaves."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if head.startswith("get "):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            await writer.drain()
            return
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        chunk = (EVENT * 2).encode()
        writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        await writer.drain()
        await drain(reader)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def stall(port):
    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=4096)
    async with server:
        await server.serve_forever()


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "open":
        asyncio.run(open_streams(int(arguments[1]), int(arguments[2])))
    elif len(arguments) == 2 and arguments[0] == "stall":
        asyncio.run(stall(int(arguments[1])))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
