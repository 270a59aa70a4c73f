using System.Security.Cryptography;
using System.Text;

namespace Cistern;

/// <summary>A script that the server runs whole, with nothing in between: what is decided by what is there is decided there. Immutable.</summary>
internal sealed class RedisScript
{
    // What every script knows of an envelope (see EnvelopeHead): its head, nil for what is none, and true for what this server may not look at, as its slot is another's. Numbers of 32 and 56 bits are exact in Lua, of 64 bits they are not: versions are compared by halves.
    private const string Reading = """
        local now, lastInstant = tonumber(ARGV[1]), 315537897599999

        local function read(key)
            local bytes = redis.pcall('GETRANGE', key, '0', '30')
            if type(bytes) == 'table' and not string.find(bytes.err, 'WRONGTYPE', 1, true) then return nil, true end
            if type(bytes) ~= 'string' or #bytes < 16 or string.byte(bytes, 1) ~= 1 then return nil end
            local flags = string.byte(bytes, 2)
            local length = 16 + (math.floor(flags / 2) % 2) * 8 + (math.floor(flags / 4) % 2) * 7
            if #bytes < length then return nil end
            local created, ends = struct.unpack('>I7I7', bytes, 3)
            if created > lastInstant or ends > lastInstant then return nil end
            local head = { bytes = bytes, isTombstone = flags % 2 == 1, ends = ends }
            local next = 17
            if math.floor(flags / 2) % 2 == 1 then
                head.version = string.sub(bytes, next, next + 7)
                next = next + 8
            end
            if math.floor(flags / 4) % 2 == 1 then head.limit = string.sub(bytes, next, next + 6) end
            if head.limit and struct.unpack('>I7', head.limit) > lastInstant then return nil end
            head.isOver = head.ends ~= 0 and head.ends <= now
            head.isLive = not head.isTombstone and not head.isOver
            return head
        end

        local function compare(left, right)
            local leftHigh, leftLow = struct.unpack('>I4I4', left)
            local rightHigh, rightLow = struct.unpack('>I4I4', right)
            if leftHigh ~= rightHigh then return leftHigh - rightHigh end
            return leftLow - rightLow
        end

        """;

