"""The Python SDK (`mcp`) as an agent, told what to do on standard input (see spoken.mjs).

Unmodified: `OAuthClientProvider` does discovery, registration, PKCE, refresh and step-up. Tokens are kept in memory.
"""

import asyncio
import json
import sys
import time
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlparse

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

SETTING = json.loads(sys.argv[1])


class Memory:
    """TokenStorage over two fields."""

    tokens = None
    client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


class Agent:
    def __init__(self, lines):
        self.lines = lines
        self.memory = Memory()
        self.refused = None
        self.provider = OAuthClientProvider(
            server_url=SETTING["mcp_url"],
            client_metadata=OAuthClientMetadata(
                client_name=SETTING["name"],
                redirect_uris=[SETTING["redirect_uri"]],
                token_endpoint_auth_method="none",
            ),
            storage=self.memory,
            redirect_handler=self.redirect,
            callback_handler=self.callback,
            client_metadata_url=SETTING.get("client_metadata_url"),
        )

    async def redirect(self, url):
        say(open=url)

    async def callback(self):
        address = (await self.lines.get())["callback"]
        query = {key: value[0] for key, value in parse_qs(urlparse(address).query).items()}
        self.refused = query.get("error")
        # With no code the SDK still checks `state` and `iss`, and then refuses: exactly what a denial must survive.
        return AuthorizationCodeResult(code=query.get("code", ""), state=query.get("state"), iss=query.get("iss"))

    @asynccontextmanager
    async def connected(self):
        mode = "legacy" if SETTING["era"] == "2025-11-25" else SETTING["era"]
        async with httpx2.AsyncClient(auth=self.provider, timeout=httpx2.Timeout(60)) as http:
            transport = streamable_http_client(SETTING["mcp_url"], http_client=http)
            async with Client(transport, mode=mode, read_timeout_seconds=60) as self.client:
                # A pinned version is adopted without a word to the server: the first call is what meets the 401.
                await self.client.list_tools()
                yield self.client.session.protocol_version

    async def tools(self):
        return [tool.name for tool in (await self.client.list_tools()).tools]

    async def call(self, tool, arguments):
        result = await self.client.call_tool(tool, arguments)
        return result.model_dump(mode="json", by_alias=True, exclude_none=True)

    async def expire(self):
        # As if the lifetime had passed: the SDK looks at its own clock before it sends anything.
        self.provider.context.token_expiry_time = time.time() - 1

    async def credentials(self):
        tokens, client = self.memory.tokens, self.memory.client
        return {
            "clientId": client and client.client_id,
            "accessToken": tokens and tokens.access_token,
            "refreshToken": tokens and tokens.refresh_token,
            "scope": (tokens and tokens.scope) or "",
        }


def say(**words):
    print(json.dumps(words), flush=True)


async def obey(agent, order):
    """Carries out one order and answers it."""
    try:
        more = {key: order[key] for key in ("tool", "arguments") if key in order}
        say(id=order["id"], result=await getattr(agent, order["do"])(**more))
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
        fail(agent, order, error)


def fail(agent, order, error):
    """A denial is told apart from every other failure."""
    if agent.refused:
        say(id=order["id"], denied=agent.refused)
    else:
        say(id=order["id"], error=describe(error))


def describe(error):
    inner = [describe(each) for each in getattr(error, "exceptions", [])]
    return "; ".join(inner) or f"{type(error).__name__}: {error}"


async def main():
    answers = asyncio.Queue()
    orders = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read():
        for line in sys.stdin:
            said = json.loads(line)
            loop.call_soon_threadsafe((answers if "callback" in said else orders).put_nowait, said)
        loop.call_soon_threadsafe(orders.put_nowait, None)

    loop.run_in_executor(None, read)
    agent = Agent(answers)
    order = await orders.get()
    try:
        # One task from here on: a transport that fails cancels the task that opened it, and the reason is told below.
        async with agent.connected() as version:
            say(id=order["id"], result=version)
            while order := await orders.get():
                await obey(agent, order)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
        fail(agent, order, error)


asyncio.run(main())
