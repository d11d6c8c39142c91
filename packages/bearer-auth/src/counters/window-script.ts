/**
 * The rules of core's windows as one atomic script over a hash per window, so that a request is counted in all of them or in none.
 * KEYS: the windows. ARGV: `take`, `peek` or `give`; the cost; the caller's clock in epoch milliseconds, or empty for the server's; then
 * for each window max, windowMs, algorithm, and (for `give`) the start of the window that was counted in, else 0.
 * Answers for each window { allowed, current, remaining, milliseconds until the reset, start }. A window that is over expires by itself.
 */
export const WINDOW_SCRIPT = `
local operation, cost, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function load(index)
  local at = 4 * index
  local w = { key = KEYS[index], max = tonumber(ARGV[at]), window = tonumber(ARGV[at + 1]), sliding = ARGV[at + 2] == 'sliding' }
  w.span = w.window * (w.sliding and 2 or 1)
  w.charge = math.min(cost, w.max)
  local fields = redis.call('HMGET', w.key, 'o', 'e', 'c', 'p')
  w.opened, w.ends = tonumber(fields[1]) or 0, tonumber(fields[2]) or 0
  w.count, w.previous = tonumber(fields[3]) or 0, tonumber(fields[4]) or 0
  return w
end

local function save(w)
  if w.ends <= now then
    redis.call('DEL', w.key)
  else
    redis.call('HSET', w.key, 'o', w.opened, 'e', w.ends, 'c', w.count, 'p', w.previous)
    redis.call('PEXPIRE', w.key, w.ends - now)
  end
end

local function give_back(w, opened)
  if w.opened == opened then
    w.count = math.max(0, w.count - w.charge)
  elseif w.sliding and w.opened == opened + w.window then
    w.previous = math.max(0, w.previous - w.charge)
  else
    return
  end
  if w.count == 0 and w.previous == 0 then w.ends = 0 end
  save(w)
end

local function advance(w)
  if now < w.opened then w.opened = now end
  if now >= w.ends or now - w.opened >= w.span then
    w.opened, w.count, w.previous = now, 0, 0
  elseif w.sliding and now - w.opened >= w.window then
    w.opened, w.previous, w.count = w.opened + w.window, w.count, 0
  end
  if not w.sliding then w.previous = 0 end
  w.used = w.count + w.previous * (1 - (now - w.opened) / w.window)
  w.allowed = w.used + w.charge <= w.max
end

local function wait_for(w, counted, room)
  if counted == 0 then return 0 end
  return math.ceil(w.window * (1 - room / counted))
end

local function reset_of(w, after, waiting)
  local reset = w.opened + w.window
  if not w.sliding or after + waiting <= w.max then return reset end
  local room = w.max - waiting - w.count
  if room >= 0 then
    reset = w.opened + wait_for(w, w.previous, room)
  else
    reset = reset + wait_for(w, w.count, w.max - waiting)
  end
  return math.max(now + 1, reset)
end

local windows, free = {}, true
for index = 1, #KEYS do
  local w = load(index)
  if operation == 'give' then
    give_back(w, tonumber(ARGV[4 * index + 3]))
    w.charge = math.min(1, w.max)
  end
  advance(w)
  windows[index] = w
  free = free and w.allowed
end

local states = {}
for index, w in ipairs(windows) do
  local after, current, waiting = w.used, math.floor(w.used), w.charge
  if operation == 'take' and (free or not w.allowed) then
    current = current + w.charge
    if free then
      w.count = w.count + w.charge
      after, waiting = w.used + w.charge, 1
    end
    w.ends = w.opened + w.span
    save(w)
  end
  states[index] = { w.allowed and 1 or 0, current, math.max(0, math.floor(w.max - after)), reset_of(w, after, waiting) - now, w.opened }
end
return states
`;
