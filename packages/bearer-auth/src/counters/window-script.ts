/**
 * The rules of core's windows as one atomic script over a hash per window, so that a request is counted in all of them or in none.
 * KEYS: the windows. ARGV: `take`, `peek`, `give` or `add`; the cost; the caller's clock in epoch milliseconds, or empty for the server's;
 * for `take` the number of equal requests, which are counted one after another; then for each window max, windowMs, algorithm, a window of the caller's, and what the caller saw last.
 * - The caller's window, `opened count previous`: for `give` the start of the window that was counted in; for `add` what was granted
 *   without the server, to be counted here too; else empty.
 * - What was seen last, `born losses revision opened ends count previous`, or empty: where the server knows less than that – it was
 *   flushed, restarted empty, evicted the hash, or is a replica that was promoted before it had heard the last writes – the caller's
 *   knowledge is put back before anything is decided. A hash lives as long as its window, so one that is younger than what was seen of a
 *   window that is still open, or of a lower revision, is a loss. Losses are numbered, so that a caller who had seen more before
 *   the same loss adds just what the first one did not know.
 * Answers the time; the windows as they are kept from now on, { born, losses, revision, opened, ends, count, previous } each; and then, for each request up to
 * the first that is refused – the others are refused likewise –, { allowed, current, remaining, milliseconds until the reset, opened } of
 * each window. A window that is over expires by itself.
 */
export const WINDOW_SCRIPT = `
local operation, cost, now, times = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function numbers(text)
  local list = {}
  for word in string.gmatch(text, '%S+') do list[#list + 1] = tonumber(word) end
  return list
end

local function load(index)
  local at = 5 * index
  local w = { key = KEYS[index], max = tonumber(ARGV[at]), window = tonumber(ARGV[at + 1]), sliding = ARGV[at + 2] == 'sliding' }
  w.given, w.seen = ARGV[at + 3], ARGV[at + 4]
  w.span = w.window * (w.sliding and 2 or 1)
  w.charge = math.min(cost, w.max)
  local fields = redis.pcall('HMGET', w.key, 'o', 'e', 'c', 'p', 'b', 'v', 'l', 'lv', 'lc')
  if fields.err then
    redis.call('DEL', w.key)
    fields = {}
  end
  w.opened, w.ends = tonumber(fields[1]) or 0, tonumber(fields[2]) or 0
  w.count, w.previous = tonumber(fields[3]) or 0, tonumber(fields[4]) or 0
  w.born, w.revision = tonumber(fields[5]) or 0, tonumber(fields[6]) or 0
  w.losses, w.restored_revision, w.restored_count = tonumber(fields[7]) or 0, tonumber(fields[8]) or 0, tonumber(fields[9]) or 0
  return w
end

local function save(w)
  if w.born == 0 then w.born = math.max(1, now) end
  w.revision = w.revision + 1
  redis.call('HSET', w.key, 'o', w.opened, 'e', w.ends, 'c', w.count, 'p', w.previous, 'b', w.born, 'v', w.revision)
  if w.ends > now then
    redis.call('PEXPIRE', w.key, w.ends - now)
  elseif redis.call('PTTL', w.key) < 0 then
    redis.call('PEXPIRE', w.key, w.span)
  end
end

local function is_over(w, opened, ends)
  return now >= ends or now - opened >= w.span
end

local function add(w, opened, count, previous)
  if is_over(w, w.opened, w.ends) then
    w.opened, w.count, w.previous = opened, count, previous
  elseif w.sliding and opened == w.opened + w.window then
    w.opened, w.count, w.previous = opened, count, w.count + previous
  elseif w.sliding and w.opened == opened + w.window then
    w.previous = w.previous + count
  else
    w.opened, w.count, w.previous = math.min(w.opened, opened), w.count + count, w.previous + previous
  end
  w.ends = w.opened + w.span
end

local function note_loss(w, losses, revision, count)
  w.losses, w.dirty = losses, true
  w.restored_revision, w.restored_count = revision, count
  redis.call('HSET', w.key, 'l', losses, 'lv', revision, 'lc', count)
end

local function remember(w)
  if w.seen == '' then return end
  local born, losses, revision, opened, ends, count, previous = unpack(numbers(w.seen))
  if is_over(w, opened, ends) then return end
  if w.born == 0 or (w.born > born and w.born < ends) then
    add(w, opened, count, previous)
    w.ends = math.min(w.ends, ends)
    w.born, w.revision = born, w.revision + revision
    note_loss(w, losses + 1, revision, count)
  elseif w.born ~= born then
    return
  elseif w.losses < losses or (w.losses == losses and w.revision < revision) then
    if w.opened == opened and w.ends > now then
      w.count, w.previous = math.max(w.count, count), math.max(w.previous, previous)
    else
      w.opened, w.ends, w.count, w.previous = opened, ends, count, previous
    end
    w.revision = math.max(w.revision, revision)
    note_loss(w, losses + 1, revision, count)
  elseif w.losses == losses + 1 and w.restored_revision < revision then
    if w.opened == opened then w.count = w.count + math.max(0, count - w.restored_count) end
    note_loss(w, w.losses, revision, math.max(count, w.restored_count))
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
  w.dirty = true
end

local function advance(w)
  if now < w.opened then w.opened = now end
  if is_over(w, w.opened, w.ends) then
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

local function judge(windows)
  local free, states = true, {}
  for _, w in ipairs(windows) do
    advance(w)
    free = free and w.allowed
  end
  for index, w in ipairs(windows) do
    local after, current, waiting = w.used, math.floor(w.used), w.charge
    if operation == 'take' and (free or not w.allowed) then
      current = current + w.charge
      if free then
        w.count = w.count + w.charge
        after, waiting = w.used + w.charge, 1
      end
      w.ends, w.dirty = w.opened + w.span, true
    end
    states[index] = { w.allowed and 1 or 0, current, math.max(0, math.floor(w.max - after)), reset_of(w, after, waiting) - now, w.opened }
  end
  return states, free
end

local function tell(w)
  return { w.born, w.losses, w.revision, w.opened, w.ends, w.count, w.previous }
end

local windows, seen = {}, {}
for index = 1, #KEYS do
  local w = load(index)
  remember(w)
  if operation == 'give' then
    give_back(w, numbers(w.given)[1])
    w.charge = math.min(1, w.max)
  elseif operation == 'add' and w.given ~= '' then
    local opened, count, previous = unpack(numbers(w.given))
    if not is_over(w, opened, opened + w.span) then
      add(w, opened, count, previous)
      w.dirty = true
    end
  end
  if w.dirty and operation ~= 'take' then save(w) end
  windows[index], seen[index] = w, tell(w)
end

local answer = { now, seen }
for request = 1, times do
  local states, free = judge(windows)
  answer[request + 2] = states
  if not free then break end
end
for index, w in ipairs(windows) do
  if w.dirty and operation == 'take' then
    save(w)
    seen[index] = tell(w)
  end
end
return answer
`;