    private RedisScript(string body)
    {
        Text = Reading + body;

        // Not for security: the server calls its scripts so.
#pragma warning disable CA5350
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
        HashText = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Hash));
    }

    /// <summary>
    /// Sets entries of one slot, one after another. Arguments: now; how much longer the server keeps a key than its entry, in milliseconds; a letter for each key's condition (<c>n</c> none,
    /// <c>a</c> if absent, <c>v</c> if newer); the envelopes, which have the versions and ends in them. Answers a <see cref="SetOutcome"/> for each.
    /// </summary>
    public static RedisScript Set { get; } = new($$"""
        local grace, unpack, byte = tonumber(ARGV[2]), struct.unpack, string.byte

        local function refuse(key, condition, envelope)
            local held = redis.pcall('GETRANGE', key, '0', '30')
            if type(held) ~= 'string' or #held < 16 then return nil end
            local format, flags, created, ends, heldHigh, heldLow = unpack(#held < 24 and '>BBI7I7' or '>BBI7I7I4I4', held)
            if format ~= 1 or created > lastInstant or ends > lastInstant or (ends ~= 0 and ends <= now) then return nil end
            local hasVersion = flags % 4 >= 2
            local length = hasVersion and 24 or 16
            if flags % 8 >= 4 then
                if #held < length + 7 or unpack('>I7', held, length + 1) > lastInstant then return nil end
            end
            if #held < length then return nil end
            local isLive = flags % 2 == 0
            if condition == 97 then return isLive and {{(int)SetOutcome.Present}} or nil end
            if not hasVersion then return nil end
            local newHigh, newLow = unpack('>I4I4', envelope, 17)
            if newHigh > heldHigh or (newHigh == heldHigh and newLow > heldLow) then return nil end
            if newHigh == heldHigh and newLow == heldLow and isLive then return {{(int)SetOutcome.AlreadyCurrent}} end
            return {{(int)SetOutcome.Superseded}}
        end

        -- What is handed to a command as a number is printed each time, with all its digits; the entries of a batch mostly have one TTL.
        local time, timeText
        local function put(key, envelope, ...)
            local created, ends = unpack('>I7I7', envelope, 3)
            if ends == 0 then return redis.call('SET', key, envelope, ...) end
            if ends - created ~= time then
                time = ends - created
                timeText = string.format('%.0f', time + grace)
            end
            return redis.call('SET', key, envelope, 'PX', timeText, ...)
        end

        -- Of keys that are new nothing is to be read; one that is not is taken for a sign that its neighbours are not, either.
        local outcomes, seemNew = {}, true
        for i, key in ipairs(KEYS) do
            local condition, envelope = byte(ARGV[3], i), ARGV[3 + i]
            local isConditional = condition ~= 110
            local refusal = nil
            if isConditional and seemNew then seemNew = put(key, envelope, 'NX') end
            if not isConditional then put(key, envelope)
            elseif not seemNew then
                refusal = refuse(key, condition, envelope)
                if not refusal then put(key, envelope) end
            end
            outcomes[i] = refusal or {{(int)SetOutcome.Stored}}
        end
        return outcomes
        """);

    /// <summary>What the scripts call a condition.</summary>
    public static byte LetterOf(SetCondition condition) => condition switch { SetCondition.IfAbsent => (byte)'a', SetCondition.IfNewer => (byte)'v', _ => (byte)'n' };

    /// <summary>Moves an entry's end. Arguments: now; the new end as an envelope holds it; the same as a number; how much longer the server keeps it. Answers 1 if a live entry was there.</summary>
    public static RedisScript Touch { get; } = new("""
        local held = read(KEYS[1])
        if not held or not held.isLive then return 0 end
        local bytes, ends = ARGV[2], tonumber(ARGV[3])
        if held.limit then
            local limit = struct.unpack('>I7', held.limit)
            if ends == 0 or ends > limit then bytes, ends = held.limit, limit end
        end
        redis.call('SETRANGE', KEYS[1], 9, bytes)
        if ends == 0 then redis.call('PERSIST', KEYS[1])
        else redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ends - now + tonumber(ARGV[4]))) end
        return 1
        """);

    /// <summary>Deletes keys of one slot, tombstones too. Arguments: now. Answers how many live entries that were.</summary>
    public static RedisScript Delete { get; } = new("""
        local deleted = 0
        for _, key in ipairs(KEYS) do
            local held = read(key)
            if held then
                redis.call('UNLINK', key)
                if held.isLive then deleted = deleted + 1 end
            end
        end
        return deleted
        """);

    /// <summary>Deletes an entry unless it is newer, and leaves a tombstone. Arguments: now; the version; the tombstone's envelope; the milliseconds until the server may forget it. Answers 1 if a live entry was deleted.</summary>
    public static RedisScript DeleteVersion { get; } = new("""
        local held = read(KEYS[1])
        local tombstone = ARGV[3]
        if not held and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        if held and not held.isOver and held.version and compare(held.version, ARGV[2]) > 0 then
            if held.isLive then return 0 end
            tombstone = string.sub(tombstone, 1, 16) .. held.version
        end
        redis.call('SET', KEYS[1], tombstone, 'PX', ARGV[4])
        return held and held.isLive and 1 or 0
        """);

    /// <summary>Removes entries of one slot, but leaves tombstones, and what is none of ours. Arguments: now. Answers how many live entries that were.</summary>
    public static RedisScript Clear { get; } = new("""
        local cleared = 0
        for _, key in ipairs(KEYS) do
            local held = read(key)
            if held and (held.isOver or not held.isTombstone) then
                redis.call('UNLINK', key)
                if held.isLive then cleared = cleared + 1 end
            end
        end
        return cleared
        """);

    /// <summary>
    /// One step of a listing, on the server that has the slot of its one key, which is not touched. Arguments: now; the cursor; a pattern of the server's; about how many keys to look at;
    /// 1 to list what is over, too; the id of the server that is meant, or nothing where there is no cluster. Answers the next cursor, the keys, and those keys that another server has to be asked for; null: it is not the server that is meant.
    /// </summary>
    public static RedisScript List { get; } = new("""
        if ARGV[6] ~= '' and redis.call('CLUSTER', 'MYID') ~= ARGV[6] then return false end
        local page = redis.call('SCAN', ARGV[2], 'MATCH', ARGV[3], 'COUNT', ARGV[4])
        local listed, elsewhere = {}, {}
        for _, key in ipairs(page[2]) do
            local held, isElsewhere = read(key)
            if isElsewhere then elsewhere[#elsewhere + 1] = key end
            if held and (held.isLive or (ARGV[5] == '1' and held.isOver)) then listed[#listed + 1] = key end
        end
        return { page[1], listed, elsewhere }
        """);

    /// <summary>
    /// Numbers a message and publishes it. The key is the counter, a text of its epoch and the last number. Arguments: the epoch of a new counter; the channel; what is published behind epoch and number.
    /// </summary>
    public static RedisScript Invalidate { get; } = new("""
        local epoch, number = string.match(redis.call('GET', KEYS[1]) or '', '^(%w+):(%d+)$')
        if not epoch then epoch, number = ARGV[1], '0' end
        local counter = epoch .. ':' .. string.format('%.0f', tonumber(number) + 1)
        -- In this order: a server that is full refuses the second, and what was deleted must be told all the same.
        redis.call('PUBLISH', ARGV[2], counter .. ':' .. ARGV[3])
        redis.call('SET', KEYS[1], counter)
        return 1
        """);

    /// <summary>Answers how many databases the server has: by trying, as it may be asked for its settings by administrators only.</summary>
    public static RedisScript Databases { get; } = new("""
        local function has(number) return redis.pcall('SELECT', number).err == nil end
        local least, most = 1, 2
        while most < 1048576 and has(most - 1) do least, most = most, most * 2 end
        while most - least > 1 do
            local middle = math.floor((least + most) / 2)
            if has(middle - 1) then least = middle else most = middle end
        end
        return { least }
        """);

    /// <summary>Answers <c>CLUSTER NODES</c> of the server that has the slot of its one key, which is not touched.</summary>
    public static RedisScript Nodes { get; } = new("return redis.call('CLUSTER', 'NODES')");

    /// <summary>The script.</summary>
    public string Text { get; }

    /// <summary>What the server calls it.</summary>
    public byte[] Hash { get; }

    /// <summary>The same in hexadecimal digits.</summary>
    public byte[] HashText { get; }
}
