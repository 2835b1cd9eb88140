"""jupyter_client's manager and client for a kernel that sits in a private folder: no port, no waiting for nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from traitlets import Type

from voc_lib.workflow.surroundings import KERNEL_NAME, kernel_environment, kernel_spec

__all__ = ["SeatedKernelClient", "SeatedKernelManager"]

_STARTUP_PATIENCE = 120.0  # seconds
_LOOK = 0.1  # seconds between two looks whether a kernel that says nothing is alive
_RECONNECT = 5  # milliseconds; ZeroMQ's own 100 are what a kernel takes to start


class SeatedKernelClient(AsyncKernelClient):
    """Is ready as soon as the kernel has answered on both channels.

    The base class asks anew each second, and then waits a fifth of one until the channel of outputs has been silent;
    but what comes from before is told apart by its parent, and the kernel greets a new listener (iopub_welcome, JEP
    65), so nothing is lost once anything has arrived. The heartbeat is not needed: the kernel is a child process.
    """

    def start_channels(self, *args: Any, **options: Any) -> None:
        """Open all channels but the heartbeat."""
        super().start_channels(*args, **{**options, "hb": False})

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        until = time.monotonic() + (timeout or _STARTUP_PATIENCE)
        asked = self.kernel_info()
        while (reply := await self._heard(self.shell_channel, until))["parent_header"].get("msg_id") != asked:
            pass
        await self._heard(self.iopub_channel, until)
        self._handle_kernel_info_reply(reply)

    wait_for_ready = _async_wait_for_ready

    async def _heard(self, channel: Any, until: float) -> dict[str, Any]:
        while time.monotonic() < until:
            try:
                return dict(await channel.get_msg(timeout=_LOOK))
            except Empty:
                if not await self._async_is_alive():
                    raise DeadKernelError("kernel died before it was ready") from None
        raise RuntimeError("kernel was not ready in time")


class SeatedKernelManager(AsyncKernelManager):
    """Starts the kernel of `kernel_spec` in its folder, with sockets there and no port on the network.

    Args:
        folder: working folder of the kernel; its sockets and connection file lie there too, and go with it.
    """

    client_factory = Type(SeatedKernelClient)

    def __init__(self, folder: Path) -> None:
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.RECONNECT_IVL, _RECONNECT)
        context.setsockopt(zmq.LINGER, 0)
        super().__init__(kernel_name=KERNEL_NAME, context=context)
        self.folder = folder
        self.transport = "ipc"
        self.connection_file = str(folder / "kernel.json")
        self._kernel_spec = kernel_spec()
        self._clients: list[AsyncKernelClient] = []

    def client(self, **options: Any) -> AsyncKernelClient:
        """A client of the kernel; `let_go` closes it."""
        client = super().client(context=self.context, **options)
        self._clients.append(client)
        return client

    def let_go(self) -> None:
        """Close what talks to a kernel that has ended."""
        self.shutting_down = True
        for client in self._clients:
            client.stop_channels()
        self._clients.clear()
        self._close_control_socket()
        self.context.destroy(linger=0)

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        options["cwd"] = str(self.folder)
        options["env"] = kernel_environment(self.folder)
        with (self.folder / "stderr.log").open("wb") as stderr:
            options["stderr"] = os.dup(stderr.fileno())
        return await super()._async_pre_start_kernel(**options)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        try:
            await super()._async_launch_kernel(kernel_cmd, **options)
        finally:
            os.close(options["stderr"])
