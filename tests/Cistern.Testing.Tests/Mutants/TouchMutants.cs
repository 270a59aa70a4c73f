namespace Cistern.Tests;

internal sealed class TouchRevivesExpiredEntries(Opening opening) : DictionaryBackend(opening)
{
    protected override bool TouchCore(string key, long? expiresAtMilliseconds)
    {
        lock (Gate)
        {
            if (!Entries.TryGetValue(key, out var held)) return false;
            Entries[key] = Touched(held, expiresAtMilliseconds);
            return true;
        }
    }
}

internal sealed class TouchIgnoresTheAbsoluteEnd(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Touched(Held held, long? expiresAt) => held with { ExpiresAt = expiresAt };
}

internal sealed class TouchToNothingIgnoresTheAbsoluteEnd(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Touched(Held held, long? expiresAt) => expiresAt is null ? held with { ExpiresAt = null } : base.Touched(held, expiresAt);
}

internal sealed class TouchToNothingKeepsTheTtl(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Touched(Held held, long? expiresAt) => expiresAt is null ? held : base.Touched(held, expiresAt);
}

internal sealed class TouchOnlyExtends(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Touched(Held held, long? expiresAt) => expiresAt < held.ExpiresAt ? held : base.Touched(held, expiresAt);
}

internal sealed class TouchDropsMetadata(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Touched(Held held, long? expiresAt) => base.Touched(held, expiresAt) with { Metadata = null };
}

internal sealed class TouchDropsTheVersion(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Touched(Held held, long? expiresAt) => base.Touched(held, expiresAt) with { Version = null };
}

internal sealed class TouchCreatesAnew(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Touched(Held held, long? expiresAt) => base.Touched(held, expiresAt) with { CreatedAt = NowMilliseconds };
}
