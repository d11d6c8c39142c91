/**
 * The rules of `takeFromWindow` and `peekWindow` (core) as one atomic script over one hash per token.
 * KEYS[1] the window; ARGV: max, windowMs, algorithm, `take` or `peek`, caller's clock in epoch milliseconds or empty for the server's.
 * Answers { allowed, current, remaining, milliseconds until the reset }. A window that is over expires by itself.
 */
export const WINDOW_SCRIPT = `
local max, window, sliding = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == 'sliding'
local now = tonumber(ARGV[5])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local fields = redis.call('HMGET', KEYS[1], 'o', 'e', 'c', 'p')
local opened, ends = tonumber(fields[1]) or 0, tonumber(fields[2]) or 0
local count, previous = tonumber(fields[3]) or 0, tonumber(fields[4]) or 0
local span = sliding and 2 or 1

if now < opened then opened = now end
if now >= ends or now - opened >= window * span then
  opened, count, previous = now, 0, 0
elseif sliding and now - opened >= window then
  opened, previous, count = opened + window, count, 0
end
if not sliding then previous = 0 end

local used = count + previous * (1 - (now - opened) / window)
local allowed = used + 1 <= max
local after, current = used, math.floor(used)
if ARGV[4] == 'take' then
  current = current + 1
  if allowed then
    count = count + 1
    after = used + 1
  end
  ends = opened + window * span
  redis.call('HSET', KEYS[1], 'o', opened, 'e', ends, 'c', count, 'p', previous)
  redis.call('PEXPIRE', KEYS[1], math.max(1, ends - now))
end

local function wait_for(counted, room)
  if counted == 0 then return 0 end
  return math.ceil(window * (1 - room / counted))
end
local reset = opened + window
if sliding and after + 1 > max then
  local room = max - 1 - count
  if room >= 0 then reset = opened + wait_for(previous, room) else reset = reset + wait_for(count, max - 1) end
  reset = math.max(now + 1, reset)
end
return { allowed and 1 or 0, current, math.max(0, math.floor(max - after)), reset - now }
`;
