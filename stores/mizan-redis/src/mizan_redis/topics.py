"""Topics and who is there, as scripts: each runs on one server as a whole, so nobody sees half of it.

A topic is a hash with its epoch and offset, a stream of its last messages, and for those who are there a hash of what
they say of themselves and a sorted set of when their time runs out. All of its keys have one part in braces, so a
cluster has them on one server. The name of the server's history is part of each (``exchanges``): what a server had
before it started anew, or before another took its place, is another topic's memory, with another epoch.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mizan_core.live.broker import Attendance, History, Message, Position
from mizan_redis.channels import Channels
from mizan_redis.exchanges import Exchanges, Send
from mizan_redis.resp import Command

# KEYS: head, log. ARGV: an epoch for a topic that has none, seconds that the topic lives.
_BEGIN = """
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  epoch = ARGV[1]
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', 0)
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""

# ARGV: then the channel, the data, how many messages are kept.
_PUBLISH = (
    _BEGIN
    + """
local offset = string.format('%d', redis.call('HINCRBY', KEYS[1], 'offset', 1))
redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[5], '0-' .. offset, 'd', ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[3], epoch .. ' ' .. offset .. ' ' .. ARGV[4])
return {epoch, offset}
"""
)

# ARGV: then the epoch and the identifier of the first message that is wanted.
_READ = (
    _BEGIN
    + """
redis.call('EXPIRE', KEYS[2], ARGV[2])
local messages = {}
if ARGV[3] == epoch then messages = redis.call('XRANGE', KEYS[2], ARGV[4], '+') end
return {epoch, redis.call('HGET', KEYS[1], 'offset'), messages}
"""
)

# KEYS: who, until.
_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""

# ARGV: milliseconds, then each member and what it says of itself.
_ENTER = (
    _NOW
    + """
local gone, joined = {}, {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  gone[#gone + 1] = member
  gone[#gone + 1] = redis.call('HGET', KEYS[1], member) or ''
  redis.call('HDEL', KEYS[1], member)
  redis.call('ZREM', KEYS[2], member)
end
for index = 2, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
  if redis.call('ZADD', KEYS[2], now + ARGV[1], ARGV[index]) == 1 then joined[#joined + 1] = ARGV[index] end
end
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
if last then
  -- A while longer than the last member, so that somebody can tell that it is gone.
  local life = string.format('%d', 2 * (last - now) + 60000)
  redis.call('PEXPIRE', KEYS[1], life)
  redis.call('PEXPIRE', KEYS[2], life)
end
return {joined, gone}
"""
)

# ARGV: members.
_EXIT = """
local left = {}
for _, member in ipairs(ARGV) do
  if redis.call('ZREM', KEYS[2], member) == 1 then
    left[#left + 1] = member
    left[#left + 1] = redis.call('HGET', KEYS[1], member) or ''
    redis.call('HDEL', KEYS[1], member)
  end
end
return left
"""

_MEMBERS = (
    _NOW
    + """
local found = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. string.format('%d', now), '+inf')) do
  found[#found + 1] = member
  found[#found + 1] = redis.call('HGET', KEYS[1], member) or ''
end
return found
"""
)


class Topics:
    """The operations of a broker on topics, for all threads and event loops of a process.

    :param history: messages that a topic remembers.
    :param lifetime: seconds that it remembers them after it was last used.
    """

    def __init__(self, exchanges: Exchanges, channels: Channels, history: int, lifetime: int) -> None:
        self._exchanges = exchanges
        self._channels = channels
        self._history = history
        self._lifetime = lifetime

    async def publish(self, send: Send, topic: str, data: bytes) -> Position:
        """See ``Broker.apublish``."""

        def command(name: str) -> Command:
            return self._on_log(_PUBLISH, name, self._channels.of_topic(topic), data, self._history)

        epoch, offset = (await self._ask(send, [topic], command))[0]
        return Position(epoch.decode("ascii"), int(offset))

    async def read(self, send: Send, topic: str, since: Position | None) -> History:
        """See ``Broker.read``."""
        epoch, offset = since if since is not None and since.offset >= 0 else ("", 0)

        def command(name: str) -> Command:
            return self._on_log(_READ, name, epoch, f"0-{offset + 1}")

        position, messages = _history((await self._ask(send, [topic], command))[0])
        is_whole = [message.offset for message in messages] == list(range(offset + 1, position.offset + 1))
        if position.epoch != epoch or offset > position.offset or not is_whole:
            return History(position, [], recovered=False)
        return History(position, messages, recovered=True)

    async def heads(self, send: Send, topics: Sequence[str]) -> list[Position]:
        """See ``Broker.heads``."""
        found = await self._ask(send, topics, lambda name: self._on_log(_READ, name, "", "0-1"))
        return [_history(each)[0] for each in found]

    async def enter(self, send: Send, topic: str, members: Mapping[str, bytes], ttl: int) -> Attendance:
        """See ``Broker.enter``."""
        pairs = [part for pair in members.items() for part in pair]
        [(joined, gone)] = await self._ask(send, [topic], lambda name: _on_members(_ENTER, name, ttl * 1_000, *pairs))
        known = {member: data for member, data in _pairs(gone).items() if member not in members}
        return Attendance([member.decode() for member in joined], known)

    async def exit(self, send: Send, topic: str, members: Sequence[str]) -> dict[str, bytes]:
        """See ``Broker.exit``."""
        [left] = await self._ask(send, [topic], lambda name: _on_members(_EXIT, name, *members))
        return _pairs(left)

    async def members(self, send: Send, topic: str) -> dict[str, bytes]:
        """See ``Broker.members``."""
        [found] = await self._ask(send, [topic], lambda name: _on_members(_MEMBERS, name))
        return _pairs(found)

    async def announce(self, send: Send, tags: Sequence[str], origin: str | None) -> None:
        """See ``Announcer``."""
        command = self._channels.announcement(tags, origin)
        await self._exchanges.perform(send, ["stale"], lambda _key, _name: [], lambda _: command)

    async def _ask(self, send: Send, topics: Sequence[str], command: Callable[[str], Command]) -> list[Any]:
        """What the script that *command* makes for the name of a topic gives for each of *topics*."""
        keys = [f"topic:{topic}" for topic in topics]
        found = await self._exchanges.perform(send, keys, lambda _, name: [command(name)])
        return [found[key][0] for key in keys]

    def _on_log(self, script: str, name: str, *arguments: str | bytes | int) -> Command:
        return ("EVAL", script, 2, f"{name}:head", f"{name}:log", secrets.token_hex(8), self._lifetime, *arguments)


def _on_members(script: str, name: str, *arguments: str | bytes | int) -> Command:
    return ("EVAL", script, 2, f"{name}:who", f"{name}:until", *arguments)


def _history(reply: Any) -> tuple[Position, list[Message]]:
    epoch, offset, entries = reply
    messages = [Message(int(name.partition(b"-")[2]), data) for name, (_, data) in entries]
    return Position(epoch.decode("ascii"), int(offset)), messages


def _pairs(flat: Sequence[bytes]) -> dict[str, bytes]:
    each = iter(flat)
    return {member.decode(): next(each) for member in each}
